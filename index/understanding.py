"""Reads a question: which words name a district, a park, a service or an industry, which are said another way or
mistyped, and what is left to look for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from index.analysis import cut_pinyin, is_chinese, normalise, runs, syllables
from index.concepts import Concept, Question, concept_of
from index.conditions import conditions_in
from index.slips import Slips
from index.vocabulary import SearchVocabulary
from index.words import VERB, Cutter

# Whether any document holds a phrase; Latin words count whole.
Holds = Callable[[str], bool]
CORE_LONGEST = 14  # characters of the longest word of the trade that is looked for in a run
SLIP_LONGEST = 8  # characters of a whole run that is held against the vocabulary as one mistyped word
HEARD = 3  # characters of a word that may be found by its sound: two syllables sound like too much else
LATIN_LONGEST = 4  # words of the longest English term or of a term typed as syllables apart
_RUN = re.compile(r"[a-z0-9][a-z0-9+#.&-]*|[\u3400-\u9fff]+")
_PHRASE = re.compile("[\"\u201c\u201d\u300c\u300e]([^\"\u201c\u201d\u300c\u300d\u300e\u300f]+)[\"\u201c\u201d\u300d\u300f]")
_WITHOUT = re.compile(r"(?:^|(?<=\s))-([^\s-]\S*)")
_RELEASE = re.compile(r"([a-z]{2,})\d{1,2}")  # a product with the number of its release


def _without_release(word: str) -> tuple[str, ...]:
    match = _RELEASE.fullmatch(word)
    return match.groups() if match else ()


def _blank(text: str, start: int, end: int) -> str:
    """The text with a stretch taken out, places kept."""
    return text[:start] + " " * (end - start) + text[end:]


class Reader:
    """Turns questions into concepts with one vocabulary."""

    def __init__(self, vocabulary: SearchVocabulary) -> None:
        self.vocabulary = vocabulary
        self._cutter = Cutter(vocabulary)
        self._slips = Slips(vocabulary)
        self._legal_forms = tuple(normalise(form) for form in vocabulary.legal_forms)

    def phrases(self, text: str) -> list[str]:
        """Every phrase that reading a text may ask about: Latin words, and stretches of a run of characters."""
        found: dict[str, None] = {}
        for run in runs(normalise(text)):
            if not is_chinese(run):
                found[run] = None
                continue
            if run.endswith(self._legal_forms):
                found[run] = None
            for start in range(len(run)):
                found.update((run[start:end], None) for end in range(start + 1, min(len(run), start + CORE_LONGEST) + 1))
        return list(found)

    def read(self, text: str, holds: Holds, ignored: Sequence[str] = ()) -> Question:
        """A question's concepts, each once, in its order; ignored: stretches that are words and nothing else."""
        plain = normalise(text)
        found, excluded = [], []
        for match in _PHRASE.finditer(plain):
            found.append(Concept(match.group(), (match.group(1).strip(),), start=match.start(), whole=True))
            plain = _blank(plain, *match.span())
        for match in _WITHOUT.finditer(plain):
            excluded.append(self._exclusion(match.group(1), match.start(1)))
            plain = _blank(plain, *match.span())
        for stretch in map(normalise, ignored):
            at = plain.find(stretch) if stretch else -1
            if at >= 0:
                found.append(Concept(stretch, (stretch,), start=at))
                plain = _blank(plain, at, at + len(stretch))
        conditions, plain, near = conditions_in(plain, self.vocabulary)
        found += [*conditions, *self._words(plain, holds)]
        if near is not None:
            found = [replace(c, near=c.facet in ("district", "park")) for c in found]
        once = {(c.facet, c.value or c.alternatives, c.sound): c for c in sorted(found, key=lambda c: -c.start)}
        return Question(tuple(sorted(once.values(), key=lambda c: c.start)), tuple(excluded))

    def _exclusion(self, word: str, start: int) -> Concept:
        term = self.vocabulary.terms.get(word)
        return concept_of(word, start, term) if term and term.facet else Concept(word, (word,), start=start)

    def _words(self, plain: str, holds: Holds) -> Iterator[Concept]:
        latin: list[re.Match[str]] = []
        for match in _RUN.finditer(plain):
            if is_chinese(match.group()):
                yield from self._latin(latin, holds)
                latin = []
                yield from self._run(match.group(), match.start(), holds)
            else:
                latin.append(match)
        yield from self._latin(latin, holds)

    # Latin words

    def _latin(self, latin: Sequence[re.Match[str]], holds: Holds) -> Iterator[Concept]:
        """Terms of several words first, then pinyin, initials, or the word itself."""
        at = 0
        while at < len(latin):
            for end in range(min(len(latin), at + LATIN_LONGEST), at, -1):
                known = self._known_latin([m.group() for m in latin[at:end]], latin[at].start(), holds)
                if known:
                    yield known
                    break
            else:
                end = at + 1
                yield from self._sound(latin[at].group(), latin[at].start(), holds)
            at = end

    def _known_latin(self, said: Sequence[str], start: int, holds: Holds) -> Concept | None:
        typed = " ".join(said)
        term = self.vocabulary.terms.get(typed)
        if term:
            found = concept_of(typed, start, term)
            return replace(found, alternatives=(*found.alternatives, *_without_release(typed)))
        joined = "".join(said)
        if joined.isalpha() and not all(holds(word) for word in said):
            term = self._slips.by_sound.get(joined) or (self._slips.by_initials.get(joined) if len(said) == 1 else None)
            if term:
                return concept_of(typed, start, term, as_typed=False)
        return None

    def _sound(self, word: str, start: int, holds: Holds) -> list[Concept]:
        if word in self.vocabulary.stopwords:
            return []
        cut = () if holds(word) else cut_pinyin(word)
        return self._sound_of(cut, start) if cut else [Concept(word, (word, *_without_release(word)), start=start)]

    def _sound_of(self, cut: tuple[str, ...], start: int) -> list[Concept]:
        """Pinyin of several words run together: the longest known terms in it, the rest by sound."""
        found: list[Concept] = []
        rest: list[str] = []
        at = 0

        def by_ear() -> list[Concept]:
            began = start + len("".join(cut[: at - len(rest)]))
            return [Concept("".join(rest), (), start=began, sound=tuple(rest))] if len(rest) > 1 else []

        while at < len(cut):
            for end in range(len(cut), at + 1, -1):
                term = self._slips.by_sound.get("".join(cut[at:end]))
                if term:
                    began = start + len("".join(cut[:at]))
                    found += [*by_ear(), concept_of("".join(cut[at:end]), began, term, as_typed=False)]
                    rest, at = [], end
                    break
            else:
                rest.append(cut[at])
                at += 1
        return found + by_ear()

    # Chinese characters

    def _run(self, run: str, start: int, holds: Holds) -> Iterator[Concept]:
        """A run of characters: known terms and places at their longest, between them words."""
        if run.endswith(self._legal_forms) and holds(run):
            yield Concept(run, (run,), start=start, whole=True)  # a firm's full name means that firm and nothing else
            return
        slip = self._slips.meant(run) if 2 < len(run) <= SLIP_LONGEST and not self._knows(run) and not holds(run) else None
        if slip:
            yield concept_of(run, start, slip, as_typed=False)
            return
        ends = self._cutter.ends(run)
        begun = at = 0
        while at < len(run):
            concept = self._known_at(run, at, ends)
            if concept:
                yield from self._rest(run[begun:at], start + begun, holds)
                yield from self._halves(replace(concept, start=start + at), holds)
                at += len(concept.typed)
                begun = at
            else:
                at += 1
        yield from self._rest(run[begun:], start + begun, holds)

    def _knows(self, word: str) -> bool:
        return word in self.vocabulary.terms or word in self.vocabulary.place_districts

    def _known_at(self, run: str, at: int, ends: frozenset[int]) -> Concept | None:
        for length in range(min(CORE_LONGEST, len(run) - at), 1, -1):
            if length == 2 and at not in ends and at + 2 not in ends:
                continue  # two characters out of the middle of two words
            word = run[at : at + length]
            term = self.vocabulary.terms.get(word)
            if term:
                return concept_of(word, at, term)
            district = self.vocabulary.place_districts.get(word)
            if district:
                return Concept(word, (word,), "district", district)
        return None

    def _halves(self, concept: Concept, holds: Holds) -> list[Concept]:
        """A word of the trade that no document holds in any way, by its two halves where both are held."""
        word, start = concept.typed, concept.start
        if concept.facet or len(word) != 4 or any(holds(way) for way in concept.alternatives):
            return [concept]
        first, second = word[:2], word[2:]
        if not (holds(first) and holds(second)):
            return [concept]
        return [Concept(first, (first,), start=start, hints=concept.hints), Concept(second, (second,), start=start + 2)]

    def _rest(self, run: str, start: int, holds: Holds) -> Iterator[Concept]:
        """What no table knows: the whole where a document holds it, a mistyped term, or its words one by one."""
        stops = self.vocabulary.stopwords
        parts = [(word, at, tag) for word, at, tag in self._cutter.parts(run) if word not in stops and tag]
        if len(run) < 2 or run in stops:
            return
        if not parts:
            if holds(run) and not all(word in stops for word, _, _ in self._cutter.parts(run)):
                yield Concept(run, (run,), start=start)
            return
        if holds(run) and (len(parts) == 1 or len(run) <= 6):
            yield Concept(run, (run,), start=start)
            return
        slip = self._slips.in_run(run) if not holds(run) else None
        if slip:
            at, typed, term = slip
            yield from self._rest(run[:at], start, holds)
            yield concept_of(typed, start + at, term, as_typed=False)
            yield from self._rest(run[at + len(typed) :], start + at + len(typed), holds)
            return
        if len(parts) > 1 and len(run) <= 8 and not any(holds(word) for word, _, _ in parts if len(word) > 1):
            yield Concept(run, (run,), start=start, sound=syllables(run))
            return
        yield from (self._word(word, start + at, holds) for word, at, tag in parts
                    if len(word) > 1 and (holds(word) or not tag.startswith(VERB) or tag.startswith(VERB + "n")))

    def _word(self, word: str, start: int, holds: Holds) -> Concept:
        sound = syllables(word) if len(word) >= HEARD and not holds(word) else ()
        return Concept(word, (word,), start=start, sound=sound)
