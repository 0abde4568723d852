"""One order before all firms, as one reader asked to see it: the list with what moved, and one firm with every reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from index.analysis import syllables
from market.database import Session
from market.errors import NotFound
from market.institutions import queries as institutions
from market.orders.models import Order
from market.profiles import demand_of
from matching.explaining import WhyNot, place_of, verdict
from matching.pool import Pool
from matching.ranking import Choice, Match, Ranking, Sitting
from matching.reasons import Reason
from matching.requirements import Requirement
from webapp.listing import PAGE_ROWS
from webapp.matchstate import MatchState
from webapp.services import Services
from webapp.words.text import short_name

SHOWN = 20


@lru_cache(maxsize=65536)
def _sound(name: str) -> tuple[str, ...]:
    """What A to Z goes by: the sound of a name without city and legal form."""
    return (*syllables(short_name(name)), name)


@dataclass(frozen=True)
class Row:
    """A firm of the list. place: its rank, None in the neutral order; moved: how many places up against everybody's order,
    None where it is not changed; fresh: it may only since a must-have was changed; reserved: by the rule of exposure."""

    firm: Any
    match: Match
    place: int | None
    moved: int | None = None
    fresh: bool = False
    reserved: bool = False


@dataclass(frozen=True)
class Refused:
    """A firm that misses must-haves, with the place that it would take."""

    firm: Any
    why: WhyNot


@dataclass(frozen=True)
class Table:
    """An order before the firms of a pool, with the reader's choice."""

    site: Services
    order: Order
    pool: Pool
    state: MatchState

    @cached_property
    def read(self) -> tuple[Requirement, ...]:
        """The must-haves as they were read."""
        return self.site.desk.matcher.needs(demand_of(self.order))

    @cached_property
    def choice(self) -> Choice:
        """What the matcher is told."""
        return self.state.choice(self.read, self.site.desk.rule)

    @cached_property
    def sitting(self) -> Sitting:
        """The order as the reader asked."""
        return self.site.desk.matcher.sitting(demand_of(self.order), self.pool, self.choice)

    @cached_property
    def everybodys(self) -> Sitting:
        """The order as everybody sees it who changes nothing."""
        if not self.state.changed:
            return self.sitting
        return self.site.desk.matcher.sitting(demand_of(self.order), self.pool)

    @cached_property
    def ranking(self) -> Ranking:
        """The firms in front."""
        return self.site.desk.matcher.ranking(self.sitting, SHOWN, self.choice.exposure)

    def free(self, firm_id: str) -> int:
        """People that a firm can still deliver this quarter."""
        return self.pool.profiles[self.pool.row_of[firm_id]].free

    def verdict(self, firm_id: str) -> WhyNot:
        """Where one firm stands; NotFound where it cannot be matched."""
        if firm_id not in self.pool.row_of:
            raise NotFound(firm_id)
        found = verdict(self.site.desk.matcher, self.sitting, self.pool.row_of[firm_id])
        front = [match.institution_id for match in self.ranking.matches]
        return replace(found, place=front.index(firm_id) + 1) if found.place and firm_id in front else found

    def _row(self, place: int, match: Match, firm: Any) -> Row:
        moved, fresh = None, False
        if self.state.changed:
            row = self.pool.row_of[match.institution_id]
            fresh = not self.everybodys.may[row]
            moved = None if fresh else place_of(self.everybodys, row) - place_of(self.sitting, row)
        return Row(firm, match, place, moved, fresh, match.institution_id in self.ranking.reserved)

    def rows(self, session: Session) -> list[Row]:
        """The firms in front, best first."""
        firms = institutions.by_ids(session, [match.institution_id for match in self.ranking.matches])
        return [self._row(place, match, firms[match.institution_id])
                for place, match in enumerate(self.ranking.matches, 1) if match.institution_id in firms]

    def by_name(self, session: Session, offset: int) -> list[Row]:
        """One page of all firms that may, from A to Z: no rank, no band."""
        rows = sorted(np.flatnonzero(self.sitting.may), key=lambda row: _sound(self.pool.profiles[row].name))
        matches = [self.site.desk.matcher.match(self.sitting, int(row)) for row in rows[offset : offset + PAGE_ROWS]]
        firms = institutions.by_ids(session, [match.institution_id for match in matches])
        return [Row(firms[match.institution_id], match, None) for match in matches if match.institution_id in firms]

    def refused(self, session: Session) -> list[Refused]:
        """Firms near in meaning that miss must-haves."""
        ids = [refusal.institution_id for refusal in self.ranking.refused]
        firms = institutions.by_ids(session, ids)
        return [Refused(firms[key], self.verdict(key)) for key in ids if key in firms]


def all_reasons(why: WhyNot) -> tuple[Reason, ...]:
    """Every reason of a firm in one order: what it misses, what speaks for and against it, the must-haves that it meets."""
    return (*(missing.reason for missing in why.what_if.missing), *why.match.reasons, *why.met)


def hit_rates(figures: Mapping[str, Any]) -> dict[int, tuple[int, int]]:
    """Band -> (pairs of the labelled set that were judged fit, pairs); empty where nothing was learned."""
    bands = figures.get("bands", {})
    return {int(band): (row["fit"], row["pairs"]) for band, row in bands.items()}

