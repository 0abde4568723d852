"""Conditions in a question that follow a form: a grade of credit, how many people are wanted, near a place."""

from __future__ import annotations

import unicodedata

from index.concepts import Concept
from index.vocabulary import Pattern, SearchVocabulary

GRADES = "ABCD"
FEWEST = 5  # "one", "two" and the like say no size
TWO = "\u4e24"  # "two" before a unit; no numeral by the Unicode tables
NUMBERS = range(FEWEST, 1_000_000)


def number(text: str) -> int:
    """A number in digits or in Chinese numerals up to ten thousands; 0 where it is none."""
    if text.isdigit():
        return int(text)
    total = part = digit = 0
    for char in text:
        value = 2 if char == TWO else int(unicodedata.numeric(char, 0))
        if value < 10:
            digit = value
        elif value < 10_000:
            part, digit = part + (digit or 1) * value, 0
        else:
            total, part, digit = (total + part + digit) * value, 0, 0
    return total + part + digit


def _grade(pattern: Pattern, typed: str, start: int, letter: str) -> Concept:
    place = GRADES.index(letter.upper())
    values = tuple(GRADES[: place + 1]) if pattern.value == ">=" else (GRADES[place],)
    return Concept(typed, (), "grade", GRADES[place], start, values=values)


def conditions_in(plain: str, vocabulary: SearchVocabulary) -> tuple[list[Concept], str, str | None]:
    """(conditions, the text without them, how nearness was said or None) of a normalised question."""
    found: list[Concept] = []
    near: str | None = None
    for pattern in vocabulary.patterns:
        while match := pattern.pattern.search(plain):
            typed, start, end = match.group(), match.start(), match.end()
            kept = " " * (end - start)
            if pattern.facet == "near":
                near = typed
                inner = match.group(1)
                if inner not in vocabulary.near_words:  # "close to X": the place itself stays
                    at = match.start(1) - start
                    kept = " " * at + inner + " " * (end - start - at - len(inner))
            elif pattern.facet == "grade":
                found.append(_grade(pattern, typed, start, match.group(1)))
            elif (count := number(match.group(1))) in NUMBERS:
                found.append(Concept(typed, (), "headcount", str(count), start, least=float(count)))
            plain = plain[:start] + kept + plain[end:]
    return found, plain, near
