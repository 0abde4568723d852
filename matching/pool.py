"""The firms of one search, prepared once: vectors, postings and columns that every order is held against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching.lexical import Postings, TokenStatistics, postings_of, statistics_of
from matching.profiles import Demand, Profile

Vectors = NDArray[np.float32]


class VectorSource(Protocol):
    """Where the meaning of texts comes from: an encoder, or a store of what it once computed."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts that are searched, shape (n, dims), unit length."""

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts that search, shape (n, dims), unit length."""


def profile_text(profile: Profile) -> str:
    """What stands for a firm's meaning."""
    return "\n".join(part for part in (profile.profile, *profile.track_record) if part)


def word_text(profile: Profile) -> str:
    """What a firm's words are counted in."""
    parts = (profile.name, profile.profile, *profile.track_record, *profile.role_families, *profile.industries)
    return "\n".join(filter(None, parts))


def demand_text(demand: Demand) -> str:
    """What stands for an order's meaning."""
    return "\n".join(filter(None, (demand.title, demand.description)))


def demand_words(demand: Demand) -> str:
    """What an order's words are taken from."""
    return "\n".join(filter(None, (demand_text(demand), demand.role_family, demand.industry, *demand.must_have)))


def texts_of(profiles: Iterable[Profile]) -> list[str]:
    """Every text whose vector a pool needs, each once."""
    return list(dict.fromkeys(t for p in profiles for t in (profile_text(p), *p.track_record) if t))


@dataclass(frozen=True)
class Pool:
    """n firms; meaning (n, dims); cases (m, dims) with case_of (m,) the firm of each track-record line."""

    profiles: tuple[Profile, ...]
    meaning: Vectors
    cases: Vectors
    case_of: NDArray[np.int32]
    statistics: TokenStatistics
    postings: Postings

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Firm id -> row."""
        return {profile.id: row for row, profile in enumerate(self.profiles)}

    @cached_property
    def capacity(self) -> NDArray[np.float32]:
        """People a quarter, shape (n,)."""
        return np.array([profile.capacity_per_quarter for profile in self.profiles], np.float32)

    def holding(self, field: str, value: str) -> NDArray[np.bool_]:
        """Which firms hold a value in one of their list fields, shape (n,)."""
        return self._columns.get((field, value), np.zeros(len(self.profiles), np.bool_))

    @cached_property
    def _columns(self) -> dict[tuple[str, str], NDArray[np.bool_]]:
        columns: dict[tuple[str, str], NDArray[np.bool_]] = {}
        for row, profile in enumerate(self.profiles):
            for field in ("services", "industries", "role_families", "seniority", "languages", "licences", "regions"):
                for value in getattr(profile, field):
                    columns.setdefault((field, value), np.zeros(len(self.profiles), np.bool_))[row] = True
        return columns

    def alone(self, row: int) -> Pool:
        """The pool of one of its firms, judged by the statistics of all: the same pair gets the same score."""
        mine = self.case_of == row
        profile = self.profiles[row]
        return Pool((profile,), self.meaning[row : row + 1], self.cases[mine],
                    np.zeros(int(mine.sum()), np.int32), self.statistics,
                    postings_of([word_text(profile)], self.statistics))


def make_pool(profiles: Sequence[Profile], vectors: VectorSource) -> Pool:
    """Prepares firms; encodes or looks up one vector per profile and one per track-record line."""
    words = [word_text(profile) for profile in profiles]
    statistics = statistics_of(words)
    lines = [(row, line) for row, profile in enumerate(profiles) for line in profile.track_record]
    return Pool(
        tuple(profiles),
        vectors.passages([profile_text(profile) or profile.name for profile in profiles]),
        vectors.passages([line for _, line in lines]),
        np.array([row for row, _ in lines], np.int32),
        statistics,
        postings_of(words, statistics),
    )
