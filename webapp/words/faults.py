"""Turns what the trade refuses into sentences: what is wrong, and what to do; guards come as "name: parts; name: parts"."""

from __future__ import annotations

from webapp.words.life import FIELDS

FAULTS: dict[str, str] = {
    # guards of the order's life
    "all_scored": "还有专家没有评完全部方案，请等评审完成。",
    "all_agreed": "还没有一个方案得到各方接受。",
    "award_stands": "没有仍有效的授榜，请重新提出授榜，或取消订单。",
    "all_signed": "还有联合体成员没有签约：{}。",
    "before_deadline": "揭榜已经截止，截止时刻以平台时钟为准。",
    "bids_enough": "有效方案不足，不能开封。",
    "bids_too_few": "有效方案已够，不作流标处理。",
    "both_rated_or_late": "双方还没有都评价，评价期也没有结束。",
    "complete": "还有必填项没有填好：{}。",
    "conflict_declared": "请先声明与发榜企业没有利益冲突；有冲突的机构不能揭榜。",
    "consents_present": "有候选人没有同意或撤回了同意，请先处理。",
    "deadline_far_enough": "揭榜截止太近，至少留 5 天给机构准备；请改晚截止时间。",
    "deadline_reached": "揭榜还没有截止。",
    "enterprise_verified": "企业尚未通过核验或核验已过期，请先完成核验。",
    "every_item_reasoned": "请至少退回一个里程碑，并给每一个写明理由。",
    "experts_enough": "评审组人数不够：没有利益冲突、可抽取的专家不足时，请先在专家库补充专家，再补抽。",
    "grade_not_d": "信用 D 级的机构不能揭榜；完成信用修复、等级回升后可再来。",
    "headcount_positive": "人数要大于 0。",
    "idle_long": "订单还没有闲置到自动暂停的天数。",
    "inside_standstill": "公示期已过，不能再提异议。",
    "licence_valid": "许可无效或范围不符：有成员今天没有这份订单所需的有效许可。请更新许可，或更换成员。",
    "marks_right": "分数要是 0 到 100 的整数，每个评分项都要打：{}。",
    "members_whole": "联合体成员的份额合计要等于 100%。",
    "milestones_whole": "各期付款比例合计要等于 100%，每期都大于 0。",
    "money_adds_up": "账目合计与订单金额不符，未写入任何一行。",
    "no_conflict": "有专家与企业或机构存在利益冲突（现在或近三年任职），不能参与。",
    "no_forbidden_terms": "有法律不允许的字句：{}。请按建议改写。",
    "no_open_objection": "还有异议没有处理完。",
    "no_award_stands": "还有有效的授榜，订单要按它继续，不能取消。",
    "none_left": "还有可以授榜的方案，请先提出授榜。",
    "none_scheduled": "还有里程碑没有提交。",
    "bid_changed": "牵头机构刚改过方案或分成，请看过新的再确认。",
    "answered_for": "这份订单由名单导入，没有企业账号负责，暂不接受揭榜。",
    "terms_accepted": "这是保密订单：请先在订单页接受保密条款，再揭榜或参加联合方案。",
    "not_answered": "您这一方已经答复过，或方案就是您提的。",
    "not_elsewhere": "一家机构在一份订单里只能参加一份方案，已参加别处的有：{}。",
    "not_recused": "您已退出这份订单的评审组。",
    "offer_stands": "这个方案已不在等答复：可能已被新方案替代，请刷新案卷再看。",
    "pass_mark_reached": "有方案的平均分低于合格线，不能授榜。",
    "places_positive": "至少选中一份方案，每份至少给 1 个名额。",
    "places_within_headcount": "名额合计超过了订单人数。",
    "ranking_followed_or_reason": "没有按评审排名授榜，请写明理由；理由会公开。",
    "reason_given": "请写明理由。",
    "reason_once_open": "订单公开过，取消要写明理由；理由会计入企业的记录。",
    "scorecard_before_bids": "评分表要在第一份方案之前公布。",
    "scores_missing": "这位专家已评完全部方案，不能收回席位。",
    "scoring_over": "评审时限还没有到，不能收回专家的席位。",
    "seats_free": "评审组没有空缺，开封之后不能再加抽专家。",
    "shares_whole": "各成员的分成合计要等于 100%，每家都大于 0。",
    "silence_over": "企业的验收期还没有结束。",
    "stage_over": "争议的这一阶段还没有到期。",
    "standstill_over": "公示期还没有结束。",
    "two_keys": "要由运营方和监管方两个人各转一把钥匙。",
    # what actions refuse
    "changed": "您打开页面之后，这里已有改动：{}。请核对最新内容再提交，您填的内容还在。",
    "state": "状态已变为“{}”，这一步现在不能做。",
    "stage": "候选人现在处于“{}”，这一步不能做。",
    "wait": "尝试太多，请等 {} 秒再试。",
    "fields": "有不认识的字段：{}。",
    "fixed": "公开之后不能再改：{}。",
    "closes_at": "截止时间只能推后，不能提前。",
    "reissue": "流标订单只能重新发布一次。",
    "text": "内容不能为空。",
    "reason": "请写明理由。",
    "reason_code": "请选择一个原因。",
    "case_number": "请填写案件编号。",
    "members": "每家机构只能出现一次，并且要包括牵头机构。",
    "offer": "请填写报价（大于 0）、方案和时间安排。",
    "employer": "有几家叫这个名字，请选其中一家。",
    "employer_unknown": "机构名录与发榜企业里都没有“{}”，请核对全称或统一社会信用代码。",
    "ended_on": "离任日期要在任职之后、今天之前。",
    "expert_email": "没有这个邮箱的账户，请先请专家本人注册。",
    "size": "评审组人数不足规定人数。",
    "member": "您已经是这个单位的成员。",
    "waiting": "申请已经在等核验。",
    "day": "日期要写成 2026-01-31 这样。",
    "right": "请选择共享方式。",
    "email": "邮箱不对，或已被使用。",
    "password": "密码至少 10 个字符，不能太简单，也不能与邮箱相同；已有账户的请先登录再加入。",
    "code": "验证码不对或已用过，请输入最新的 6 位数字。",
    "kind": "不能申请这一类单位。",
    "unified_code": "统一社会信用代码不对，或名录中没有这家机构，请核对 18 位代码。",
    "licence_number": "许可证编号不对，或今天无效。",
    "organisation": "名称或代码已被登记，请联系原管理员邀请您加入。",
    "role": "这个单位没有这种角色。",
    "follows": "关注的已经很多，请先取消一些。",
    "held": "还有事没有接手人，请先移交。",
    "last_admin": "最后一位管理员不能离开，请先指定另一位管理员。",
    "heirs": "请先为这些订单指定接手人：{}。",
    "heir": "接手人须是本企业的发榜负责人：{}。",
    "url": "回调地址须是公网可达的 https 地址。",
    "mail": "请选择邮件的方式。",
    "name": "请填写名称。",
    "searches": "最多保存 50 个搜索，请先删去不用的。",
    "stars": "请给 1 到 5 星。",
    "rated already": "已经评价过，不能更改。",
    "proof": "请附上凭证（文件名与校验码）。",
    "guarantee": "保证期还没有结束。",
    "event": "没有这种操作。",
    "key": "这个请求编号已用于另一个请求。",
    "owned": "已由另一家机构先确认：这位候选人在这家企业的推荐权归先得到本人同意的机构，平台不透露对方名称。",
    "candidates_per_place": "这个名额在途的候选人已到上限，请先等一位有结果。",
    "place_filled": "这个名额已有人入职，请先处理那一位。",
    "paid": "这一笔已经标记过付款，不能更改。",
    "consent": "候选人还没有同意。",
    "phone": "手机号不对。",
    "place": "没有这个名额，或已有人选。",
    "evidence": "请至少附一个文件作为交付凭证。",
    "files": "文件要有名称和校验码。",
    "file_type": "文件“{}”的类型不收，或内容与后缀不符；可交 PDF、PNG、JPG、Word、Excel、TXT、CSV。",
    "file_size": "文件“{}”是空的，或超过 10 MB。",
    "file_count": "一次最多交 {} 个文件。",
    "payable_bp": "应付比例要在 0 到 100 之间。",
    "buyer_cost_bp": "处理费用的分担比例要在 0 到 100 之间。",
    "from": "页码不对。",
    "measuring": "正在跑，请等它跑完。",
    "rule": "数据之间对不上（{}），没有写入。请核对后再试。",
    "days": "有效天数须在 1 到 365 之间。",
    "tokens": "最多 20 个有效令牌，请先收回不用的。",
}


def _named(part: str) -> str:
    """Codes of a fault's parts in words; what is no code stays: names of firms, numbers, quotes."""
    field, mark, quote = part.partition("=")
    if mark and field in FIELDS:
        return f"{FIELDS[field]}“{quote}”"
    return FIELDS.get(part, part)


def fault_lines(error: Exception | str) -> list[tuple[str, str]]:
    """(code, sentence) for each thing that an error names."""
    lines = []
    for fault in str(error).split("; "):
        code, _, detail = fault.partition(": ")
        sentence = FAULTS.get(code, fault)
        parts = "、".join(_named(part) for part in detail.split(", ")) if detail else ""
        lines.append((code, sentence.replace("：{}", f"：{parts}" if parts else "").replace("{}", parts)))
    return lines


def fault_text(error: Exception | str) -> str:
    """Everything that an error names, as one paragraph."""
    return "".join(sentence for _, sentence in fault_lines(error))
