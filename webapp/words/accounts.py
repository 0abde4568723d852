"""Words of accounts and organisations: kinds, states, what was done, letters, heads of the exports."""

from __future__ import annotations

from typing import Any

from webapp.words.labels import Tone

KINDS = {"enterprise": "企业", "hr_firm": "人力资源服务机构", "park_operator": "园区运营方", "district_bureau": "区人社局",
         "city_regulator": "市监管部门", "platform_operator": "平台运营方"}
APPLICANTS = (("enterprise", "企业"), ("hr_firm", "机构"), ("park_operator", "园区"), ("expert", "评审专家"))
HOUSE_STATES = {"applied": Tone("等待核验", "wait", "clock"), "approved": Tone("已核验", "ok", "shield"),
                "refused": Tone("未通过", "bad", "x"), "suspended": Tone("已暂停", "bad", "pause")}
RUN_OUT = Tone("核验已过期", "bad", "alert")
CHECKS = {"code": "统一社会信用代码的校验位", "register": "名录里有这个代码的机构", "name": "名称与名录一致",
          "licence": "填写的许可编号今天有效"}
RIGHTS = (("view", "只看"), ("edit", "可编辑"), ("none", "不共享"))
RIGHT_WORDS = {"own": "我的", "edit": "可编辑", "view": "只看"}
CHANGED_WORDS = {"credit_grade": "信用", "licences": "许可", "verification": "平台核验"}
SUSPENDED = "已被平台暂停"
VERIFICATIONS = {"verified": Tone("平台已核验", "ok", "shield"), "over": RUN_OUT, "suspended": Tone(SUSPENDED, "bad", "pause"),
                 "none": Tone("没有在平台核验", "", "user")}
NONE_WORD = "无"
REGISTERED, APPLIED, JOINED = "账户已建立。", "申请已提交，等运营方核验。", "已加入。"
PASSWORD_SET, PASSWORD_CHANGED, WRONG_OLD = "密码已重设，请登录。", "密码已改，其他会话都已结束。", "原密码不对。"
SECOND_FACTOR_SET, WRONG_OLD_CODE = "新的手机验证码已启用。", "现在的验证码不对或已用过，请输入手机上最新的 6 位数字。"
ACCOUNT_CLOSED = "账户已注销，个人信息已删除。"
HELD_WORDS = {"order": "您是这份订单的负责人", "firm_order": "本机构在这个订单里，除您之外没有别的负责人",
              "panel": "您在评审组里，还没有评完或回避", "admin": "您是最后一位管理员，请先指定另一位",
              "house": "您是这个单位唯一的成员，请先邀请一位同事"}
ENDED_EVERYWHERE, ROLE_CHOSEN = "所有会话都已结束，请重新登录。", "已切换身份。"
INVITED_BY_MAIL, MAIL_FAILED = "邀请信已发往 {}。", "邀请已记下，但邮件没有发出，请检查发信设置后重新邀请。"
ROLE_SET, MEMBER_REMOVED = "角色已改。", "成员已移除，订单已移交。"
HOOK_REMOVED, APPROVED, REFUSED, EXPERT_TAKEN = "回调地址已删除。", "已通过核验，半年内有效。", "已记下，理由会告知对方。", "已加入专家库。"
ASKED_AGAIN = "已再次提交，等运营方核验。"
SEARCH_SAVED, SEARCH_REMOVED = "已保存，有新结果时会告诉您。", "已删除。"
FOLLOWED, UNFOLLOWED = "已关注，有变化时告诉您一次。", "已取消关注。"
LISTED, UNLISTED, LIST_MADE, LIST_REMOVED, SHARED, NOTED = "已加入清单。", "已移出清单。", "清单已建立。", "清单已删除。", "共享已改。", "备注已保存。"
HOUSE_HEADS = ("编号", "名称", "类别", "统一社会信用代码", "许可编号", "区", "园区", "状态", "申请时间", "核验至", "剩余天数", "理由", "性质")
HOUSE_TITLE, MEMBER_TITLE, LIST_TITLE = "入驻单位", "成员", "候选清单：{}"
MEMBER_HEADS = ("姓名", "邮箱", "角色", "管理员", "加入时间")
LIST_HEADS = ("编号", "名称", "信用", "有效许可", "区", "备注", "加入后的变化", "平台核验")
YES, NO = "是", "否"
SAMPLE_WORD, REAL_WORD = "示例", ""
RECOVERY_SUBJECT, RECOVERY_TEXT = "【才图】重设密码", (
    "您好：\n\n有人为这个邮箱请求重设才图的密码。请在一小时内打开下面的链接，只能用一次：\n\n{}\n\n不是您本人的，不必理会，密码不变。\n")
WELCOME_SUBJECT, WELCOME_TEXT = "【才图】设置密码", (
    "您好：\n\n您在才图注册了账户。请在一小时内打开下面的链接设置密码，只能用一次：\n\n{}\n\n过时可在登录页点“忘记密码”再要一封。不是您本人的，不必理会。\n")
INVITATION_SUBJECT, INVITATION_TEXT = "【才图】{}邀请您加入", (
    "您好：\n\n{}邀请您以“{}”的身份加入才图。请在 7 天内打开下面的链接，只能用一次：\n\n{}\n\n不认识这个单位的，不必理会。\n")
SSO_FAULTS = {
    "state": "登录中断或重复提交，请从登录页重新开始。",
    "token": "统一身份平台的答复没有通过校验，没有登录。请重新开始；仍不行请联系平台运营方。",
    "denied": "统一身份平台没有同意登录。",
    "unverified": "统一身份平台没有确认您的邮箱，不能用它登录。请先在单位的统一身份平台验证邮箱。",
    "unknown": "才图里没有邮箱为 {} 的账户。统一身份登录不会自动建账户：请让本单位管理员邀请您，或先申请入驻。",
    "away": "统一身份平台现在没有应答，请稍后再试，或用密码登录。",
}


def house_tone(house: Any, days: int) -> Tone:
    """The state of an organisation as the pages show it."""
    return RUN_OUT if house.state == "approved" and days < 0 else HOUSE_STATES[house.state]


def value_word(value: Any) -> str:
    """A fact of a firm that changed: a grade, names of licences, or how its organisation is verified."""
    if isinstance(value, str) and value in VERIFICATIONS:
        return VERIFICATIONS[value].word
    return "、".join(value) or NONE_WORD if isinstance(value, list) else str(value or NONE_WORD)


def changed_text(changed: dict[str, tuple[object, object]]) -> str:
    """What changed of a listed firm, in one line."""
    return "；".join(f"{CHANGED_WORDS[name]}由“{value_word(old)}”变为“{value_word(new)}”" for name, (old, new) in changed.items())
