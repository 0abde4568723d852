"""Words of the order's life: events, roles, fields, and what whoever's turn it is has to do."""

from __future__ import annotations

from typing import Any

from webapp.words.labels import ORDER_STATES

ROLES = {
    "enterprise_owner": "发榜负责人", "enterprise_staff": "企业经办", "firm_lead": "机构负责人", "firm_staff": "机构顾问",
    "park_operator": "园区运营", "district_officer": "区人社", "regulator": "市监管", "operator": "平台运营",
    "expert": "评审专家", "candidate": "候选人", "applicant": "待核验", "visitor": "访客", "system": "平台时钟",
}
SIDES = {"enterprise_owner": "企业", "firm_lead": "机构", "operator": "运营方", "regulator": "监管方", "expert": "专家",
         "enterprise_staff": "企业", "firm_staff": "机构"}
FIELDS = {
    "title": "订单名称", "description": "要求说明", "industry": "行业", "role_family": "岗位族", "seniority": "层级",
    "headcount": "人数", "annual_salary_range": "年薪范围", "city": "城市", "district": "区", "service_mode": "服务方式",
    "must_have": "希望条件", "constraints": "必备条件", "closes_at": "揭榜截止", "confidential": "保密订单", "brief": "完整说明",
    "fee_fen": "服务费", "guarantee_days": "保证期", "milestones": "付款里程碑", "scorecard": "评分表", "pass_bp": "合格线",
    "price_fen": "报价", "plan": "方案", "timeline": "时间安排", "team": "团队", "cases": "案例",
} | {state: tone.word for state, tone in ORDER_STATES.items()}
EVENTS = {
    "submit": "提交核验", "return": "退回修改", "publish": "发布", "amend": "修改订单", "bid": "揭榜", "withdraw": "撤回方案",
    "close_bids": "揭榜截止", "unseal": "开封", "fail_few": "流标", "score": "评分", "propose": "提出授榜", "go_on": "按仍有效的授榜继续", "object": "提出异议",
    "uphold": "支持异议", "dismiss": "驳回异议", "award": "授榜", "sign": "签约", "decline": "放弃授榜", "terminate": "终止交付",
    "deliver_all": "全部交付", "reject_part": "退回部分", "accept": "验收", "dispute": "提起争议", "resolve": "裁决争议",
    "offer": "提出和解方案", "suggest": "提出调解方案", "answer_offer": "答复方案", "mediate": "申请调解", "next_stage": "争议转入下一阶段",
    "refer": "结束调解，转入裁决", "conclude": "按各方接受的方案了结争议",
    "settle": "结算", "rate_close": "公开评价并关闭", "cancel": "取消", "pause": "暂停", "resume": "恢复揭榜", "edit": "修改草稿",
    "create": "新建草稿", "ask": "提问", "answer": "答复提问", "accept_terms": "接受保密条款", "consent_bid": "确认参加联合体", "refuse_bid": "谢绝参加联合体",
    "reconfirm": "重新确认方案", "reissue": "重新发布", "draw_panel": "抽取专家", "turn_key": "转动钥匙", "recuse": "回避", "free_seat": "收回专家席位",
    "answer_objection": "答复异议", "sign_member": "成员签约", "report": "提交里程碑", "propose_candidate": "推荐候选人",
    "move_candidate": "推进候选人", "guarantee": "保证期处理", "say": "留言", "rate": "评价", "reply": "答复评价",
    "due_soon": "期限将到", "overdue": "已经逾期", "escalated": "逾期已上报",
}
TURN_DEEDS = {  # state -> what whoever's turn it is has to do
    "draft": "写好订单并提交核验", "pending_review": "核验订单，发布或退回", "open": "揭榜，持有效许可的机构可报方案",
    "paused": "恢复揭榜", "sealed": "抽取专家，两把钥匙开封", "evaluating": "评审方案", "standstill": "公示期满后授榜",
    "suspended": "处理异议", "awarded": "签约", "delivering": "交付并提交里程碑", "accepting": "验收，逾期不答视为通过",
    "open:invited": "确认或谢绝联合体", "open:outdated": "订单条款有变，请重新确认方案", "open:bidder": "您的方案已密封，截止前可改可撤",
    "sealed:draw": "抽取专家，再两把钥匙开封", "sealed:key": "转动钥匙", "sealed:unseal": "两把钥匙都已转动，可以开封",
    "evaluating:propose": "按评审排名提出授榜", "evaluating:scored": "您已评完，等其他专家", "evaluating:recused": "您已退出评审组",
    "evaluating:none_left": "没有可授榜的方案了，请决定怎样继续",
    "evaluating:draw": "评审组缺人，请补抽专家",
    "negotiating": "协商争议，可提和解方案", "negotiating:answer": "答复和解方案", "mediating": "调解争议，提出调解方案",
    "mediating:answer": "答复调解方案", "answered": "您这一方已表态，等其余各方答复",
    "disputed": "裁决争议", "settling": "结算", "settled": "互相评价", "unsuccessful": "流标，可重新发布一次",
}
ENDED = {"closed": "订单已关闭", "cancelled": "订单已取消", "terminated": "交付已终止", "unsuccessful": "订单流标"}
YOU, OVERDUE, WAIT_FOR, JOIN_SIDES = "轮到您", "您已逾期", "等{}", "、"
UNITS = {"days": "天", "working_days": "个工作日", "hours": "小时", "count": "次"}
FLOW_NOTICE = ("这套流程是平台自己的设计：没有找到正在运行的引才订单揭榜平台公布过规则。参照了公开采购的做法（ProZorro、OCDS 1.1）"
               "与《招标投标法实施条例》第四十四、五十四、六十条的期限；时限是默认值，可按区和服务方式另设，以订单页写明的为准。")


def span_word(row: Any) -> str:
    """A duration in words."""
    return f"{row.amount} {UNITS[row.unit]}"


STAGE_OF_STATE = {  # state -> the place in STEP_WORDS where it stands
    "draft": 0, "pending_review": 0, "open": 2, "paused": 2, "sealed": 3, "evaluating": 3, "standstill": 4, "suspended": 4,
    "awarded": 4, "delivering": 5, "accepting": 6, "negotiating": 6, "mediating": 6, "disputed": 6, "settling": 8, "settled": 8, "closed": 9,
}
