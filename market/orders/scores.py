"""Reads of the scores: an expert's own sheet, and the whole table with the spread between experts once all have scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.access import Act, Role
from market.accounts.models import Person
from market.errors import NotFound
from market.institutions.queries import by_ids
from market.orders.bid_models import Award, PanelSeat, Score
from market.orders.bids import OpenBid, opened
from market.orders.life import Tie
from market.orders.models import Order
from market.orders.panel import ranking, seats, unscored
from market.orders.steps import ties_of


@dataclass(frozen=True)
class SheetRow:
    """One bid on an expert's sheet: what may be read of it, and what the expert gave it so far."""

    bid: OpenBid
    marks: Mapping[str, int]
    comment: str
    total_bp: int | None


def sheet(act: Act, order: Order) -> list[SheetRow]:
    """The bids that an expert of the panel judges, without names; NotFound for everybody else."""
    session, person = act.session, act.actor.person_id
    if Tie.PANEL not in ties_of(session, act.actor, order):
        raise NotFound("sheet")
    given = {row.bid_id: row for row in session.scalars(select(Score).where(
        Score.order_id == order.id, Score.person_id == person))}
    return [SheetRow(bid, row.marks if row else {}, (row.comment or "") if row else "", row.total_bp if row else None)
            for bid in opened(session, act.actor, act.keys, order) for row in [given.get(bid.bid_id)]]


def recused(session: Session, order: Order, person_id: int | None) -> str | None:
    """The reason with which an expert stepped back; None for who did not."""
    seat = session.get(PanelSeat, (order.id, person_id))
    return seat.reason if seat is not None and seat.state == "recused" else None


@dataclass(frozen=True)
class Criterion:
    """One criterion of one bid: each expert's mark in the order of the table's experts, the mean, and the widest gap."""

    name: str
    weight_bp: int
    marks: tuple[int, ...]

    @property
    def mean(self) -> float:
        """The mean mark, 0 to 100."""
        return sum(self.marks) / len(self.marks) if self.marks else 0.0

    @property
    def spread(self) -> int:
        """The highest mark less the lowest."""
        return max(self.marks) - min(self.marks) if self.marks else 0


@dataclass(frozen=True)
class Judged:
    """One bid in the table: its place, every expert's total, its criteria and the experts' words; name empty when blind.

    award is (state, places) of the bid's newest award, None where it has none.
    """

    bid: OpenBid
    name: str
    members: tuple[tuple[str, int], ...]
    place: int | None
    totals: tuple[int, ...]
    criteria: tuple[Criterion, ...]
    words: tuple[str, ...]
    award: tuple[str, int] | None = None

    @property
    def mean_bp(self) -> int:
        """The mean of the totals, 0 to 10,000."""
        return sum(self.totals) // len(self.totals) if self.totals else 0

    @property
    def spread_bp(self) -> int:
        """The highest total less the lowest."""
        return max(self.totals) - min(self.totals) if self.totals else 0


@dataclass(frozen=True)
class ScoreTable:
    """The table: experts by name for operator and regulator, by number for all others; rows best first."""

    experts: tuple[str, ...]
    rows: tuple[Judged, ...]


def progress(session: Session, order: Order) -> list[int]:
    """How many bids each expert of the panel has scored, the fewest first."""
    done = {row[0]: row[1] for row in session.execute(
        select(Score.person_id, func.count()).where(Score.order_id == order.id).group_by(Score.person_id))}
    return sorted(done.get(person, 0) for person in seats(session, order))


def _judges(act: Act, order: Order) -> dict[int, str]:
    """Expert -> what the reader calls them; those who scored, in the order of their seats."""
    people = sorted(set(act.session.scalars(select(Score.person_id).where(Score.order_id == order.id))))
    if act.actor.role not in (Role.OPERATOR, Role.REGULATOR):
        return {person: str(place) for place, person in enumerate(people, 1)}
    names = {row[0]: row[1] for row in act.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))}
    return {person: names[person] for person in people}


def table(act: Act, order: Order) -> ScoreTable | None:
    """Every score of an order, best bid first; None until every expert has scored every bid.

    For whoever may read the opened bids (see `bids.opened`); experts see it without names.
    """
    session = act.session
    found = opened(session, act.actor, act.keys, order)
    if unscored(session, order):
        return None
    judges = _judges(act, order)
    given: dict[int, dict[int, Score]] = {}
    for row in session.scalars(select(Score).where(Score.order_id == order.id)):
        given.setdefault(row.bid_id, {})[row.person_id] = row
    places = {row.bid_id: row.place for row in ranking(act, order, without=())}
    firms = by_ids(session, [key for bid in found for key, _ in bid.members])
    awards = {row.bid_id: (row.state, row.places) for row in session.scalars(
        select(Award).where(Award.order_id == order.id).order_by(Award.id))}
    rows = [_judged(order, bid, [given.get(bid.bid_id, {}).get(person) for person in judges], firms,
                    (places.get(bid.bid_id), awards.get(bid.bid_id))) for bid in found]
    best_first = sorted(rows, key=lambda row: (row.place or len(rows) + 1, row.bid.label))
    return ScoreTable(tuple(judges.values()), tuple(best_first))


def _judged(order: Order, bid: OpenBid, scores: Sequence[Score | None], firms: Mapping[str, Any],
            came: tuple[int | None, tuple[str, int] | None]) -> Judged:
    kept = [score for score in scores if score is not None]
    criteria = tuple(Criterion(row["name"], int(row["weight_bp"]), tuple(score.marks[row["name"]] for score in kept))
                     for row in order.scorecard)
    lead = firms.get(bid.institution_id or "")
    members = tuple((firms[key].name, share) for key, share in bid.members if key in firms)
    return Judged(bid, lead.name if lead else "", members, came[0], tuple(score.total_bp for score in kept), criteria,
                  tuple(score.comment or "" for score in kept), came[1])
