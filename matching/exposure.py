"""The published rule that keeps a place at the front for a new or small firm, and what the market's views come to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.pool import Rows
from matching.profiles import Profile
from matching.retrieval import Scoring


@dataclass(frozen=True)
class ExposureRule:
    """Among the first `front` places at least `reserved_places` go to new or small firms that meet every must-have and
    reach `least_score`: small up to `small_capacity` people a quarter, new up to `new_days` days since the first listing."""

    front: int
    reserved_places: int
    small_capacity: int
    new_days: int
    least_score: float

    def covers(self, profile: Profile) -> bool:
        """True for a firm that the rule is made for."""
        new = profile.listed_days is not None and profile.listed_days <= self.new_days
        return new or 0 < profile.capacity_per_quarter <= self.small_capacity


def load_exposure_rule(data_dir: Path) -> ExposureRule:
    """Reads data_dir/matching/exposure.json."""
    return ExposureRule(**json.loads((data_dir / "matching" / "exposure.json").read_text(encoding="utf-8")))


def reserve_places(scoring: Scoring, rows: Rows, best: Rows, rule: ExposureRule) -> tuple[Rows, Rows]:
    """The ranking with the rule kept, and the rows that stand higher through it; nobody leaves the list but its last.

    Firms that the rule covers and that are missing at the front take its last places, in the order of their scores.
    """
    profiles = scoring.pool.profiles
    front = min(rule.front, len(best))
    lacking = rule.reserved_places - sum(rule.covers(profiles[row]) for row in best[:front])
    if lacking <= 0:
        return best, best[:0]
    behind = np.array([row for row in rows[scoring.bounds[rows] >= rule.least_score] if rule.covers(profiles[row])], np.intp)
    waiting = scoring.best(np.setdiff1d(scoring.at_least(behind, rule.least_score), best[:front]), lacking)
    others = best[~np.isin(best, waiting)]
    keep = front - len(waiting)
    return np.concatenate([others[:keep], waiting, others[keep:]])[: len(best)], waiting


def gini(shares: Sequence[float] | NDArray[np.float64]) -> float:
    """The Gini coefficient of shares of the same thing, 0 all equal to almost 1 one has all; 0 where there is nothing."""
    sorted_shares = np.sort(np.asarray(shares, np.float64))
    total, n = float(sorted_shares.sum()), len(sorted_shares)
    if not n or total <= 0:
        return 0.0
    return float(2 * (np.arange(1, n + 1) * sorted_shares).sum() / (n * total) - (n + 1) / n)


@dataclass(frozen=True)
class ExposureReport:
    """Over all rankings: the Gini of views (a place counts 1 / log2(place + 1)), the share of firms ever in the front, the
    same share among the firms that the rule covers, and the number of rankings and firms."""

    gini: float
    seen: float
    seen_covered: float
    rankings: int
    firms: int


def exposure_report(rankings: Sequence[Sequence[str]], profiles: Sequence[Profile], rule: ExposureRule) -> ExposureReport:
    """What some rankings (ids, best first) come to for all firms."""
    views: dict[str, float] = {profile.id: 0.0 for profile in profiles}
    for ranked in rankings:
        for place, name in enumerate(ranked[: rule.front], 1):
            views[name] += 1.0 / float(np.log2(place + 1))
    covered = [views[profile.id] > 0 for profile in profiles if rule.covers(profile)]
    return ExposureReport(gini(list(views.values())), _share(views), float(np.mean(covered)) if covered else 0.0,
                          len(rankings), len(profiles))


def _share(views: Mapping[str, float]) -> float:
    return float(np.mean([value > 0 for value in views.values()])) if views else 0.0
