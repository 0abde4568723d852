"""Firms side by side for one order: one row for each must-have and for each thing that reasons speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matching.explaining import WhyNot
from matching.reasons import Reason
from matching.requirements import Requirement
from webapp.words.matches import must_word
from webapp.words.pairs import COMPARED


@dataclass(frozen=True)
class Line:
    """One row: a label and, for each firm, the reasons that speak of it; must: every cell says met or contrary."""

    label: str
    cells: tuple[tuple[Reason, ...], ...]
    must: bool = False


def _must(need: Requirement, why: WhyNot) -> Reason:
    told = (*(missing.reason for missing in why.what_if.missing), *why.met)
    return next(reason for reason in told if reason.signal in (f"must_{need.kind}", f"has_{need.kind}")
                and reason.params.get("value") == need.value)


def _refusal(why: WhyNot) -> tuple[Reason, ...]:
    return tuple(one.reason for one in why.what_if.missing if one.reason.signal == "must_firm_refuses")


def compared(needs: Sequence[Requirement], firms: Sequence[WhyNot]) -> list[Line]:
    """Must-haves first, then what reasons speak of; rows of which no firm's reasons speak are left out."""
    lines = [Line(must_word(need.kind, need.value), tuple((_must(need, why),) for why in firms), must=True)
             for need in needs]
    refusals = tuple(_refusal(why) for why in firms)
    if any(refusals):
        lines.append(Line("", refusals, must=True))
    for label, signals in COMPARED:
        cells = tuple(tuple(r for r in why.match.reasons if r.signal in signals) for why in firms)
        if any(cells):
            lines.append(Line(label, cells))
    return lines
