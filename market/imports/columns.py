"""How the columns and words of the files that we are given read, in the files' own language."""

from __future__ import annotations

# The word in a source's title that marks a repost; what is not marked is still not proven official.
REPOST_WORDS = ("转载", "copy", "seed", "种子")
# Hosts of authorities: only what stands there itself counts as verified.
OFFICIAL_ENDINGS = (".gov.cn", ".gov.cn/")
