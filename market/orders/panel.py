"""From the deadline to the ranking: closing, the panel drawn without conflicts, two keys, scores, stepping back."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from market.access import Act, Permission, action
from market.accounts.models import Expert
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.orders.announcements import announce
from market.orders.bid_models import Award, Bid, KeyTurn, PanelSeat, Score
from market.orders.bids import content
from market.orders.durations import amount, due
from market.orders.facts import END
from market.orders.models import Order
from market.orders.parties import conflicted
from market.orders.steps import standing_bids, start_clock, take

BEST_MARK = 100


@action(Permission.RUN_CLOCK, "order.close_bids")
def close_bids(act: Act, order_id: str) -> Order:
    """Closes an order's bidding once its deadline is reached."""
    step = take(act, order_id, "close_bids")
    step.go()
    return step.order


def bids_needed(act: Act, order: Order) -> int:
    """How many bids that count an order needs to be opened."""
    return order.bids_needed or amount(act.session, "bids_needed", order, act.now)


@action(Permission.RUN_CLOCK, "order.fail_few")
def fail_few(act: Act, order_id: str) -> Order:
    """Ends an order that had too few bids; none of them is ever opened."""
    step = take(act, order_id, "fail_few")
    step.go(step.facts(bids=len(standing_bids(act.session, step.order)), bids_needed=bids_needed(act, step.order)))
    return step.order


def seats(session: Session, order: Order) -> list[int]:
    """The experts on the panel who have not stepped back."""
    return list(session.scalars(select(PanelSeat.person_id).where(
        PanelSeat.order_id == order.id, PanelSeat.state == "active").order_by(PanelSeat.person_id)))


def experts(act: Act, order: Order) -> dict[str, int]:
    """The facts on the panel's size: how many sit on it, and how many are needed."""
    return {"experts": len(seats(act.session, order)),
            "experts_needed": amount(act.session, "experts_needed", order, act.now)}


@action(Permission.DRAW_PANEL, "order.draw_panel")
def draw_panel(act: Act, order_id: str, size: int) -> list[int]:
    """Draws experts from the pool until the panel has a size, none with a conflict; the draw can be repeated and checked.

    After the opening only while seats are missing: whoever comes late is told, and gets all days for scoring.
    NotPossibleNow("experts_enough") where too few are free; how many are would say something of who bid.
    """
    step = take(act, order_id, "draw_panel")
    order, session = step.order, act.session
    needed, have = amount(session, "experts_needed", order, act.now), seats(session, order)
    if size < needed:
        raise InvalidInput("size")
    pool = set(session.scalars(select(Expert.person_id).where(Expert.approved_at.is_not(None))))
    pool -= set(session.scalars(select(PanelSeat.person_id).where(PanelSeat.order_id == order_id)))
    free = sorted(pool - set(conflicted(session, order, pool, act.now)))
    if len(free) + len(have) < size:
        raise NotPossibleNow("experts_enough")
    lot = random.Random(act.keys.fingerprint("panel", f"{order_id}|{len(have)}"))
    drawn = lot.sample(free, max(0, size - len(have)))
    session.add_all(PanelSeat(order_id=order_id, person_id=person, drawn_at=act.now) for person in drawn)
    session.flush()
    step.go(step.facts(free_seats=needed - len(have)), {"drawn": drawn, "of": free})
    if order.state == "evaluating":
        start_clock(session, order, "scoring", act.now, due(session, "scoring", order, act.now))
        announce(act, order, "seat_drawn", people=drawn)
    return seats(session, order)


@action(Permission.TURN_KEY, "order.turn_key")
def turn_key(act: Act, order_id: str) -> None:
    """Turns the actor's key; one person cannot turn both."""
    step = take(act, order_id, "turn_key")
    role, person = str(act.actor.role), act.actor.person_id
    turned = list(act.session.scalars(select(KeyTurn).where(KeyTurn.order_id == order_id)))
    if any(key.person_id == person and key.role != role for key in turned):
        raise InvalidInput("two_keys")
    if all(key.role != role for key in turned):
        act.session.add(KeyTurn(order_id=order_id, role=role, person_id=person, at=act.now))
        act.session.flush()
    step.go()


@action(Permission.TURN_KEY, "order.unseal")
def unseal(act: Act, order_id: str) -> Order:
    """Opens the bids that count, once both keys are turned and the panel stands."""
    step = take(act, order_id, "unseal")
    order, session = step.order, act.session
    bids, panel = standing_bids(session, order), seats(session, order)
    keys = frozenset(session.scalars(select(KeyTurn.role).where(KeyTurn.order_id == order_id)))
    step.go(step.facts(keys=keys, bids=len(bids), bids_needed=bids_needed(act, order), **experts(act, order),
                       conflicts=conflicted(session, order, panel, act.now)), {"bids": [bid.id for bid in bids]})
    for bid in bids:
        bid.opened_at = act.now
    return order


@dataclass(frozen=True)
class Marks:
    """An expert's marks for one bid: criterion -> 0..100, with a word on them."""

    bid_id: int
    marks: Mapping[str, int]
    comment: str = ""


def _wrong(order: Order, marks: Mapping[str, int]) -> tuple[str, ...]:
    criteria = {row["name"] for row in order.scorecard}
    bad = {name for name, mark in marks.items() if isinstance(mark, bool) or not isinstance(mark, int)
           or not 0 <= mark <= BEST_MARK}
    return tuple(sorted((criteria ^ set(marks)) | bad))


def total_bp(order: Order, marks: Mapping[str, int]) -> int:
    """The weighted total, 0..10,000."""
    return sum(int(row["weight_bp"]) * marks[row["name"]] for row in order.scorecard) // BEST_MARK


