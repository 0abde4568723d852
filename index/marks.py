"""The line of a document that answers a question best, and which of its words do."""

from __future__ import annotations

from collections.abc import Sequence

from index.analysis import normalise
from index.concepts import Concept
from index.documents import Document

Marks = tuple[tuple[int, int], ...]
# Fields whose lines read as sentences come before bare values when both hold the words.
READABLE = ("profile", "track_record", "description", "summary", "title", "name", "notes")
PIECE = 24  # characters around a word that a sentence boundary is looked for in


def _marks(line: str, phrases: Sequence[str]) -> Marks:
    plain = normalise(line)
    spans = []
    for phrase in phrases:
        at = plain.find(phrase)
        while at >= 0:
            spans.append((at, at + len(phrase)))
            at = plain.find(phrase, at + len(phrase))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def quote_for(document: Document, concepts: Sequence[Concept]) -> tuple[str, str, Marks]:
    """(field, line, marks) of the line that holds most concepts; the first readable line where none does."""
    groups = [tuple(filter(None, concept.alternatives)) for concept in concepts]
    best: tuple[float, str, str, Marks] = (-1.0, "", "", ())
    for field, lines in document.texts.items():
        for line in lines:
            plain = normalise(line)
            held = [phrase for group in groups for phrase in group if phrase in plain]
            count = sum(any(phrase in plain for phrase in group) for group in groups)
            rank = count + (0.5 if field in READABLE else 0.0)
            if rank > best[0]:
                best = (rank, field, line, _marks(line, held))
    return best[1:]
