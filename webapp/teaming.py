"""A split of an order's places among firms, as a reader edits it: what is wrong with it, and the joint bid it leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from market.orders.money import split
from matching.assignment import TEAM_MOST, Team, teams
from matching.constraints import failures
from matching.profiles import Demand
from matching.ranking import refusal_reason
from webapp.matchpage import Table
from webapp.words.levers import met_if
from webapp.words.teams import fault_word
from webapp.words.text import short_name

WHOLE_BP = 10_000  # shares of a fee in basis points


@dataclass(frozen=True)
class Seat:
    """A firm with the places that the reader gave it, as typed; free: people it can still deliver this quarter."""

    firm_id: str
    name: str
    typed: str
    free: int

    @property
    def places(self) -> int:
        """The places as a number; 0 where none was typed."""
        return int(self.typed) if self.typed.isdigit() and len(self.typed) < 7 else 0


@dataclass(frozen=True)
class Split:
    """The seats of one team and everything that is wrong with it."""

    seats: tuple[Seat, ...]
    faults: tuple[str, ...]

    @property
    def covered(self) -> int:
        """Places given in all."""
        return sum(seat.places for seat in self.seats)

    @property
    def bid_query(self) -> str:
        """firm:share pairs for the form of a joint bid; shares in per cent by places, summing to 100."""
        parts = split(WHOLE_BP, [seat.places for seat in self.seats]) if self.covered else []
        return ",".join(f"{seat.firm_id}:{part // 100}.{part % 100:02d}"
                        for seat, part in zip(self.seats, parts, strict=False))


def asked_seats(table: Table, args: MultiDict[str, str]) -> tuple[Seat, ...]:
    """The seats of the URL: member and places in pairs; firms that cannot be matched and repeated ones are passed over."""
    pairs = dict(zip(args.getlist("member"), [text.strip() for text in args.getlist("places")], strict=False))
    for added in args.getlist("add"):
        pairs.setdefault(added, "0")
    known = {key: typed for key, typed in pairs.items() if key in table.pool.row_of and key != args.get("without")}
    return tuple(_seat(table, key, typed) for key, typed in known.items())


def _seat(table: Table, firm_id: str, typed: str) -> Seat:
    profile = table.pool.profiles[table.pool.row_of[firm_id]]
    return Seat(firm_id, short_name(profile.name), typed, profile.free)


def _fault(table: Table, seat: Seat) -> str:
    profile = table.pool.profiles[table.pool.row_of[seat.firm_id]]
    missed = failures(profile, table.sitting.demand, table.sitting.needs, table.site.desk.matcher.vocabulary)
    if missed:
        return fault_word("must", name=seat.name, missing="; ".join(met_if(refusal_reason(one)) for one in missed))
    if not seat.typed.isdigit():
        return fault_word("number", name=seat.name)
    if not seat.places:
        return fault_word("none", name=seat.name)
    return fault_word("free", name=seat.name, free=seat.free, places=seat.places) if seat.places > seat.free else ""


def checked(table: Table, seats: Sequence[Seat]) -> Split:
    """A split with its faults: each firm may and can, together they cover the headcount and no more."""
    demand = table.sitting.demand
    faults = [fault for seat in seats if (fault := _fault(table, seat))]
    if len(seats) > TEAM_MOST:
        faults.append(fault_word("most", most=TEAM_MOST))
    if demand.constraints.multi_firm_collaboration and len(seats) < 2:
        faults.append(fault_word("few"))
    gap = demand.headcount - sum(seat.places for seat in seats)
    if gap:
        faults.append(fault_word("short" if gap > 0 else "over", left=f"{abs(gap):,}"))
    return Split(tuple(seats), tuple(faults))


def proposed(table: Table) -> tuple[Team, ...]:
    """The smallest teams that cover the order."""
    return teams(table.site.desk.matcher, table.sitting.demand, table.pool, table.choice)


def wants_team(demand: Demand, free: Sequence[int]) -> bool:
    """True where the order asks for several firms, or none of those in front (their free people) has enough."""
    alone = max(free, default=0) >= demand.headcount
    return bool(demand.headcount and free) and (demand.constraints.multi_firm_collaboration or not alone)


def rows_of(team: Team, firms: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A team's members for a page."""
    return [{"firm": firms[member.institution_id], "member": member} for member in team.members
            if member.institution_id in firms]


def members_args(team: Team) -> list[tuple[str, str]]:
    """A proposed team as the arguments of the editing form."""
    return [pair for member in team.members
            for pair in (("member", member.institution_id), ("places", str(member.places)))]
