"""Words of the page of access tokens."""

REVOKED = "已收回令牌，用它的程序从现在起不能再访问。"
