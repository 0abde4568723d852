"""The firms of one search, prepared once: vectors, words and columns that every order is held against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.constraints import refusals_of
from matching.lexical import TokenStatistics, WordMatrix, word_matrix
from matching.profiles import Demand, Profile
from matching.vocabulary import Vocabulary

Vectors = NDArray[np.float32]
Rows = NDArray[np.intp]
FIELDS = ("services", "industries", "role_families", "seniority", "languages", "licences", "regions")


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
    """What a firm's words are counted in: never its name, which says nothing of its work."""
    parts = (profile.profile, *profile.track_record, *profile.role_families, *profile.industries)
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
    """n firms; meaning (n, dims); cases (m, dims), those of firm i from case_start[i] to case_start[i + 1]; words and
    branches: what their texts speak of; refused: topic -> which firms say that they do not take it, shape (n,)."""

    profiles: tuple[Profile, ...]
    meaning: Vectors
    cases: Vectors
    case_start: Rows
    words: WordMatrix
    branches: csr_array
    refused: dict[str, NDArray[np.bool_]]

    @property
    def statistics(self) -> TokenStatistics:
        """How rare the words of the firms' texts are."""
        return self.words.statistics

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Firm id -> row."""
        return {profile.id: row for row, profile in enumerate(self.profiles)}

    @cached_property
    def order_of_ids(self) -> Rows:
        """The place of each firm's id among the sorted ids, shape (n,): equal scores go by id."""
        places = np.empty(len(self.profiles), np.intp)
        places[sorted(range(len(self.profiles)), key=lambda row: self.profiles[row].id)] = np.arange(len(self.profiles))
        return places

    @cached_property
    def capacity(self) -> NDArray[np.float32]:
        """People a quarter, shape (n,)."""
        return np.array([profile.capacity_per_quarter for profile in self.profiles], np.float32)

    @cached_property
    def free(self) -> NDArray[np.float32]:
        """People that can still be delivered this quarter, shape (n,)."""
        return np.array([profile.free for profile in self.profiles], np.float32)

    @cached_property
    def industries(self) -> NDArray[np.float32]:
        """How many industries each firm names, shape (n,)."""
        return np.array([len(profile.industries) for profile in self.profiles], np.float32)

    @cached_property
    def grades(self) -> NDArray[np.str_]:
        """Credit grades, shape (n,), empty where there is none."""
        return np.array([profile.credit_grade for profile in self.profiles], "U1")

    @cached_property
    def reliability(self) -> NDArray[np.float32]:
        """Places filled of those taken on, drawn towards one half until there is a record, shape (n,)."""
        return np.array([(p.delivered + 5.0) / (p.asked + 10.0) for p in self.profiles], np.float32)

    def holding(self, field: str, value: str) -> NDArray[np.bool_]:
        """Which firms hold a value in one of their list fields ("primary": as their first service), shape (n,)."""
        return self._columns.get((field, value), np.zeros(len(self.profiles), np.bool_))

    def holding_any(self, field: str, values: Iterable[str]) -> NDArray[np.bool_]:
        """Which firms hold one of several values, shape (n,)."""
        out = np.zeros(len(self.profiles), np.bool_)
        for value in values:
            out |= self.holding(field, value)
        return out

    @cached_property
    def _columns(self) -> dict[tuple[str, str], NDArray[np.bool_]]:
        rows: dict[tuple[str, str], list[int]] = {}
        for row, profile in enumerate(self.profiles):
            for field in FIELDS:
                for value in getattr(profile, field):
                    rows.setdefault((field, value), []).append(row)
            if profile.services:
                rows.setdefault(("primary", profile.services[0]), []).append(row)
        columns = {key: np.zeros(len(self.profiles), np.bool_) for key in rows}
        for key, held in rows.items():
            columns[key][held] = True
        return columns

    def cases_of(self, row: int) -> Vectors:
        """The vectors of one firm's track-record lines, shape (lines, dims)."""
        return self.cases[self.case_start[row] : self.case_start[row + 1]]

    def alone(self, row: int) -> Pool:
        """The pool of one of its firms, judged by the statistics of all: the same pair gets the same score."""
        cases = self.cases_of(row)
        refused = {topic: rows[row : row + 1] for topic, rows in self.refused.items() if rows[row]}
        return Pool((self.profiles[row],), self.meaning[row : row + 1], cases, np.array([0, len(cases)]),
                    self.words.row(row), self.branches[[row]], refused)


def _refused(profiles: Sequence[Profile], vocabulary: Vocabulary) -> dict[str, NDArray[np.bool_]]:
    out: dict[str, NDArray[np.bool_]] = {}
    for row, profile in enumerate(profiles):
        for topic, _ in refusals_of(profile, vocabulary):
            out.setdefault(topic, np.zeros(len(profiles), np.bool_))[row] = True
    return out


def _branches(texts: Sequence[str], vocabulary: Vocabulary) -> csr_array:
    """What each text speaks of, one row a text, rows of unit length; most of it is zero."""
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        vector = vocabulary.branches.vector(text)
        spoken = np.flatnonzero(vector)
        rows.append(np.full(len(spoken), row))
        columns.append(spoken)
        values.append(vector[spoken])
    if not texts:
        return csr_array((0, len(vocabulary.branches.codes)), dtype=np.float32)
    at = (np.concatenate(rows), np.concatenate(columns))
    return csr_array((np.concatenate(values), at), (len(texts), len(vocabulary.branches.codes)))


def make_pool(profiles: Sequence[Profile], vectors: VectorSource, vocabulary: Vocabulary) -> Pool:
    """Prepares firms; encodes or looks up one vector per profile and one per track-record line."""
    texts = [word_text(profile) for profile in profiles]
    return Pool(
        tuple(profiles),
        vectors.passages([profile_text(profile) or profile.name for profile in profiles]),
        vectors.passages([line for profile in profiles for line in profile.track_record]),
        np.cumsum([0, *(len(profile.track_record) for profile in profiles)]),
        word_matrix(texts),
        _branches(texts, vocabulary),
        _refused(profiles, vocabulary),
    )
