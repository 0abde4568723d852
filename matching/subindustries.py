"""Which branches of an industry a text speaks of, by the taxonomy's own words: sub-industries and their typical terms."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LONGEST = 12  # characters of a term; longer ones are names that nobody writes out
NEAR = 0.35  # what another branch of the same industry is worth


@dataclass(frozen=True, eq=False)
class SubIndustries:
    """codes: the branches; terms: word -> numbers of the branches it is typical of; kinship: (m, m) closeness 0..1."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    terms: Mapping[str, tuple[int, ...]]
    kinship: NDArray[np.float32]

    @cached_property
    def heads(self) -> frozenset[str]:
        """The first two characters of all terms: most places of a text begin none."""
        return frozenset(word[:2] for word in self.terms)

    def spoken(self, text: str) -> tuple[tuple[str, int], ...]:
        """The typical words that a text holds, each once, with the branch it stands for; words of many branches too."""
        return _spoken(text, self)

    def vector(self, text: str) -> NDArray[np.float32]:
        """How much a text speaks of each branch, shape (m,), unit length; zeros where it speaks of none."""
        out = np.zeros(len(self.codes), np.float32)
        for word, branch in self.spoken(text):
            out[branch] += 1.0 / len(self.terms[word])
        return np.asarray(out / max(float(np.linalg.norm(out)), 1e-9), np.float32)


@lru_cache(maxsize=8192)
def _spoken(text: str, branches: SubIndustries) -> tuple[tuple[str, int], ...]:
    low = text.lower()
    found: dict[tuple[str, int], None] = {}
    for start in range(len(low)):
        if low[start : start + 2] not in branches.heads:
            continue
        for size in range(2, LONGEST + 1):
            for branch in branches.terms.get(low[start : start + size], ()):
                found[low[start : start + size], branch] = None
    return tuple(found)


def _kinship(parents: Sequence[str]) -> NDArray[np.float32]:
    same = np.array([[a == b for b in parents] for a in parents], np.float32) * NEAR
    np.fill_diagonal(same, 1.0)
    return same


def load_sub_industries(folder: Path) -> SubIndustries:
    """Reads sub_industries.csv of the taxonomy's folder."""
    with (folder / "sub_industries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    terms: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        words = (row["name_zh"], *row["synonyms"].split(";"), *row["typical_terms"].split(";"))
        for word in dict.fromkeys(word.strip().lower() for word in words):
            if 2 <= len(word) <= LONGEST:
                terms.setdefault(word, []).append(number)
    return SubIndustries(tuple(r["code"] for r in rows), tuple(r["name_zh"] for r in rows),
                         {word: tuple(numbers) for word, numbers in terms.items()},
                         _kinship([r["parent_code"] for r in rows]))
