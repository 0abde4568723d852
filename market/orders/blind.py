"""Blind reading: in what experts read of a bid, the names of the bidding firms are masked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from market.vocabulary import SHARED_IN_NAMES

MASK = "█████"
SHORTEST = 4  # characters of a firm's own part of the name that tell which firm it is
WHOLE = 2  # a name whose own part is shorter than that is masked as it stands


def own_parts(name: str) -> list[str]:
    """What is left of a firm's name without the words that many names share, the longest first."""
    for shared in SHARED_IN_NAMES:
        name = name.replace(shared, "\0")
    return sorted((part for part in map(str.strip, name.split("\0")) if len(part) >= WHOLE), key=len, reverse=True)


def masked(text: str, names: Sequence[str]) -> str:
    """A text without the firms' names: as a whole, and every part of four characters or more of what is their own."""
    for name in names:
        text = text.replace(name, MASK)
    for part in (part for name in names for part in own_parts(name)):
        for length in range(len(part), min(SHORTEST, len(part)) - 1, -1):
            for start in range(len(part) - length + 1):
                text = text.replace(part[start : start + length], MASK)
    return text


def blinded(offer: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """An offer as experts read it."""
    return {field: masked(value, names) if isinstance(value, str) else
            [masked(line, names) for line in value] if isinstance(value, list) else value
            for field, value in offer.items()}
