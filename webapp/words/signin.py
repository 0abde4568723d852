"""Words of signing in."""

from __future__ import annotations

WRONG_PASSWORD = "邮箱或密码不对。连续 5 次不对后，每次要等一会儿再试；也可以重设密码。"
WRONG_CODE = "验证码不对或已用过，请输入手机上最新的 6 位数字。"
SIGNED_OUT = "已退出。"
CLOCK_MOVED = "演示时钟已快进到 {}，到期的事已经办了。"
