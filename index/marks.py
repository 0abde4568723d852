"""The line of a document that answers a question best, and which of its words do."""

from __future__ import annotations

from collections.abc import Sequence

from index.analysis import normalise
from index.concepts import Concept
from index.documents import Document

Marks = tuple[tuple[int, int], ...]
# Fields whose lines read as sentences come before bare values when both hold the words.
READABLE = ("profile", "track_record", "description", "summary", "title", "name", "notes")


def _marks(plain: str, phrases: Sequence[str]) -> Marks:
    """Where phrases stand in a normalised line, each stretch once."""
    spans = []
    for phrase in phrases:
        at = plain.find(phrase)
        while at >= 0:
            spans.append((at, at + len(phrase)))
            at = plain.find(phrase, at + len(phrase))
    return _joined(sorted(spans))


def _joined(spans: Sequence[tuple[int, int]]) -> Marks:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def quote_for(document: Document, concepts: Sequence[Concept]) -> tuple[str, str, Marks]:
    """(field, line, marks) of the line that holds most concepts; the first readable line where none does."""
    lines = [(field, line) for field, texts in document.texts.items() for line in texts]
    whole = normalise("\n".join(line for _, line in lines))
    groups = [found for c in concepts if (found := [phrase for phrase in c.alternatives if phrase and phrase in whole])]
    best: tuple[float, str, str, str] = (-1.0, "", "", "")
    start = 0
    for field, line in lines:
        plain = whole[start : start + len(line)]
        start += len(line) + 1
        rank = sum(any(phrase in plain for phrase in group) for group in groups) + (0.5 if field in READABLE else 0.0)
        if rank > best[0]:
            best = (rank, field, line, plain)
    return best[1], best[2], _marks(best[3], [phrase for group in groups for phrase in group])