@action(Permission.SCORE, "order.score")
def score(act: Act, order_id: str, given: Marks) -> Score:
    """Scores a bid, or changes one's score; the conflict is looked for again, at this moment."""
    step = take(act, order_id, "score")
    order, session, person = step.order, act.session, act.actor.person_id
    assert person is not None
    bid = session.get(Bid, given.bid_id)
    if bid is None or bid.order_id != order_id or bid.opened_at is None:
        raise NotFound("bid")
    first = session.scalar(select(func.min(Bid.submitted_at)).where(Bid.order_id == order_id))
    step.go(step.facts(recused=person not in seats(session, order), scorecard_at=order.scorecard_at or END,
                       first_bid_at=first, conflicts=conflicted(session, order, [person], act.now),
                       wrong_marks=_wrong(order, given.marks)), {"bid": bid.id})
    row = session.get(Score, (bid.id, person)) or Score(bid_id=bid.id, person_id=person, order_id=order_id)
    row.marks, row.total_bp, row.comment, row.at = (dict(given.marks), total_bp(order, given.marks), given.comment, act.now)
    session.add(row)
    session.flush()
    return row


@action(Permission.SCORE, "order.recuse")
def recuse(act: Act, order_id: str, reason: str) -> None:
    """Steps back from a panel; what the expert scored on the order goes with it."""
    step = take(act, order_id, "recuse")
    step.go(step.facts(reason=reason), {"reason": reason})
    _leave(act.session, act.session.get_one(PanelSeat, (order_id, act.actor.person_id)), reason)


def _leave(session: Session, seat: PanelSeat, reason: str) -> None:
    session.execute(delete(Score).where(Score.order_id == seat.order_id, Score.person_id == seat.person_id))
    seat.state, seat.reason = "recused", reason
    session.flush()


def left_unscored(session: Session, order: Order, person_id: int) -> int:
    """How many opened bids an expert has not scored."""
    scored = select(Score.bid_id).where(Score.order_id == order.id, Score.person_id == person_id)
    return session.scalar(select(func.count()).select_from(Bid).where(
        Bid.order_id == order.id, Bid.opened_at.is_not(None), Bid.id.not_in(scored))) or 0


@action(Permission.DRAW_PANEL, "order.free_seat")
def free_seat(act: Act, order_id: str, person_id: int, reason: str) -> None:
    """Frees the seat of an expert who did not score in time, so that another one can be drawn; the expert is told."""
    step = take(act, order_id, "free_seat")
    order, session = step.order, act.session
    seat = session.get(PanelSeat, (order_id, person_id))
    if seat is None or seat.state != "active":
        raise NotFound("seat")
    step.go(step.facts(reason=reason, left_unscored=left_unscored(session, order, person_id)),
            {"expert": person_id, "reason": reason})
    _leave(session, seat, reason.strip())
    announce(act, order, "seat_freed", people=[person_id])


@dataclass(frozen=True)
class Ranked:
    """A bid's place: sum of its totals, the spread between experts, and each expert's total in the order of the panel."""

    bid_id: int
    place: int
    sum_bp: int
    spread_bp: int
    totals: tuple[int, ...]
    price_fen: int


def unscored(session: Session, order: Order) -> int:
    """How many scores are missing: experts times bids, less what is there."""
    panel = seats(session, order)
    bids = session.scalar(select(func.count()).select_from(Bid).where(Bid.order_id == order.id,
                                                                      Bid.opened_at.is_not(None))) or 0
    there = session.scalar(select(func.count()).select_from(Score).where(
        Score.order_id == order.id, Score.person_id.in_(panel))) or 0
    return len(panel) * bids - there if panel and bids else 1


def passed(order: Order, row: Ranked) -> bool:
    """True unless the order has a pass mark and the mean of a bid's totals is below it."""
    return order.pass_bp is None or row.sum_bp >= order.pass_bp * len(row.totals)


def left(session: Session, orders: Sequence[Order]) -> Counter[str]:
    """Order -> bids that can still be proposed: scored, neither given nor declined, not below the pass mark."""
    marks = {order.id: order.pass_bp or 0 for order in orders}
    out = select(Award.bid_id).where(Award.order_id.in_(marks), Award.state.in_(("active", "declined")))
    rows = session.execute(select(Bid.order_id, func.sum(Score.total_bp), func.count()).join(Score, Bid.id == Score.bid_id)
                           .where(Bid.order_id.in_(marks), Bid.opened_at.is_not(None), Bid.id.not_in(out))
                           .group_by(Bid.id, Bid.order_id))
    return Counter(key for key, total, count in rows if total >= marks[key] * count)


def ranking(act: Act, order: Order, *, without: tuple[str, ...] = ("active", "declined")) -> list[Ranked]:
    """The opened bids, best first: by the sum of totals, then the lower price, then the older bid.

    Bids whose award is in one of the states of `without` are left out: what is given or declined is not given again.
    """
    session = act.session
    out = set(session.scalars(select(Award.bid_id).where(Award.order_id == order.id, Award.state.in_(without))))
    rows = []
    for bid in session.scalars(select(Bid).where(Bid.order_id == order.id, Bid.opened_at.is_not(None))):
        totals = tuple(session.scalars(select(Score.total_bp).where(Score.bid_id == bid.id).order_by(Score.person_id)))
        if bid.id not in out and totals:
            rows.append((-sum(totals), int(content(act.keys, bid)["price_fen"]), bid.id, totals))
    return [Ranked(bid_id, place, -minus, max(totals) - min(totals), totals, price)
            for place, (minus, price, bid_id, totals) in enumerate(sorted(rows), 1)]
