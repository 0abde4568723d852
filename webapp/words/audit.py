"""Words of the audit: what each event is called, and which events a typed word means."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webapp.words.accounts import KINDS
from webapp.words.life import EVENTS, FIELDS, ROLES
from webapp.words.text import moment

AUDIT_EVENTS: dict[str, str] = {  # those of orders are in life.EVENTS
    "account.registered": "注册账户", "account.signed_in": "登录", "account.sign_in_failed": "登录失败",
    "account.second_factor_set": "设置手机验证码", "account.password_changed": "改密码", "account.sessions_ended": "结束所有会话", "account.closed": "注销账户",
    "account.recovery_asked": "请求重设密码", "account.recovered": "重设密码", "account.notices_switched": "改消息开关",
    "organisation.applied": "申请入驻", "organisation.applied_again": "再次申请", "organisation.approved": "核验通过",
    "account.token_made": "新建访问令牌", "account.token_revoked": "收回访问令牌", "expert.employed": "登记专家任职",
    "expert.employment_ended": "结束专家任职", "expert.removed": "移出专家库", "match.judged": "评判匹配",
    "match.order_chosen": "选择排列方式", "matcher.measurement_asked": "要求重测匹配",
    "retention.forget": "到期删除", "order.save_bid_draft": "存方案草稿",
    "organisation.refused": "拒绝或暂停单位", "organisation.invited": "邀请成员", "organisation.joined": "成员加入",
    "organisation.member_left": "成员离开并移交", "organisation.role_set": "改成员角色", "organisation.founded": "命令设立单位",
    "organisation.webhook_added": "添加回调地址", "organisation.webhook_removed": "删除回调地址", "expert.approved": "专家入库",
    "candidate.submit": "推荐候选人", "candidate.consent": "候选人同意", "candidate.withdraw": "候选人撤回同意",
    "candidate.unmask": "查看候选人个人信息", "candidate.confirm": "候选人确认到岗", "candidate.erase": "删除候选人信息", "candidate.export": "候选人下载自己的资料",
    "payment.done": "标记付款", "search.saved": "保存搜索", "search.removed": "删除搜索", "follow.begun": "关注", "follow.ended": "取消关注", "shortlist.made": "新建候选清单",
    "shortlist.shared": "共享候选清单", "shortlist.firm_put": "加入候选清单", "shortlist.firm_taken": "移出候选清单",
    "shortlist.removed": "删除候选清单", "audit.exported": "导出审计", "export.made": "下载文件", "audit.verified": "校验审计链",
}
AUDIT_KINDS = {"order": "订单", "person": "账户", "organisation": "单位", "member": "成员", "webhook": "回调地址", "expert": "专家",
               "candidate": "候选人", "search": "保存的搜索", "institution": "机构", "shortlist": "候选清单", "bid": "方案", "payment": "付款",
               "placement": "推荐", "audit": "审计", "export": "文件"}
DETAIL_KEYS = {"from": "由", "to": "到", "version": "第几版", "role": "角色", "admin": "管理员", "reason": "理由", "kind": "类别",
               "event": "事件", "fen": "金额（分）", "by_silence": "逾期视为通过", "heirs": "移交", "right": "权限", "person": "人员",
               "institution": "机构", "note": "说明", "rows": "行数", "bytes": "字节数", "q": "关键词", "since": "从", "until": "到"}
AUDIT_HEADS = ("时间", "谁", "单位", "角色", "做了什么", "事件", "对象", "编号", "订单", "附注", "链", "序号")
AUDIT_TITLE, OWN_TRAIL_TITLE = "审计", "我的记录"
CHAIN_INTACT, CHAIN_BROKEN = "审计链完整，共 {:,} 条记录。", "审计链有 {} 处不对，第一处：{} 第 {} 条，{}。请立即联系平台运营方。"
FAULT_WORDS = {"edited": "被改动", "moved": "次序不对", "missing": "缺失", "truncated": "末尾被截断", "rewritten": "被整体重写"}
NOBODY = "未登录的人"


def audit_word(event: str) -> str:
    """An event as the audit calls it; one without a word keeps its code."""
    return AUDIT_EVENTS.get(event) or EVENTS.get(event.removeprefix("order."), event)


def events_meant(text: str) -> list[str]:
    """The events whose word contains a text."""
    words = AUDIT_EVENTS | {f"order.{event}": word for event, word in EVENTS.items()}
    return [event for event, word in words.items() if text and text in word]


def audit_object(entry: Any) -> str:
    """What an entry is about: its kind and number, and the order that it belongs to."""
    order = entry.chain.removeprefix("order:") if entry.chain.startswith("order:") and entry.kind != "order" else ""
    return f"{AUDIT_KINDS.get(entry.kind, entry.kind)} {entry.object_id}" + (f"，订单 {order}" if order else "")


def detail_text(detail: dict[str, Any]) -> str:
    """What else an entry keeps, in one line."""
    return "；".join(f"{DETAIL_KEYS.get(key) or FIELDS.get(key, key)} {_value(value)}" for key, value in detail.items())


def _value(value: Any) -> str:
    """A kept value in words where it is a state, a role, yes or no."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict | list):
        return "、".join(str(one) for one in value) or "无"
    return FIELDS.get(str(value)) or ROLES.get(str(value)) or KINDS.get(str(value), str(value))


def audit_row(entry: Any, person: str, house: str) -> Sequence[object]:
    """One row of the audit's export. An order's chain also counts its sealed bids: a gap between two numbers would tell how
    many there are, so the numbers of orders are left out."""
    order = entry.chain.removeprefix("order:") if entry.chain.startswith("order:") else ""
    return [moment(entry.at), person or NOBODY, house, ROLES.get(entry.role, entry.role), audit_word(entry.event), entry.event,
            AUDIT_KINDS.get(entry.kind, entry.kind), entry.object_id, order, detail_text(entry.detail), entry.chain,
            None if order else entry.seq]
