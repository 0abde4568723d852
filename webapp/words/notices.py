"""Words of the inbox: one sentence for everything that people are told of, and what the switches call it."""

from __future__ import annotations

from collections.abc import Sequence

from market.notices.follows import ENDED

SENTENCES: dict[str, str] = {  # event -> what happened; {} is the thing's name
    "order.submit": "企业提交了订单“{}”，等待核验。",
    "order.return": "运营方退回了订单“{}”，请按理由修改后再提交。",
    "order.publish": "订单“{}”已通过核验，开始揭榜。",
    "order.amend": "企业修改了订单“{}”，请看改了什么，并重新确认您的方案。",
    "order.cancel": "订单“{}”已取消，理由写在订单的日志里。",
    "order.pause": "订单“{}”已暂停揭榜。",
    "order.resume": "订单“{}”恢复揭榜。",
    "order.ask": "有机构就订单“{}”提问，请答复；答复对所有人公开。",
    "order.answer": "企业答复了订单“{}”的提问。",
    "order.close_bids": "订单“{}”揭榜截止，请抽取专家并转动钥匙开封。",
    "order.fail_few": "订单“{}”有效方案不足，按流标处理。",
    "order.unseal": "订单“{}”已开封，进入评审。",
    "order.propose": "订单“{}”的拟授榜名单开始公示，公示期内可提异议。",
    "order.object": "有机构对订单“{}”的授榜提出异议，授榜暂停。",
    "order.uphold": "监管方支持了订单“{}”的异议，原授榜取消，重新评审。",
    "order.dismiss": "监管方驳回了订单“{}”的异议，公示期重新计算。",
    "order.award": "订单“{}”已授榜，结果和理由可以查看。",
    "order.sign": "订单“{}”已签约，开始交付。",
    "order.decline": "中榜机构放弃了订单“{}”，请重新选择。",
    "order.go_on": "订单“{}”按仍有效的授榜继续，请签约。",
    "order.terminate": "订单“{}”的交付已终止，已完成的里程碑照常结算。",
    "order.deliver_all": "机构报告订单“{}”全部交付，请验收；逾期不答视为通过。",
    "order.reject_part": "企业退回了订单“{}”的部分交付，请看逐项理由。",
    "order.accept": "订单“{}”已验收，进入结算。",
    "order.dispute": "订单“{}”有一方提起争议，案卷双方可见。",
    "order.offer": "订单“{}”的争议有新的和解方案，请答复。",
    "order.suggest": "监管方为订单“{}”的争议提出了调解方案，请答复。",
    "order.answer_offer": "订单“{}”的争议方案有了答复，见案卷。",
    "order.mediate": "订单“{}”的一方申请调解，争议进入调解。",
    "order.next_stage": "订单“{}”的争议到期转入下一阶段，见案卷。",
    "order.refer": "监管方结束了订单“{}”的调解，争议进入裁决。",
    "order.conclude": "订单“{}”的各方接受了同一方案，争议了结，进入结算。",
    "order.resolve": "监管方裁决了订单“{}”的争议。",
    "order.settle": "订单“{}”已结算，请核对账目并评价对方。",
    "order.rate_close": "订单“{}”的双方评价已同时公开，订单关闭。",
    "order.say": "订单“{}”里有新的留言。",
    "order.recuse": "有专家回避订单“{}”的评审，请看是否要补抽。",
    "order.seat_drawn": "您被抽为订单“{}”的评审专家，请在时限内评完全部方案。",
    "order.seat_freed": "订单“{}”的评审已过时限，您的席位由运营方另抽专家。",
    "order.ask_member": "有机构邀您加入订单“{}”的联合体方案，请在截止前确认或谢绝。",
    "order.candidate_submit": "机构为订单“{}”推荐了候选人，请在时限内答复。",
    "order.candidate_interview": "企业约您为订单“{}”推荐的候选人面试。",
    "order.candidate_offer": "企业向您为订单“{}”推荐的候选人发出录用。",
    "order.candidate_place": "您为订单“{}”推荐的候选人已录用。",
    "order.candidate_decline": "企业谢绝了您为订单“{}”推荐的候选人，理由见候选人页。",
    "order.candidate_replace": "您为订单“{}”推荐的候选人已离职，企业要求补人。",
    "order.due_soon": "订单“{}”的期限将到，轮到您处理。",
    "order.overdue": "订单“{}”已经逾期，轮到您处理。",
    "order.escalated": "订单“{}”逾期超过一天，已告知上级。",
    "search.hit": "您保存的搜索有了新结果：{}。",
    "organisation.applied": "“{}”申请入驻，等待核验。",
    "organisation.approved": "“{}”已通过核验，半年内有效。",
    "organisation.refused": "“{}”没有通过核验或被暂停，请看理由，补充后可再次申请。",
    "follow.publish": "您关注的订单“{}”开始揭榜。",
    "follow.amend": "您关注的订单“{}”有修改，请看改了什么。",
    "follow.pause": "您关注的订单“{}”暂停揭榜。",
    "follow.resume": "您关注的订单“{}”恢复揭榜。",
    "follow.cancel": "您关注的订单“{}”已取消。",
    "follow.answer": "企业答复了您关注的订单“{}”的一个提问。",
    "follow.close_bids": "您关注的订单“{}”揭榜截止，等待开封。",
    "follow.fail_few": "您关注的订单“{}”有效方案不足，已流标。",
    "follow.unseal": "您关注的订单“{}”已开封，进入评审。",
    "follow.propose": "您关注的订单“{}”开始公示拟授榜名单。",
    "follow.object": "您关注的订单“{}”有异议，授榜暂停。",
    "follow.uphold": "您关注的订单“{}”的异议成立，重新评审。",
    "follow.dismiss": "您关注的订单“{}”的异议被驳回，公示期重新计算。",
    "follow.award": "订单“{}”已授榜。",
    "follow.decline": "您关注的订单“{}”有中榜机构放弃，企业重新选择。",
    "follow.go_on": "您关注的订单“{}”不再另选机构，按有效的授榜继续。",
    "follow.conclude": "您关注的订单“{}”的争议已和解，进入结算。",
    "follow.sign": "您关注的订单“{}”已签约，开始交付。",
    "follow.terminate": "您关注的订单“{}”的交付已终止。",
    "follow.accept": "您关注的订单“{}”已验收，进入结算。",
    "follow.dispute": "您关注的订单“{}”进入争议处理。",
    "follow.resolve": "您关注的订单“{}”的争议已有裁决。",
    "follow.rate_close": "您关注的订单“{}”已关闭，双方评价已公开。",
    "follow.firm": "您关注的机构“{}”的登记信息有变化。",
    "follow.standing": "您关注的机构“{}”在平台的核验状态有变化。",
    "organisation.verification_ends": "“{}”的核验快到期或已到期，到期后不能发布和揭榜，请联系运营方重新核验。",
}
GROUPS = {"order": "订单", "follow": "关注的订单和机构", "search": "保存的搜索", "organisation": "单位"}
SWITCH_WORDS = {
    "order.ask_member": "受邀加入联合体", "order.candidate_submit": "收到推荐的候选人", "order.candidate_interview": "候选人获面试",
    "order.candidate_offer": "候选人收到录用", "order.candidate_place": "候选人录用", "order.candidate_decline": "候选人被谢绝",
    "order.candidate_replace": "候选人离开须补人", "order.seat_drawn": "补抽为评审专家", "order.seat_freed": "评审席位被收回",
    "search.hit": "保存的搜索有新结果", "organisation.applied": "单位申请入驻", "organisation.approved": "通过核验",
    "follow.publish": "开始揭榜", "follow.amend": "修改", "follow.award": "授榜（含关注的机构中榜）", "follow.cancel": "取消",
    "follow.firm": "机构的登记信息变化", "follow.standing": "机构的核验状态变化", "organisation.refused": "没有通过核验或被暂停", "organisation.verification_ends": "核验快到期",
}
MAIL_WAYS = (("now", "立即"), ("digest", "每日一封"), ("never", "不发"))
UNNAMED = {"order": "订单 {}", "organisation": "单位 {}", "institution": "机构 {}", "park": "园区 {}", "policy": "政策 {}"}
UNKNOWN_EVENT = "有一条新消息：{}。"
DUE_LINE = "事项：{}"
DUE_THINGS = {  # what falls due inside an order -> what it is, and the part of the order's page where it is done
    "answer_view": ("查看候选人", "/candidates"), "answer_interview": ("答复面试结果", "/candidates"),
    "answer_decision": ("作出录用决定", "/candidates"), "pay": ("付款", "/settlement"), "guarantee": ("候选人保证期将满", "/candidates"),
    "join": ("确认或谢绝联合体", "/bids"), "reconfirm": ("按新条款重新确认方案", "/bids"),
}
REASON_LINES = {"search.hit": "出自：{}", "order.escalated": "已告知：{}", "organisation.refused": "理由：{}"}
NO_GRADE, LICENCE_ENDED = "未评", "{}到期"
READ_ALL_DONE, SWITCHED = "已全部标为已读。", "已保存。"
ONE_SUBJECT, MORE_SUBJECT = "【才图】{}", "【才图】{} 条新消息"
LINK_LINE, UNTIL_LINE, MAIL_FOOT = "查看：{}", "期限：{}", "不想收这类邮件，可在账户的“消息”里关闭：{}"


