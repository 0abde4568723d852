"""The filter panel: groups of values with the count that a click would give, and chips of what is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.filters import Filters
from webapp.words.labels import FACET_LABELS
from webapp.words.text import chip_label, facet_value

LONG = 12  # values of a group from which on one may type to find one
FIRST_ROWS = 5  # rows of a group before "more": what fits beside the map without scrolling
ALWAYS_WHOLE = {"grade", "kind", "found", "licence"}  # short groups: hiding a row or two helps nobody
FIXED_ORDER = {"grade": ("A", "B", "C", "D"), "kind": ("institution", "order", "park", "policy")}


@dataclass(frozen=True)
class Row:
    """One value of a group; count is the number of hits after the click."""

    value: str
    label: str
    count: int
    on: bool


@dataclass(frozen=True)
class Group:
    """One facet; most: rows shown before the rest."""

    name: str
    label: str
    rows: tuple[Row, ...]
    open: bool
    most: int

    @property
    def long(self) -> bool:
        """True where there are so many values that typing finds one faster than looking."""
        return len(self.rows) > LONG


@dataclass(frozen=True)
class Chip:
    """One value that is set, and the address without it."""

    label: str
    without: str


@dataclass(frozen=True)
class Panel:
    """All that templates/filters.html needs."""

    action: str
    groups: tuple[Group, ...]
    chips: tuple[Chip, ...]
    clear: str
    keep: tuple[tuple[str, str], ...] = ()
    text: str = ""
    text_box: bool = True
    card: bool = False
    total: int | None = None


@dataclass(frozen=True)
class PanelPlan:
    """Where a panel's form leads and what it keeps beside the filter; opened: facets shown open from the start."""

    path: str
    facets: tuple[str, ...]
    opened: tuple[str, ...] = ()
    keep: tuple[tuple[str, str], ...] = ()
    text_box: bool = True
    card: bool = False


def _rows(name: str, counts: Mapping[str, int], on: tuple[str, ...]) -> tuple[Row, ...]:
    values = {**dict.fromkeys(FIXED_ORDER.get(name, ()), 0), **counts, **{v: counts.get(v, 0) for v in on}}
    rows = [Row(v, facet_value(name, v), c, v in on) for v, c in values.items()]
    if name in FIXED_ORDER:
        place = {v: i for i, v in enumerate(FIXED_ORDER[name])}
        return tuple(sorted(rows, key=lambda r: place.get(r.value, 99)))
    return tuple(sorted(rows, key=lambda r: (not r.on, -r.count, r.value)))


def build_panel(plan: PanelPlan, filters: Filters, counts: Mapping[str, Mapping[str, int]],
                total: int | None = None) -> Panel:
    """The panel for a filter and the index's counts; total: the hits that the filter lets through, where it is known."""
    groups = []
    for name in plan.facets:
        rows = _rows(name, counts.get(name, {}), tuple(filters.wanted.get(name, ())))
        is_open = name in plan.opened or bool(filters.wanted.get(name))
        most = len(rows) if name in ALWAYS_WHOLE else max(FIRST_ROWS, sum(row.on for row in rows))
        groups.append(Group(name, FACET_LABELS[name], rows, is_open, most))
    keep = dict(plan.keep)
    chips = tuple(Chip(chip_label(name, value), filters.without(name, value).address(plan.path, **keep))
                  for name, value in filters.chips() if name != "q" or plan.text_box)
    left = Filters("" if plan.text_box else filters.q)
    return Panel(plan.path, tuple(groups), chips, left.address(plan.path, **keep),
                 plan.keep + (() if plan.text_box else (("q", filters.q),)), filters.q, plan.text_box, plan.card, total)
