"""What an order still lacks before it may be submitted, and what stands in its texts: asked while it is being written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from market.orders import terms
from market.orders.facts import WHOLE
from market.orders.models import Order
from market.orders.terms import Finding

EMPTY, NO_FIGURE, NOT_WHOLE = "empty", "no_figure", "not_whole"


@dataclass(frozen=True)
class Gap:
    """A field that is not ready: empty, pay without a figure, or shares that are no whole (total_bp says what they are)."""

    field: str
    why: str
    total_bp: int = 0


@dataclass(frozen=True)
class Readiness:
    """Gaps in the order of the fields, findings in the order of the texts."""

    gaps: tuple[Gap, ...]
    findings: tuple[Finding, ...]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """Findings that keep the order from being submitted."""
        return tuple(found for found in self.findings if found.blocks)

    @property
    def ready(self) -> bool:
        """True when the guards of submitting would let it through."""
        return not self.gaps and not self.blocking

    def about(self, field: str) -> tuple[Finding, ...]:
        """Findings of one field."""
        return tuple(found for found in self.findings if found.field == field)


def _gap(order: Order, name: str) -> Gap:
    if not getattr(order, name):
        return Gap(name, EMPTY)
    if name == "annual_salary_range":
        return Gap(name, NO_FIGURE)
    return Gap(name, NOT_WHOLE, sum(row.get("weight_bp", 0) for row in order.scorecard))


def readiness(order: Order, data_dir: Path) -> Readiness:
    """What the guards of submitting look at, for an order that may be unsaved; data_dir holds the table of terms."""
    gaps = [_gap(order, name) for name in terms.missing(order)]
    if not order.headcount:
        gaps.append(Gap("headcount", EMPTY))
    parts = [int(row.get("share_bp", 0)) for row in order.milestones or []]
    if parts and (sum(parts) != WHOLE or min(parts) <= 0):
        gaps.append(Gap("milestones", NOT_WHOLE, sum(parts)))
    return Readiness(tuple(gaps), tuple(terms.findings(order, data_dir)))


def mend(order: Order, key: str, data_dir: Path) -> str:
    """Puts the lawful words of one finding into the order's text; gives the field, empty where nothing stands there now."""
    found = next((one for one in terms.findings(order, data_dir) if one.key == key), None)
    if found is None or not found.replacement:
        return ""
    if found.field == "must_have":
        order.must_have = [text for wish in order.must_have if (text := terms.mended(wish, found))]
    else:
        setattr(order, found.field, terms.mended(getattr(order, found.field), found))
    return found.field
