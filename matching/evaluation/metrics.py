"""The usual measures of a ranking: nDCG with gain 2^grade - 1 (Järvelin and Kekäläinen 2002), recall, reciprocal rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

Grades = Mapping[str, int]


def dcg(grades: Sequence[int]) -> float:
    """Discounted cumulative gain of grades in ranked order."""
    gains = 2.0 ** np.asarray(grades, float) - 1
    return float((gains / np.log2(np.arange(2, len(gains) + 2))).sum()) if len(gains) else 0.0


def ndcg(ranked: Sequence[str], grades: Grades, k: int = 10) -> float:
    """nDCG@k; 0 where nothing is graded."""
    ideal = dcg(sorted(grades.values(), reverse=True)[:k])
    return dcg([grades.get(name, 0) for name in ranked[:k]]) / ideal if ideal else 0.0


def recall(ranked: Sequence[str], grades: Grades, k: int = 10) -> float:
    """Which share of the graded stands in the first k; 0 where nothing is graded."""
    wanted = {name for name, grade in grades.items() if grade > 0}
    return len(wanted & set(ranked[:k])) / len(wanted) if wanted else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Grades) -> float:
    """One over the place of the first graded answer; 0 where none is ranked."""
    return next((1.0 / place for place, name in enumerate(ranked, 1) if grades.get(name, 0) > 0), 0.0)


def precision(ranked: Sequence[str], grades: Grades, k: int = 5) -> float:
    """Which share of the first k places holds something graded; places that are left empty count as misses."""
    return sum(grades.get(name, 0) > 0 for name in ranked[:k]) / k


def share_of(ranked: Sequence[str], wrong: frozenset[str], k: int = 10) -> float:
    """Which share of what stands in the first k is among `wrong`; NaN where nothing stands there."""
    shown = ranked[:k]
    return sum(name in wrong for name in shown) / len(shown) if shown else float("nan")


def interval(values: Sequence[float], draws: int = 10_000, seed: int = 7) -> tuple[float, float, float]:
    """Mean and 95 % percentile bootstrap interval over orders; NaN are left out."""
    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    if not len(known):
        return (float("nan"),) * 3
    means = known[np.random.default_rng(seed).integers(0, len(known), (draws, len(known)))].mean(axis=1)
    return float(known.mean()), float(np.percentile(means, 2.5)), float(np.percentile(means, 97.5))


def read_grades(path: Path) -> dict[str, dict[str, int]]:
    """Graded answers from a table of tabs: order, firm, grade; a head line is passed over."""
    out: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        cells = line.split("\t")
        if len(cells) >= 3 and cells[2].strip().isdigit():
            out.setdefault(cells[0], {})[cells[1]] = int(cells[2])
    return out
