"""Learns the weights from graded pairs: logistic models that no signal can turn against a firm, drawn towards what the
trade holds, and cross-validated by order so that no order is judged by weights that saw it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from matching.features import SIGNALS, Asked, signals
from matching.pool import Pool, Vectors, demand_text
from matching.profiles import Demand
from matching.vocabulary import Vocabulary
from matching.weights import UNTRAINED, Weights, untrained

Floats = NDArray[np.float64]
LEVELS = (1, 2)  # one model for "grade 1 or more", one for "grade 2 or more"
STRENGTH = 10.0  # pull towards the untrained weights, in units of one logistic loss; 3 to 30 measure alike
FOLDS, SEED = 8, 0


@dataclass(frozen=True)
class Labelled:
    """Some orders before one pool: for each the signals (n, SIGNALS), the grades (n,) and who may take it (n,)."""

    signals: tuple[NDArray[np.float32], ...]
    grades: tuple[NDArray[np.int_], ...]
    may: tuple[NDArray[np.bool_], ...]

    def some(self, orders: Sequence[int]) -> Labelled:
        """The same for a few of the orders."""
        return Labelled(tuple(self.signals[k] for k in orders), tuple(self.grades[k] for k in orders),
                        tuple(self.may[k] for k in orders))

    def stacked(self) -> tuple[Floats, NDArray[np.int_]]:
        """Signals (pairs, SIGNALS) and grades (pairs,) of all firms that may."""
        x = np.concatenate([x[m] for x, m in zip(self.signals, self.may, strict=True)]).astype(np.float64)
        return x, np.concatenate([g[m] for g, m in zip(self.grades, self.may, strict=True)])


def all_signals(demands: Sequence[Demand], vectors: Vectors, pool: Pool,
                vocabulary: Vocabulary) -> tuple[NDArray[np.float32], ...]:
    """The signals of each order for every firm, each of shape (n, SIGNALS)."""
    return tuple(signals(Asked(demand, vector, vocabulary), pool) for demand, vector in zip(demands, vectors, strict=True))


@dataclass(frozen=True)
class _Pull:
    """Towards which coefficients a model is drawn, and how strongly."""

    prior: Floats
    strength: float


def _model(x: Floats, good: NDArray[np.bool_], pulled: _Pull, start: Floats) -> Floats:
    """Coefficients and, last, the intercept of one logistic model; no coefficient below zero.

    The loss has one minimum, so the start decides only how soon it is found.
    """
    signs, prior, strength = np.where(good, 1.0, -1.0), pulled.prior, pulled.strength

    def loss(at: Floats) -> tuple[float, Floats]:
        # einsum and not a matrix product: for so few numbers the threads of the latter cost more than they save
        margins = signs * (np.einsum("ps,s->p", x, at[:-1]) + at[-1])
        pull = at[:-1] - prior
        slope = -signs / (1 + np.exp(np.clip(margins, -500, 500)))
        value = float(np.logaddexp(0, -margins).sum() + strength / 2 * (pull**2).sum())
        return value, np.append(np.einsum("ps,p->s", x, slope) + strength * pull, slope.sum())

    bounds = [(0, None)] * len(prior) + [(None, None)]
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, tol=1e-10).x)


def learn(labelled: Labelled, without: str = "", strength: float = STRENGTH, near: Weights | None = None) -> Weights:
    """Weights learned on some orders; `without`: a signal that is left out; `near`: weights that are close to the answer.

    Bands and figures are the untrained ones.
    """
    x, grades = labelled.stacked()
    counted = np.array([name != without for name in SIGNALS])
    prior = np.array([UNTRAINED[name] for name in SIGNALS]) * counted
    first = near or replace(untrained(), coefficients=np.array([prior, prior], np.float32))
    starts = np.column_stack([first.coefficients * counted, first.intercepts]).astype(np.float64)
    found = [_model(x * counted, grades >= level, _Pull(prior, strength), start)
             for level, start in zip(LEVELS, starts, strict=True)]
    return replace(untrained(), signals=SIGNALS, coefficients=np.array([m[:-1] * counted for m in found], np.float32),
                   intercepts=np.array([m[-1] for m in found], np.float32))


def cross_validated(labelled: Labelled, without: str = "", strength: float = STRENGTH) -> tuple[NDArray[np.float32], ...]:
    """For each order the scores of all firms by weights learned on the other folds' orders."""
    places = np.random.default_rng(SEED).permutation(len(labelled.grades))
    whole = learn(labelled, without, strength)
    held_out: list[NDArray[np.float32]] = [np.zeros(0, np.float32)] * len(places)
    for fold in range(min(FOLDS, len(places))):
        test = places[fold::FOLDS]
        weights = learn(labelled.some([k for k in range(len(places)) if k not in test]), without, strength, whole)
        for k in test:
            held_out[k] = weights.score(labelled.signals[k])
    return tuple(held_out)


def order_mark(demand: Demand) -> str:
    """A short hash of an order's text, by which weights remember what they were learned on."""
    return hashlib.sha256(demand_text(demand).encode()).hexdigest()[:12]
