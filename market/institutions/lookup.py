"""Looks up a list of names and credit codes among the known firms: matched, unsure, or not found, each with why."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import DamerauLevenshtein

from index.suggestions import plain_name
from index.vocabulary import SearchVocabulary
from market.institutions.rules import code_fault

MATCHED, UNSURE, NOT_FOUND = "matched", "unsure", "not_found"
SIMILAR = 74.0  # of 100: one character of a name of four differs
OFFERED = 3  # firms named where it is unsure
HALF = 9  # characters: a code with one slip has at least one half of another firm's code
TOGETHER = 64  # names that are held against all firms at once: five times as fast as one by one
SHORTEST = 2  # characters of a name that is looked for inside others
_CODE = re.compile(r"[0-9A-Z]{15,20}")
_SPACES = re.compile(r"[\s\u3000,;\uff0c\uff1b|]+")


@dataclass(frozen=True)
class KnownFirm:
    """A firm that can be found: its id, its full name, and its credit code where it has one."""

    id: str
    name: str
    code: str = ""


@dataclass(frozen=True)
class Finding:
    """What came of one line. outcome: matched, unsure or not_found; firms: the one, or those offered, the likeliest first.

    why: "code", "name", "short name" (matched); "code unlike", "several", "part of name", "similar", "name, other code"
    (unsure); "length", "characters", "check digit" (the code's fault), "unknown code", "unknown name", "empty" (not found).
    fault: what is wrong with the code, where one was given and it is no code, whatever the outcome.
    """

    asked: str
    outcome: str
    why: str
    firms: tuple[KnownFirm, ...] = ()
    fault: str = ""


def split_line(line: str) -> tuple[str, str]:
    """(name, code) of a line with either or both in any order; the code in capitals, empty where there is none."""
    words = [word for word in _SPACES.split(line.strip()) if word]
    code = next((word.upper() for word in words if _CODE.fullmatch(word.upper()) and any(c.isdigit() for c in word)), "")
    return " ".join(word for word in words if word.upper() != code), code


class FirmDirectory:
    """Firms by code, by full name, and by the name without city and legal form."""

    def __init__(self, firms: Iterable[KnownFirm], vocabulary: SearchVocabulary) -> None:
        self._vocabulary = vocabulary
        self._firms = tuple(firms)
        self._by_code = {firm.code: firm for firm in self._firms if firm.code}
        self._by_half: dict[tuple[bool, str], list[str]] = defaultdict(list)
        for code in self._by_code:
            self._by_half[True, code[:HALF]].append(code)
            self._by_half[False, code[-HALF:]].append(code)
        self._by_name: dict[str, list[KnownFirm]] = defaultdict(list)
        self._by_short: dict[str, list[KnownFirm]] = defaultdict(list)
        self._shorts = [self._short(firm.name) for firm in self._firms]
        for firm, short in zip(self._firms, self._shorts, strict=True):
            self._by_name[plain_name(firm.name, ())].append(firm)
            self._by_short[short].append(firm)
        self._all_shorts = "\n".join(self._shorts)
        self._begins = np.cumsum([0, *(len(short) + 1 for short in self._shorts)])

    def _short(self, name: str) -> str:
        plain = plain_name(name, self._vocabulary.legal_forms)
        for city in self._vocabulary.cities:
            if plain.startswith(city) and len(plain) > len(city):
                return plain.removeprefix(city)
        return plain

    def look_up(self, lines: Iterable[str]) -> list[Finding]:
        """One finding for each line, in order."""
        asked = list(lines)
        similar = self._similar({self._short(name) for line in asked if (name := split_line(line)[0])})
        return [self._one(line, similar) for line in asked]

    def _similar(self, shorts: Iterable[str]) -> dict[str, tuple[KnownFirm, ...]]:
        """Firms whose short name is close to one that nobody has, the closest first."""
        unknown = sorted(short for short in shorts if short not in self._by_short)
        found = {}
        for start in range(0, len(unknown) if self._firms else 0, TOGETHER):
            part = unknown[start : start + TOGETHER]
            close = process.cdist(part, self._shorts, scorer=fuzz.ratio, score_cutoff=SIMILAR, dtype=np.float32)
            for short, row in zip(part, close, strict=True):
                best = np.argsort(-row, kind="stable")[:OFFERED]
                found[short] = tuple(self._firms[at] for at in best if row[at])
        return found

    def _one(self, line: str, similar: Mapping[str, tuple[KnownFirm, ...]]) -> Finding:
        name, code = split_line(line)
        fault = code_fault(code) if code else ""
        by_code = self._by_code.get(code) if code and not fault else None
        if by_code:
            return self._checked(line, name, by_code, similar)
        nameless = Finding(line, NOT_FOUND, "" if code else "empty", (), fault)
        by_name = self._named(line, name, fault, similar) if name else nameless
        if code and not fault:
            if by_name.firms:
                return Finding(line, UNSURE, "name, other code", by_name.firms)
            return Finding(line, NOT_FOUND, "unknown code")
        if by_name.firms or not code:
            return by_name
        near = self._near_codes(code)
        return Finding(line, UNSURE, "code unlike", near, fault) if near else Finding(line, NOT_FOUND, fault, (), fault)

    def _checked(self, line: str, name: str, firm: KnownFirm, similar: Mapping[str, tuple[KnownFirm, ...]]) -> Finding:
        """A right code decides, unless a name stands beside it that is another firm's."""
        others = self._named(line, name, "", similar).firms if name else ()
        if others and firm not in others:
            return Finding(line, UNSURE, "name, other code", (firm, *others[: OFFERED - 1]))
        return Finding(line, MATCHED, "code", (firm,))

    def _near_codes(self, code: str) -> tuple[KnownFirm, ...]:
        """Firms whose code differs in one character, one left out, or two changed over."""
        turned = (code[: HALF - 1] + code[HALF - 1 : HALF + 1][::-1] + code[HALF + 1 :],)  # the two in the middle
        likely = [*self._by_half.get((True, code[:HALF]), ()), *self._by_half.get((False, code[-HALF:]), ()),
                  *(known for known in turned if known in self._by_code)]
        found = process.extract(code, list(dict.fromkeys(likely)), scorer=DamerauLevenshtein.distance, score_cutoff=1,
                                limit=OFFERED)
        return tuple(self._by_code[match] for match, _, _ in found)

    def _named(self, line: str, name: str, fault: str, similar: Mapping[str, tuple[KnownFirm, ...]]) -> Finding:
        short = self._short(name)
        for why, firms in (("name", self._by_name.get(plain_name(name, ()))), ("short name", self._by_short.get(short))):
            if firms:
                known = tuple(firms)
                return Finding(line, MATCHED, why, known, fault) if len(known) == 1 else \
                    Finding(line, UNSURE, "several", known[:OFFERED], fault)
        inside = self._inside(short)
        if inside:
            return Finding(line, UNSURE, "part of name", inside, fault)
        close = similar.get(short)
        if close:
            return Finding(line, UNSURE, "similar", close, fault)
        return Finding(line, NOT_FOUND, "unknown name", (), fault)

    def _inside(self, short: str) -> tuple[KnownFirm, ...]:
        if len(short) < SHORTEST:
            return ()
        found, at = [], self._all_shorts.find(short)
        while at >= 0:
            row = int(np.searchsorted(self._begins, at, side="right")) - 1
            found.append(self._firms[row])
            at = self._all_shorts.find(short, int(self._begins[row + 1]))
        return tuple(sorted(found, key=lambda firm: len(firm.name))[:OFFERED])


def code_slip(given: str, right: str) -> tuple[str, int]:
    """How a code differs from a firm's, and at which character from one: "changed", "swapped", "missing", "extra"."""
    at = next((place for place, (a, b) in enumerate(zip(given, right, strict=False)) if a != b), min(len(given), len(right)))
    if len(given) != len(right):
        return ("missing" if len(given) < len(right) else "extra"), at + 1
    swapped = given[at : at + 2] == right[at : at + 2][::-1] and given[at + 2 :] == right[at + 2 :]
    return ("swapped" if swapped else "changed"), at + 1


def counted(findings: Sequence[Finding]) -> dict[str, int]:
    """Outcome -> number of lines."""
    return {outcome: sum(f.outcome == outcome for f in findings) for outcome in (MATCHED, UNSURE, NOT_FOUND)}
