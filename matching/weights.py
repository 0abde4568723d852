"""The learned weights as a small file: what was learned, on which data, with which figures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

STRONG, POSSIBLE, WEAK = 3, 2, 1


@dataclass(frozen=True)
class Weights:
    """One logistic model per grade; score: mean of their probabilities, so it grows with the grade to be expected.

    coefficients: shape (models, signals). strong, possible: least score of a band. figures: what was measured.
    """

    signals: tuple[str, ...]
    coefficients: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    strong: float
    possible: float
    figures: Mapping[str, Any]

    def score(self, signals: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores 0..1, shape (n,), of signals of shape (n, number of signals)."""
        logits = signals @ self.coefficients.T + self.intercepts
        return np.asarray((1 / (1 + np.exp(-logits))).mean(axis=1), np.float32)

    def band(self, score: float) -> int:
        """The band of a score: 3 strong, 2 possible, 1 weak."""
        return STRONG if score >= self.strong else POSSIBLE if score >= self.possible else WEAK


def load_weights(data_dir: Path) -> Weights:
    """Reads data_dir/matching/weights.json."""
    raw = json.loads((data_dir / "matching" / "weights.json").read_text(encoding="utf-8"))
    return Weights(
        tuple(raw["signals"]), np.array(raw["coefficients"], np.float32), np.array(raw["intercepts"], np.float32),
        float(raw["strong"]), float(raw["possible"]), raw["figures"],
    )
