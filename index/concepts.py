"""What a question consists of once it is read: things to look for, conditions, words to leave out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from index.analysis import normalise
from index.queries import Reading
from index.vocabulary import Pair, Term

UNKNOWN = "unknown"  # the facet of a reading that says: no document holds this


@dataclass(frozen=True)
class Concept:
    """One thing that a hit should have. alternatives: ways to say it; facet and value: the field that says it best.

    typed, start: as and where it stood in the question (normalised); sound: syllables to look for where it was typed
    by sound; hints: see vocabulary.Term; near: places beside count as well; whole: nothing but the words as they stand;
    least: for a number, the least that is wanted.
    """

    typed: str
    alternatives: tuple[str, ...]
    facet: str = ""
    value: str = ""
    start: int = 0
    sound: tuple[str, ...] = ()
    hints: tuple[Pair, ...] = ()
    near: bool = False
    whole: bool = False
    least: float = 0.0
    values: tuple[str, ...] = ()

    @property
    def meant(self) -> str:
        """What it was taken for."""
        return self.value or (self.alternatives[0] if self.alternatives else "")

    @property
    def changed(self) -> str:
        """What it was taken for, where that is not what was typed."""
        meant = self.meant
        return meant if meant and normalise(meant) != self.typed and self.typed not in normalise(meant) else ""


@dataclass(frozen=True)
class Question:
    """concepts: what to look for, in the question's order; excluded: what no hit may have."""

    concepts: tuple[Concept, ...] = ()
    excluded: tuple[Concept, ...] = ()

    def readings(self, text: str, unknown: Collection[Concept]) -> tuple[Reading, ...]:
        """What the reader may want to see and to take back: conditions, words that were taken for others, and words that
        stand in no document."""
        found = []
        for concept in self.concepts:
            end = concept.start + len(concept.typed)
            if concept.facet or concept.changed or concept.whole or concept in unknown:
                rest = " ".join((text[: concept.start] + " " + text[end:]).split())
                facet = UNKNOWN if concept in unknown else concept.facet
                found.append(Reading(concept.meant or concept.typed, facet, concept.value, text[concept.start : end],
                                     concept.start, end, rest, concept.near))
        return tuple(found)


def concept_of(typed: str, start: int, term: Term, as_typed: bool = True) -> Concept:
    """The concept of a term; as_typed: the typed word is itself a way to say it, and the first."""
    words = tuple(normalise(word) for word in term.words)
    if as_typed:
        words = (typed, *words)
    return Concept(typed, tuple(dict.fromkeys(words)), term.facet, term.value, start, hints=term.hints)


def moved(concepts: list[Concept], by: int) -> list[Concept]:
    """The same concepts, each further on in the question."""
    return [replace(concept, start=concept.start + by) for concept in concepts]
