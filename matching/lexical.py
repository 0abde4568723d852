"""Words in common: which share of an order's weighty tokens a firm's text holds (a BM25 term weight, scaled to 0..1)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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


def statistics_of(texts: Sequence[str]) -> TokenStatistics:
    """Counts the tokens of all texts."""
    seen: Counter[str] = Counter()
    length = 0
    for text in texts:
        found = tokens(text)
        length += len(found)
        seen.update(set(found))
    n = len(texts)
    idf = {token: math.log(1 + (n - count + 0.5) / (count + 0.5)) for token, count in seen.items()}
    return TokenStatistics(idf, math.log(1 + (n + 0.5) / 0.5), length / max(n, 1))


@dataclass(frozen=True)
class Postings:
    """For each token the rows that hold it and its saturated weight there, float32."""

    rows: Mapping[str, tuple[NDArray[np.int32], NDArray[np.float32]]]
    size: int

    def shares(self, query: str, statistics: TokenStatistics) -> NDArray[np.float32]:
        """For each row the weighted share of the query's tokens that it holds, 0..1, shape (size,)."""
        out = np.zeros(self.size, np.float32)
        whole = 0.0
        for token in dict.fromkeys(tokens(query)):
            weight = statistics.weight(token)
            whole += weight
            if token in self.rows:
                rows, saturated = self.rows[token]
                out[rows] += np.float32(weight) * saturated
        return out / np.float32(max(whole, 1e-6))


def postings_of(texts: Sequence[str], statistics: TokenStatistics) -> Postings:
    """Turns texts around: from token to rows."""
    lists: dict[str, tuple[list[int], list[float]]] = {}
    for row, text in enumerate(texts):
        counts = Counter(tokens(text))
        damped = K1 * (1 - B + B * sum(counts.values()) / max(statistics.mean_length, 1.0))
        for token, count in counts.items():
            rows, weights = lists.setdefault(token, ([], []))
            rows.append(row)
            weights.append(count / (count + damped))
    packed = {t: (np.array(r, np.int32), np.array(w, np.float32)) for t, (r, w) in lists.items()}
    return Postings(packed, len(texts))