FOUND_LINE, CHANGED_LINE, LABEL_LINE, WON_LINE, GRADE_WORD = (
    "也出自保存的搜索：{}", "变化：{}", "现在：{}", "您关注的机构中榜：{}", "信用等级由 {} 变为 {}")
FIRM_FIELDS = {  # what a file can change of a firm
    "name": "名称", "licences": "许可", "services": "服务", "industries": "行业", "role_families": "岗位", "regions": "服务区域",
    "seniority": "层级", "languages": "语言", "capacity_per_quarter": "每季可交付人数", "profile": "简介", "track_record": "案例",
    "address": "地址", "district": "所在区", "park_id": "园区",
}
JOIN, QUOTE = "、", "“{}”"


def reason_line(event: str, reasons: Sequence[str], *, quoted: bool = True) -> str:
    """Why somebody is told, in one line; empty for an event that needs no reason."""
    line = REASON_LINES.get(event, "")
    return line.format(JOIN.join(QUOTE.format(one) if quoted else one for one in reasons)) if line and reasons else ""


def due_thing(reasons: Sequence[str]) -> tuple[str, str]:
    """(what falls due, where it is done) of a reminder's reasons; empty where the order itself is due."""
    return next((DUE_THINGS[kind] for kind in (one.partition(":")[0] for one in reasons) if kind in DUE_THINGS), ("", ""))


def changed_word(reason: str) -> str:
    """A changed field of a firm; of the grade with both values; a licence that ran out by its name."""
    if reason.startswith(ENDED):
        return LICENCE_ENDED.format(reason.removeprefix(ENDED))
    field, *grades = reason.split(":")
    return GRADE_WORD.format(*(grade or NO_GRADE for grade in grades)) if grades else FIRM_FIELDS.get(field, field)


def sentence(event: str, name: str) -> str:
    """What happened, in one sentence."""
    return SENTENCES.get(event, UNKNOWN_EVENT).format(name)
