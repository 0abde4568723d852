"""Reads a question: which words name a district, a park, a service or an industry, which are said another way or
mistyped, and what is left to look for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from index.analysis import cut_pinyin, is_chinese, normalise, runs, syllables, words
from index.vocabulary import SearchVocabulary, Term

# Whether any document holds a phrase; Latin words count whole.
Holds = Callable[[str], bool]
CORE_LONGEST = 12  # characters of the longest word of the trade that is looked for in a run


@dataclass(frozen=True)
class Concept:
    """One thing that a hit should have. alternatives: ways to say it; facet and value: the field that says it best.

    typed: as it stood in the question; sound: syllables to look for where it was typed by sound; near: places beside
    count as well; weight: how much it matters.
    """

    typed: str
    alternatives: tuple[str, ...]
    facet: str = ""
    value: str = ""
    sound: tuple[str, ...] = ()
    near: bool = False
    weight: float = 1.0

    @property
    def changed(self) -> str:
        """What it was taken for, where that is not what was typed."""
        meant = self.value or (self.alternatives[0] if self.alternatives else "")
        return meant if meant and normalise(meant) != self.typed and self.typed not in meant else ""


def _one_edit(a: str, b: str) -> bool:
    """True where two words of like length differ in one character, or one of them lacks one."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


class Reader:
    """Turns questions into concepts with one vocabulary."""

    def __init__(self, vocabulary: SearchVocabulary) -> None:
        self.vocabulary = vocabulary

    @cached_property
    def _by_sound(self) -> dict[str, Term]:
        found: dict[str, Term] = {}
        for word, term in self.vocabulary.terms.items():
            if all(is_chinese(run) for run in runs(word)):
                found.setdefault("".join(syllables(word)), term)
        return found

    @cached_property
    def _by_initials(self) -> dict[str, Term]:
        found: dict[str, Term] = {}
        for word, term in self.vocabulary.terms.items():
            if len(word) >= 3 and all(is_chinese(run) for run in runs(word)):
                found.setdefault("".join(s[0] for s in syllables(word)), term)
        return found

    def read(self, text: str, holds: Holds) -> list[Concept]:
        """The concepts of a question, each once, in the question's order."""
        plain = normalise(text)
        near = any(word in plain for word in self.vocabulary.near_words)
        found: list[Concept] = []
        latin: list[str] = []
        for run in runs(plain):
            if is_chinese(run):
                found += self._latin(latin, holds) + self._run(run, holds)
                latin = []
            else:
                latin.append(run)
        found += self._latin(latin, holds)
        kept = {(c.typed, c.value, c.alternatives): replace(c, near=near and c.facet in ("district", "park")) for c in found}
        return list(kept.values())

    def _term(self, typed: str, term: Term) -> Concept:
        return Concept(typed, tuple(dict.fromkeys((typed, *(normalise(w) for w in term.words)))), term.facet, term.value)

    def _latin(self, latin: Sequence[str], holds: Holds) -> list[Concept]:
        """Latin words: terms of several words first, then pinyin, initials, or the word itself."""
        found, at = [], 0
        while at < len(latin):
            for end in range(min(len(latin), at + 3), at, -1):
                term = self.vocabulary.terms.get(" ".join(latin[at:end]))
                if term:
                    found.append(self._term(" ".join(latin[at:end]), term))
                    break
            else:
                end = at + 1
                found += self._sound(latin[at], holds)
            at = end
        return found

    def _sound(self, word: str, holds: Holds) -> list[Concept]:
        if word in self.vocabulary.stopwords:
            return []
        if not holds(word):
            term = self._by_sound.get(word) or self._by_initials.get(word)
            if term:
                return [replace(self._term(word, term), alternatives=tuple(normalise(w) for w in term.words))]
            cut = cut_pinyin(word)
            if cut:
                return self._sound_of(word, cut)
        return [Concept(word, (word,), weight=1.2 if any(c.isdigit() for c in word) or len(word) > 2 else 1.0)]

    def _sound_of(self, word: str, cut: tuple[str, ...]) -> list[Concept]:
        """Pinyin of several words run together: the longest known terms in it, the rest by sound."""
        found: list[Concept] = []
        rest: list[str] = []
        at = 0
        while at < len(cut):
            for end in range(len(cut), at + 1, -1):
                term = self._by_sound.get("".join(cut[at:end]))
                if term:
                    found += self._by_ear(rest)
                    typed = "".join(cut[at:end])
                    found.append(replace(self._term(typed, term), alternatives=tuple(map(normalise, term.words))))
                    rest, at = [], end
                    break
            else:
                rest.append(cut[at])
                at += 1
        return found + self._by_ear(rest)

    def _by_ear(self, rest: Sequence[str]) -> list[Concept]:
        return [Concept("".join(rest), (), sound=tuple(rest))] if len(rest) > 1 else []

    def _run(self, run: str, holds: Holds) -> list[Concept]:
        """A run of characters: known terms and places at their longest, between them words."""
        found: list[Concept] = []
        start = at = 0
        while at < len(run):
            concept = self._known_at(run, at)
            if concept:
                found += [*self._rest(run[start:at], holds), concept]
                at += len(concept.typed)
                start = at
            else:
                at += 1
        if start == 0 and not found:
            return self._rest(run, holds)
        return found + self._rest(run[start:], holds)

    def _known_at(self, run: str, at: int) -> Concept | None:
        for length in range(min(CORE_LONGEST, len(run) - at), 1, -1):
            word = run[at : at + length]
            term = self.vocabulary.terms.get(word)
            if term:
                return self._term(word, term)
            district = self.vocabulary.place_districts.get(word)
            if district and length >= 2:
                return Concept(word, (word,), "district", district)
        return None

    def _rest(self, run: str, holds: Holds) -> list[Concept]:
        """What no table knows: the whole where a document holds it, a mistyped term, or its words one by one."""
        if len(run) < 2 or run in self.vocabulary.stopwords:
            return []
        stops = self.vocabulary.stopwords
        parts = [word for word in words(run) if word not in stops]
        if not parts:
            return []
        if holds(run) and len(run) <= CORE_LONGEST and (len(parts) == 1 or len(run) <= 6):
            return [Concept(run, (run,), weight=1.0 + 0.1 * min(len(run), 5))]
        meant = self._mistyped(run) if not holds(run) else None
        if meant:
            return [meant]
        if len(parts) == 1:
            return [self._word(parts[0], holds)]
        whole = [Concept(run, (run,), sound=syllables(run), weight=1.0)] if len(run) <= 8 and len(parts) > 1 else []
        return whole + [self._word(word, holds) for word in parts if len(word) > 1]

    def _word(self, word: str, holds: Holds) -> Concept:
        if holds(word):
            return Concept(word, (word,))
        return self._mistyped(word) or Concept(word, (word,), sound=syllables(word))

    def _mistyped(self, run: str) -> Concept | None:
        """The one term of the trade that sounds the same, or else the one that is a single character away."""
        if len(run) < 2:
            return None
        term = self._by_sound.get("".join(syllables(run)))
        if term is None and len(run) <= CORE_LONGEST:
            close = {id(t): t for w, t in self.vocabulary.terms.items() if len(w) >= 2 and _one_edit(run, w)
                     and (len(run) > 2 or len(w) == 2)}
            term = next(iter(close.values())) if len(close) == 1 else None
        if term is None:
            return None
        return Concept(run, tuple(map(normalise, term.words)), term.facet, term.value)
