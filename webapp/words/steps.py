"""Words of an order's small steps: what each does before it is pressed, what was done, and what a firm reads before it bids."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StepWords:
    """One step with a page of its own: its title, what happens then, the button, what is said afterwards, help for the reason."""

    title: str
    then: str
    button: str
    done: str
    reason: str = ""
    danger: bool = False


STEPS = {
    "pause": StepWords("暂停揭榜", "暂停期间不收新方案，已有的方案保留。揭榜的机构会收到通知。恢复时，截止时间按暂停的时长顺延。", "暂停", "已暂停，揭榜的机构会收到通知。"),
    "resume": StepWords("恢复揭榜", "订单重新接受方案，截止时间按暂停的时长顺延。揭榜的机构会收到通知。", "恢复揭榜", "已恢复揭榜，截止时间已顺延。"),
    "cancel": StepWords("取消订单", "取消之后不能恢复。", "取消订单", "订单已取消。", "公开过的订单要写明理由；理由会给揭榜的机构看，并计入企业的记录；其余方案都已放弃或未达合格线时不计入。", danger=True),
    "reissue": StepWords("重新发布", "会按原内容建一份新草稿，写上新的截止时间再提交核验。流标的订单只能重新发布一次；这一次有 1 份有效方案就可开封。",
                         "建新草稿", "新草稿已建好，请写上截止时间再提交。", "写给运营方和机构：上次为什么没有足够的方案，这次改了什么。"),
}
PUBLISHED, SENT_BACK, ASKED, ANSWERED = "已发布，开始揭榜。", "已退回企业修改。", "问题已公开，企业答复后所有人看得到。", "已答复，所有人看得到。"
RECONFIRMED, ACCEPTED = "已按新条款确认您的方案。", "已接受保密条款，企业会看到您的机构和时间。"
TOO_LONG_QUESTION = "最多 {} 个字"
FEW = 5  # below this many cases a share says little

CURES = {  # guard of bidding -> what is wrong, and how to cure it; {} takes the licences or the bid's firms
    "licence_valid": ("缺有效许可：{}", "到发证机关办理或延续后，在机构资料里更新；也可以与持证机构组成联合体，由各成员分别持证。"),
    "unverified": ("机构核验已过期", "请机构管理员在“账户”里重新提交核验，通过后即可揭榜。"),
    "grade_not_d": ("信用为 D 级", "完成信用修复、等级回升后可以揭榜；修复办法见机构页的信用一栏。"),
    "not_elsewhere": ("已参加这份订单的另一份方案", "一家机构在一份订单里只能参加一份方案；先退出那一份，再自己揭榜。"),
    "answered_for": ("订单由名单导入，没有企业账号负责", "暂不接受揭榜；企业入驻认领后会开放。"),
    "terms_accepted": ("还没有接受保密条款", "在订单页接受后即可看全文并揭榜，企业会看到您的机构和时间。"),
    "before_deadline": ("揭榜已经截止", "可以看同区其他揭榜中的订单。"),
}


def with_n(said: str, n: int) -> str:
    """A figure, with a warning where it rests on few cases."""
    return said if n >= FEW else f"{said}，样本少，仅供参考"


def rate_word(filled: int, asked: int) -> str:
    """An enterprise's fill rate with its n, and a warning where n is small."""
    if not asked:
        return "还没有结束的订单"
    share = f"{filled / asked:.0%}（{filled:,} / {asked:,} 人）"
    return with_n(share, asked)


def answers_word(days: float | None, answers: int, late: int) -> str:
    """An enterprise's median answer time with its n, and a warning where n is small."""
    if days is None:
        return "还没有答复记录"
    said = f"中位 {days:g} 天（{answers:,} 次，逾期 {late:,} 次）"
    return with_n(said, answers)


def withdrawn_word(cancelled: int, terminated: int, published: int) -> str:
    """How often an enterprise took an order back, with the n, and a warning where n is small."""
    if not published:
        return "还没有公开过的订单"
    said = f"公开过 {published:,} 份，取消 {cancelled:,} 份，交付中终止 {terminated:,} 份"
    return with_n(said, published)


def declined_word(declined: int, given: int) -> str:
    """How often a firm declined an award, with the n."""
    if not given:
        return "还没有获得过授榜"
    said = f"获得 {given:,} 次，放弃 {declined:,} 次"
    return with_n(said, given)
