"""Leaves out of a text what it says is not offered: "no agency work", "never touches equipment"."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CLAUSES = re.compile("[^\u3001\uff0c\u3002\uff1b\uff01\uff1f,;!?]+")


def offered(text: str, denials: Sequence[str]) -> str:
    """The text with every clause cut where a denial begins; as long as the text given, so that marks fit both.

    What is listed on after the denial, up to the end of the sentence's part, counts as denied in the same clause only.
    """
    def cut(match: re.Match[str]) -> str:
        clause = match.group()
        at = min((i for word in denials if (i := clause.find(word)) >= 0), default=-1)
        return clause if at < 0 else clause[:at] + " " * (len(clause) - at)

    return _CLAUSES.sub(cut, text)
