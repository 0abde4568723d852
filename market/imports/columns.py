"""How the columns and words of the files that we are given read, in the files' own language."""

from __future__ import annotations

# The word in a source's title that marks a repost; what is not marked is still not proven official.
REPOST_WORDS = ("转载", "copy", "seed", "种子")
# Hosts of authorities: only what stands there itself counts as verified.
OFFICIAL_ENDINGS = (".gov.cn", ".gov.cn/")
# How the head line of somebody's list names the two columns that a look-up reads.
NAME_HEADS = frozenset(("机构名称", "名称", "单位名称", "企业名称", "公司名称", "机构", "单位", "企业", "公司", "name"))
CODE_HEADS = frozenset(("统一社会信用代码", "社会信用代码", "信用代码", "机构代码", "代码", "unified_code", "code"))
