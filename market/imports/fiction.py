"""Words for fictitious rows: read from data/sample, drawn by weight, put into sentences."""

from __future__ import annotations

import csv
import json
from bisect import bisect
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

LEVELS = {"white": ("white", "senior", "any"), "blue": ("blue", "any"), "chief": ("senior",)}  # level -> who asks for it
STRIDE = 1597  # a prime that shares no divisor with the number of fanciful names: each comes once before any comes twice


@dataclass(frozen=True)
class Role:
    """A role family with the posts and skills that its orders speak of."""

    name: str
    posts: tuple[str, ...]
    skills: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """Everything that fiction is put together from."""

    lists: Mapping[str, Any]
    roles: Mapping[tuple[str, str], tuple[Role, ...]]  # (industry, a level that is asked for) -> roles

    def roles_of(self, industry: str, level: str) -> tuple[Role, ...]:
        """The role families of an industry at a level; those of all industries where it has none at that level."""
        return self.roles.get((industry, level)) or self.roles[self.lists["general"], level]

    def fanciful(self, number: int) -> str:
        """A fanciful name: another one for each number until all are used up."""
        first, second = self.lists["first"], self.lists["second"]
        place = number * STRIDE % (len(first) * len(second))
        return str(first[place // len(second)] + second[place % len(second)])


@lru_cache(maxsize=2)
def read_words(data_dir: Path) -> Words:
    """The words of data/sample/words.json and roles.csv."""
    roles: dict[tuple[str, str], list[Role]] = defaultdict(list)
    with (data_dir / "sample" / "roles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            role = Role(row["role_family"], tuple(row["posts"].split(";")), tuple(row["skills"].split(";")))
            for industry in row["industries"].split(";"):
                for level in LEVELS[row["level"]]:
                    roles[industry, level].append(role)
    lists = json.loads((data_dir / "sample" / "words.json").read_text(encoding="utf-8"))
    return Words(lists, {key: tuple(found) for key, found in roles.items()})


def weighted(rng: Random, choices: Mapping[str, float] | Sequence[Sequence[Any]]) -> Any:
    """One of {name: weight} or [[name, weight], ...], drawn by its weight."""
    pairs = choices.items() if isinstance(choices, Mapping) else choices
    names, weights = zip(*pairs, strict=True)
    sums = list(accumulate(weights))
    return names[bisect(sums, rng.random() * sums[-1])]


def weighted_row(rng: Random, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """One of several records, drawn by its "weight"."""
    sums = list(accumulate(row["weight"] for row in rows))
    return rows[bisect(sums, rng.random() * sums[-1])]


def likely(rng: Random, choices: Sequence[Sequence[Any]]) -> list[str]:
    """Each name of [[name, probability], ...] that comes up; one of probability 1 always does."""
    return [name for name, probability in choices if rng.random() < probability]


def some(rng: Random, items: Sequence[Any], most: int) -> list[Any]:
    """Between one and `most` different items, in drawn order."""
    return rng.sample(items, min(len(items), rng.randint(1, most)))
