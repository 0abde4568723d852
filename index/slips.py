"""Finds the trade's word that was meant where it was typed by sound, by initials, or with one character wrong."""

from __future__ import annotations

from functools import cached_property

from index.analysis import is_chinese, runs, syllables
from index.vocabulary import SearchVocabulary, Term

LONGEST = 12  # characters of a stretch that is held against the vocabulary
LIKE = 80  # code points of characters with one radical and about as many strokes lie this close together
FACETS_FIRST = ("service", "industry", "district", "park")  # of several terms one character away, the one that is meant


def _gaps(word: str) -> list[str]:
    """The word with each character in turn made a gap, and with a gap put between: equal gaps are one edit apart."""
    return [word[:i] + "\0" + word[i + 1 :] for i in range(len(word))]


def _alike(a: str, b: str) -> bool:
    """True where the one character that differs looks or sounds like the other."""
    differing = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return len(differing) == 1 and (abs(ord(differing[0][0]) - ord(differing[0][1])) <= LIKE
                                    or syllables(differing[0][0]) == syllables(differing[0][1]))


class Slips:
    """The vocabulary by how it sounds and by what is left when one character is wrong."""

    def __init__(self, vocabulary: SearchVocabulary) -> None:
        self._terms = {word: term for word, term in vocabulary.terms.items()
                       if len(word) > 1 and all(is_chinese(run) for run in runs(word)) and runs(word) == [word]}
        self._trusted = vocabulary.trusted
        self._stopwords = vocabulary.stopwords

    @cached_property
    def by_sound(self) -> dict[str, Term]:
        """Pinyin without tones, run together -> the term."""
        found: dict[str, Term] = {}
        for word, term in self._terms.items():
            found.setdefault("".join(syllables(word)), term)
        return found

    @cached_property
    def by_initials(self) -> dict[str, Term]:
        """First letters of the syllables of terms of three characters or more -> the term."""
        found: dict[str, Term] = {}
        for word, term in self._terms.items():
            if len(word) > 2 and (term.facet or word in self._trusted):
                found.setdefault("".join(s[0] for s in syllables(word)), term)
        return found

    @cached_property
    def _by_gap(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self._terms:
            for gap in _gaps(word):
                found.setdefault(gap, []).append(word)
        return found

    def _close(self, word: str) -> list[str]:
        """Terms that differ from a word in one character, or have one more or one less."""
        found = {close for gap in _gaps(word) for close in self._by_gap.get(gap, ())}
        if len(word) > 3:
            found |= {w for i in range(len(word)) if (w := word[:i] + word[i + 1 :]) in self._terms}
        return [close for close in found if close != word and (len(word) > 2 or _alike(word, close))]

    def meant(self, word: str) -> Term | None:
        """The one term that sounds the same, or else the one that is a single character away."""
        term = self.by_sound.get("".join(syllables(word)))
        if term:
            return term
        close = {id(self._terms[w]): self._terms[w] for w in self._close(word)}
        for facet in FACETS_FIRST:
            named = [t for t in close.values() if t.facet == facet]
            if named:
                return named[0] if len(named) == 1 else None
        return next(iter(close.values())) if len(close) == 1 and len(word) > 2 else None

    def in_run(self, run: str) -> tuple[int, str, Term] | None:
        """The longest stretch of a run that is a slip: (place, as typed, the term meant)."""
        for length in range(min(LONGEST, len(run)), 1, -1):
            if length == 2 and len(run) > 2:
                break  # any two characters are one away from something; only a word of its own counts
            for at in range(len(run) - length + 1):
                word = run[at : at + length]
                term = None if word in self._stopwords else self.meant(word)
                if term:
                    return at, word, term
        return None
