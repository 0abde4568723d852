"""Words in common: which share of an order's weighty tokens a firm's text holds (a BM25 term weight, scaled to 0..1)."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matching.text import tokens

K1, B = 1.2, 0.75  # Robertson and Zaragoza 2009, the usual values


@dataclass(frozen=True)
class TokenStatistics:
    """How rare a token is among the firms' texts; mean_length in tokens."""

    idf: Mapping[str, float]
    unseen_idf: float
    mean_length: float

    def weight(self, token: str) -> float:
        """Inverse document frequency of a token; one that no text holds counts as the rarest."""
        return self.idf.get(token, self.unseen_idf)


@dataclass(frozen=True)
class WordMatrix:
    """One row for each text, one column for each token: the token's saturated weight there, float32."""

    columns: Mapping[str, int]
    weights: csr_array
    statistics: TokenStatistics

    def shares(self, query: str) -> NDArray[np.float32]:
        """For each row the weighted share of the query's tokens that it holds, 0..1."""
        asked = np.zeros(len(self.columns), np.float32)
        whole = 0.0
        for token in dict.fromkeys(tokens(query)):
            weight = self.statistics.weight(token)
            whole += weight
            if token in self.columns:
                asked[self.columns[token]] = weight
        return np.asarray(self.weights @ asked / np.float32(max(whole, 1e-6)), np.float32)

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every row: the same weights, not scaled."""
        asked = np.zeros(len(self.columns), np.float32)
        for token, count in Counter(tokens(query)).items():
            if token in self.columns:
                asked[self.columns[token]] = self.statistics.weight(token) * count * (K1 + 1)
        return np.asarray(self.weights @ asked, np.float32)

    def row(self, number: int) -> WordMatrix:
        """One text alone, weighed by the statistics of all."""
        return WordMatrix(self.columns, self.weights[[number]], self.statistics)


def _statistics(seen: Counter[int], names: Sequence[str], texts: int, length: int) -> TokenStatistics:
    idf = {names[c]: math.log(1 + (texts - n + 0.5) / (n + 0.5)) for c, n in seen.items()}
    return TokenStatistics(idf, math.log(1 + (texts + 0.5) / 0.5), length / max(texts, 1))


def word_matrix(texts: Sequence[str]) -> WordMatrix:
    """Counts the tokens of all texts and weighs them."""
    columns: dict[str, int] = {}
    indices, counts, starts, lengths = array("i"), array("f"), array("q", [0]), array("f")
    for text in texts:
        found = Counter(tokens(text))
        indices.extend(columns.setdefault(token, len(columns)) for token in found)
        counts.extend(found.values())
        starts.append(len(indices))
        lengths.append(sum(found.values()))
    sizes = np.asarray(lengths, np.float32)
    statistics = _statistics(Counter(indices), list(columns), len(texts), int(sizes.sum()))
    damped = K1 * (1 - B + B * sizes / np.float32(max(statistics.mean_length, 1.0)))
    times = np.asarray(counts, np.float32)
    saturated = times / (times + np.repeat(damped, np.diff(np.asarray(starts))))
    table = csr_array((saturated.astype(np.float32), np.asarray(indices), np.asarray(starts)), (len(texts), len(columns)))
    return WordMatrix(columns, table, statistics)
