"""The line of a document that answers a question best, and which of its words do."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

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


def _held_by(whole: str, phrases: Sequence[str], starts: Sequence[int]) -> set[int]:
    """Which lines hold one of some phrases at least; starts: where each line begins in the whole."""
    found = set()
    for phrase in phrases:
        at = whole.find(phrase)
        while at >= 0:
            line = bisect_right(starts, at) - 1
            found.add(line)
            at = whole.find(phrase, starts[line + 1]) if line + 1 < len(starts) else -1
    return found


@dataclass(frozen=True)
class Lines:
    """A document's lines made ready to be quoted: (field, line), all of them normalised with a break between, where each
    begins, and what each is worth without any word in it."""

    lines: tuple[tuple[str, str], ...]
    whole: str
    starts: tuple[int, ...]
    worth: tuple[float, ...]


def lines_of(document: Document) -> Lines:
    """The lines of a document."""
    lines = tuple((field, line) for field, texts in document.texts.items() for line in texts)
    starts = tuple(accumulate((len(line) + 1 for _, line in lines[:-1]), initial=0))
    return Lines(lines, normalise("\n".join(line for _, line in lines)), starts,
                 tuple(0.5 if field in READABLE else 0.0 for field, _ in lines))


def quote_for(said: Lines, concepts: Sequence[Concept]) -> tuple[str, str, Marks]:
    """(field, line, marks) of the line that holds most concepts; the first readable line where none does."""
    if not said.lines:
        return "", "", ()
    groups = [[phrase for phrase in concept.alternatives if phrase and phrase in said.whole] for concept in concepts]
    ranks = list(said.worth)
    for group in groups:
        for held in _held_by(said.whole, group, said.starts):
            ranks[held] += 1
    best = ranks.index(max(ranks))
    field, line = said.lines[best]
    plain = said.whole[said.starts[best] : said.starts[best] + len(line)]
    return field, line, _marks(plain, [phrase for group in groups for phrase in group])
