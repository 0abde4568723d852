"""The learned weights as a small file: what was learned, on which data, with which figures; and what stands in for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

STRONG, POSSIBLE, WEAK = 3, 2, 1
# What the trade holds of each signal before any label is seen: role, industry and way of service decide, texts tell the
# specialist from the generalist, the rest breaks ties. Learning is drawn towards these, and they stand in for it.
UNTRAINED = {
    "industry": 2.5, "role": 3.0, "service": 2.5, "seniority": 1.5, "capacity": 1.0, "pace": 0.2, "language": 0.3,
    "credit": 0.2, "results": 0.8, "breadth": 0.7, "words": 3.0, "sub_industry": 0.5,
    "meaning": 2.5, "track_record": 1.5,
}
UNTRAINED_INTERCEPTS = (-11.0, -13.0)  # a firm that meets every field and is near in text is then about even for grade 2


@dataclass(frozen=True)
class Weights:
    """One logistic model per grade; score: mean of their probabilities, so it grows with the grade to be expected.

    coefficients: shape (models, signals), none below zero. strong, possible: least score of a band. figures: what was
    measured; empty where nothing was learned.
    """

    signals: tuple[str, ...]
    coefficients: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    strong: float
    possible: float
    figures: Mapping[str, Any]

    def score(self, signals: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores 0..1, shape (n,), of signals of shape (n, number of signals)."""
        return self.of_logits(signals @ self.coefficients.T + self.intercepts)

    def of_logits(self, logits: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores 0..1, shape (n,), of what the models say, shape (n, models)."""
        return np.asarray((1 / (1 + np.exp(-logits))).mean(axis=1), np.float32)

    def band(self, score: float) -> int:
        """The band of a score: 3 strong, 2 possible, 1 weak."""
        return STRONG if score >= self.strong else POSSIBLE if score >= self.possible else WEAK

    def scaled(self, by: Mapping[str, float]) -> Weights:
        """The weights with some signals counted more or less (1: as learned, 0: not at all); none can turn against."""
        if unknown := set(by) - set(self.signals):
            raise ValueError(f"no such signal: {', '.join(sorted(unknown))}")
        factors = np.array([max(by.get(name, 1.0), 0.0) for name in self.signals], np.float32)
        return replace(self, coefficients=self.coefficients * factors)


def untrained() -> Weights:
    """The weights that nobody learned."""
    row = list(UNTRAINED.values())
    return Weights(tuple(UNTRAINED), np.array([row, row], np.float32), np.array(UNTRAINED_INTERCEPTS, np.float32),
                   0.6, 0.25, {})


def load_weights(data_dir: Path) -> Weights:
    """Reads data_dir/matching/weights.json; the untrained weights where there is no such file."""
    path = data_dir / "matching" / "weights.json"
    if not path.exists():
        return untrained()
    raw = json.loads(path.read_text(encoding="utf-8"))
    return Weights(
        tuple(raw["signals"]), np.array(raw["coefficients"], np.float32), np.array(raw["intercepts"], np.float32),
        float(raw["strong"]), float(raw["possible"]), raw["figures"],
    )
