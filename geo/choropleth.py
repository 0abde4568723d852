"""Puts counts into five classes for colouring districts, with limits that a legend can state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CLASSES = 5
SMALL = (1, 2, 4, 6)  # 0 / 1 / 2-3 / 4-5 / 6 and more: small counts are told apart one by one
SMALL_TOP = 12  # above this a fixed last class would swallow most districts


@dataclass(frozen=True)
class Span:
    """One class of the legend, both ends included; high is None where the class has no upper end."""

    klass: int
    low: int
    high: int | None


@dataclass(frozen=True)
class Classes:
    """limits: the lowest counts of classes 2, 3, 4 and 5, growing."""

    limits: tuple[int, ...]

    def of(self, count: int) -> int:
        """The class of a count, 1 to 5."""
        return 1 + sum(count >= limit for limit in self.limits)

    def spans(self) -> tuple[Span, ...]:
        """What the legend writes, lightest class first."""
        lows = (0, *self.limits)
        highs = (*(limit - 1 for limit in self.limits), None)
        return tuple(Span(k, low, high) for k, (low, high) in enumerate(zip(lows, highs, strict=True), 1))


def classes_for(counts: Iterable[int]) -> Classes:
    """Fixed small steps up to SMALL_TOP, quintiles at round numbers above; counts are whole and not negative."""
    ordered = sorted(counts)
    if not ordered or ordered[-1] <= SMALL_TOP:
        return Classes(SMALL)
    limits: list[int] = []
    for part in range(1, CLASSES):
        at = _round(_quantile(ordered, part / CLASSES))
        limits.append(max(at, limits[-1] + 1 if limits else 1))
    return Classes(tuple(limits))


def _quantile(ordered: list[int], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _round(value: float) -> int:
    """To the nearest step of one, five, ten, fifty ... that keeps two figures: limits should be easy to say."""
    step = 1
    while value >= 20 * step:
        step *= 5 if str(step)[0] == "1" else 2
    return round(value / step) * step
