"""Cuts Chinese text into clauses that can be quoted and tokens that can be compared."""

from __future__ import annotations

import re
from functools import lru_cache

_SENTENCE = re.compile(r"[^\u3002\uff01\uff1f\uff1b!?;\n]+")
_CLAUSE = re.compile(r"[^\u3002\uff01\uff1f\uff1b\uff0c!?;,\n]+")
_WORD = re.compile(r"[a-z0-9][a-z0-9+#./-]*|[\u3400-\u9fff]+")


def _pieces(pattern: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(piece for match in pattern.finditer(text) if (piece := match.group().strip()))


@lru_cache(maxsize=65536)
def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each a verbatim piece of it without its end mark."""
    return _pieces(_SENTENCE, text)


@lru_cache(maxsize=65536)
def clauses(text: str) -> tuple[str, ...]:
    """The clauses of a text, each a verbatim piece of it between two marks."""
    return _pieces(_CLAUSE, text)


@lru_cache(maxsize=65536)
def tokens(text: str) -> tuple[str, ...]:
    """Latin words in lower case and overlapping pairs of Chinese characters, in the text's order."""
    out: list[str] = []
    for run in _WORD.findall(text.lower()):
        if run[0] < "\u3400":
            out.append(run)
        else:
            out.extend(run[i : i + 2] for i in range(max(len(run) - 1, 1)))
    return tuple(out)


def shared_marks(quote: str, other: str) -> tuple[tuple[int, int], ...]:
    """Where `quote` says what `other` says too: (start, end) of runs of two characters or more, in order."""
    known, low = set(tokens(other)), quote.lower()
    marks: list[tuple[int, int]] = []
    for word in _WORD.finditer(low):
        run, start = word.group(), word.start()
        if run[0] < "\u3400":
            spans = [(start, word.end())] if run in known else []
        else:
            spans = [(start + i, start + i + 2) for i in range(len(run) - 1) if run[i : i + 2] in known]
        for span in spans:
            if marks and span[0] <= marks[-1][1]:
                marks[-1] = (marks[-1][0], span[1])
            else:
                marks.append(span)
    return tuple(marks)
