"""The end of an order: the ledger to the fen, the calendar of payments, and ratings that appear together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, action
from market.clock import day_of, later
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.orders.answers import responsiveness
from market.orders.bid_models import Award, BidMember
from market.orders.contract import seen_awards
from market.orders.delivery_models import LedgerLine, Milestone, Payment, Placement, Rating, RatingReply
from market.orders.durations import due
from market.orders.facts import WHOLE
from market.orders.life import Tie
from market.orders.models import Dispute, Order
from market.orders.money import split
from market.orders.steps import Step, standing_awards, take, ties_of

SMALL_NUMBER = 3  # fewer ratings say more about one deal than about a firm


def _members(session: Session, award: Award) -> list[BidMember]:
    return list(session.scalars(select(BidMember).where(BidMember.bid_id == award.bid_id, ~BidMember.gone)
                                .order_by(BidMember.institution_id)))


def ledger_lines(session: Session, order: Order, now: datetime) -> list[LedgerLine]:
    """What an order owes: each award by milestones, each of these by the ruling, each fee by the members' shares."""
    ruling = session.scalar(select(Dispute.payable_bp).where(Dispute.order_id == order.id, Dispute.resolved_at.is_not(None)))
    payable = WHOLE if ruling is None else ruling
    lines = []
    for award in standing_awards(session, order, ("active",)):
        parts = list(session.scalars(select(Milestone).where(Milestone.award_id == award.id).order_by(Milestone.number)))
        members = _members(session, award)
        for part, fen in zip(parts, split(award.value_fen, [part.share_bp for part in parts]), strict=True):
            fee, refund = split(fen, [payable, WHOLE - payable])
            owed = zip(members, split(fee, [member.share_bp for member in members]), strict=True)
            due_to: list[tuple[str | None, str, int]] = [(member.institution_id, "fee", share) for member, share in owed]
            due_to += [(None, "refund", refund)] if refund else []
            lines += [LedgerLine(order_id=order.id, award_id=award.id, milestone_id=part.id, institution_id=firm, kind=kind,
                                 fen=share, at=now) for firm, kind, share in due_to]
    return lines


def keep_lines(act: Act, lines: list[LedgerLine]) -> None:
    """Writes lines into the ledger and the fees into the calendar of both sides."""
    act.session.add_all(lines)
    by_milestone: dict[tuple[str, int, int], int] = {}
    for line in lines:
        if line.kind == "fee":
            key = (line.order_id, line.award_id, line.milestone_id)
            by_milestone[key] = by_milestone.get(key, 0) + line.fen
    for (order_id, award_id, milestone_id), fen in by_milestone.items():
        if not fen:
            continue  # nothing is owed: nobody is asked to pay it
        act.session.add(Payment(order_id=order_id, award_id=award_id, kind="fee", object_id=milestone_id, fen=fen,
                                due_on=_due_on(act, order_id, milestone_id)))
    act.session.flush()


def _due_on(act: Act, order_id: str, milestone_id: int) -> date:
    """The day by which a milestone's fee is paid: the order's own number of days after the settlement, or the usual one."""
    order, part = act.session.get_one(Order, order_id), act.session.get_one(Milestone, milestone_id)
    days = order.milestones[part.number - 1].get("due_days") if part.number <= len(order.milestones) else None
    return day_of(due(act.session, "payment", order, act.now) if days is None else later(act.now, int(days), "days"))


@action(Permission.SETTLE, "order.settle")
def settle(act: Act, order_id: str) -> Order:
    """Writes what is owed to whom; the sum is the order's value to the fen."""
    step = take(act, order_id, "settle")
    order, session = step.order, act.session
    lines = ledger_lines(session, order, act.now)
    awards = standing_awards(session, order, ("active",))
    facts = step.facts(member_bps=tuple(tuple(m.share_bp for m in _members(session, a)) for a in awards),
                       ledger_fen=sum(line.fen for line in lines), value_fen=order.value_fen or 0)
    _check_then_keep(step, facts, lines)
    return order


def _check_then_keep(step: Step, facts: Any, lines: list[LedgerLine]) -> None:
    """The lines come before the state: the database refuses a settled order whose ledger is not its value."""
    from market.orders import life

    life.check(step.move, facts)
    keep_lines(step.act, lines)
    step.go(facts, {"fen": facts.ledger_fen})


@dataclass(frozen=True)
class Stars:
    """A rating of the other side of one award."""

    award_id: int
    stars: int
    comment: str = ""


def _side(ties: frozenset[Tie]) -> str:
    return "buyer" if Tie.BUYER in ties else "firm"


@action(Permission.RATE, "order.rate")
def rate(act: Act, order_id: str, given: Stars) -> Rating:
    """Rates the other side; nobody sees it before both are revealed."""
    step = take(act, order_id, "rate")
    award = _award(step, given.award_id)
    if not 1 <= given.stars <= 5:
        raise InvalidInput("stars")
    side = _side(step.ties)
    if act.session.get(Rating, (award.id, side)):
        raise InvalidInput("rated already")
    step.go()
    row = Rating(award_id=award.id, side=side, order_id=order_id, stars=given.stars, comment=given.comment.strip(),
                 facts=_facts(act, step.order, award, side), at=act.now)
    act.session.add(row)
    act.session.flush()
    return row


def _award(step: Step, award_id: int) -> Award:
    award = step.act.session.get(Award, award_id)
    if award is None or award.order_id != step.order.id or award.state != "active":
        raise NotFound("award")
    if Tie.BUYER not in step.ties and award.institution_id != step.act.actor.institution_id:
        raise NotFound("award")
    return award


def _facts(act: Act, order: Order, award: Award, side: str) -> dict[str, Any]:
    """What can be counted, said before the stars: the firm's filled places, the buyer's answers.

    Only answers have a clock: a milestone has no day by which it must be reported, so no firm is on time or late with it.
    """
    if side == "firm":
        figure = responsiveness(act.session, order.enterprise_id or 0, act.now)
        return {"median_answer_days": figure.median_days, "answers": figure.answers, "late_answers": figure.late,
                "on_time_percent": figure.on_time_percent}
    filled = act.session.scalar(select(func.count()).select_from(Placement).where(
        Placement.award_id == award.id, Placement.stage.in_(("placed", "guarantee", "confirmed"))))
    sent_back = act.session.scalar(select(func.count()).select_from(Milestone).where(
        Milestone.award_id == award.id, Milestone.rejection.is_not(None)))
    return {"places": award.places, "filled": filled, "sent_back": sent_back}


def unrated(session: Session, order: Order) -> int:
    """How many ratings are missing: two for each award."""
    awards = len(standing_awards(session, order, ("active",)))
    there = session.scalar(select(func.count()).select_from(Rating).where(Rating.order_id == order.id)) or 0
    return 2 * awards - there


@action(Permission.RUN_CLOCK, "order.rate_close")
def rate_close(act: Act, order_id: str) -> Order:
    """Closes an order once both sides rated or the time is over; the ratings appear together."""
    step = take(act, order_id, "rate_close")
    step.go(step.facts(unrated=unrated(act.session, step.order)))
    return step.order


def ratings(session: Session, actor: Actor, order: Order) -> list[Rating]:
    """All ratings of a closed order; before that only one's own side's."""
    rows = list(session.scalars(select(Rating).where(Rating.order_id == order.id).order_by(Rating.award_id, Rating.side)))
    if order.state == "closed":
        return rows
    ties = ties_of(session, actor, order)
    mine = {award.id for award in standing_awards(session, order, ("active",))
            if award.institution_id == actor.institution_id}
    return [row for row in rows
            if (row.side == "buyer" and Tie.BUYER in ties) or (row.side == "firm" and row.award_id in mine)]


def rated_awards(session: Session, order: Order) -> list[Award]:
    """The awards whose sides rate each other, once the order is settled; none before."""
    return standing_awards(session, order, ("active",)) if order.state in ("settled", "closed") else []


def replies(session: Session, order: Order) -> dict[tuple[int, str], RatingReply]:
    """(award, side that rated) -> the reply; there is none before the ratings are public."""
    rows = session.scalars(select(RatingReply).join(Award, Award.id == RatingReply.award_id).where(
        Award.order_id == order.id))
    return {(row.award_id, row.side): row for row in rows}


@action(Permission.RATE, "order.reply")
def reply(act: Act, order_id: str, award_id: int, text: str) -> RatingReply:
    """Answers the other side's rating, once."""
    step = take(act, order_id, "reply")
    award = _award(step, award_id)
    theirs = "firm" if _side(step.ties) == "buyer" else "buyer"
    if act.session.get(Rating, (award.id, theirs)) is None:
        raise NotFound("rating")
    if not text.strip() or act.session.get(RatingReply, (award.id, theirs)) is not None:
        raise InvalidInput("text")
    step.go()
    row = RatingReply(award_id=award.id, side=theirs, text=text.strip(), at=act.now)
    act.session.add(row)
    act.session.flush()
    return row


def stars_of(session: Session, institution_id: str) -> tuple[float | None, int]:
    """A firm's mean stars over closed orders and their number; no mean while they are too few to say anything."""
    rows = list(session.scalars(select(Rating.stars).join(Award, Award.id == Rating.award_id).join(
        Order, Order.id == Rating.order_id).where(Award.institution_id == institution_id, Rating.side == "buyer",
                                                  Order.state == "closed")))
    return (round(sum(rows) / len(rows), 1) if len(rows) >= SMALL_NUMBER else None), len(rows)


def calendar(session: Session, actor: Actor, order: Order) -> list[Payment]:
    """Payments and guarantees of the awards that an actor may read, the same for both sides; NotFound for others."""
    mine = [award.id for award in seen_awards(session, actor, order)]
    return list(session.scalars(select(Payment).where(Payment.order_id == order.id, Payment.award_id.in_(mine))
                                .order_by(Payment.due_on, Payment.id)))


@action(Permission.SETTLE, "payment.done")
def pay(act: Act, payment_id: int, proof: Mapping[str, str]) -> Payment:
    """The enterprise marks a payment as made, with its proof (name and sha256 of a file); no money passes through here."""
    row = act.session.get(Payment, payment_id)
    order = act.session.get(Order, row.order_id) if row else None
    if row is None or order is None or Tie.BUYER not in ties_of(act.session, act.actor, order):
        raise NotFound("payment")
    if row.kind != "fee" or row.done_at is not None:
        raise NotPossibleNow("paid")
    if not proof.get("name") or not proof.get("sha256"):
        raise InvalidInput("proof")
    row.done_at, row.proof = act.now, dict(proof)
    act.note("payment", row.id, order_id=order.id)
    return row


def overdue(session: Session, now: datetime, days: int = 0) -> list[Payment]:
    """Payments whose day is over by some days and which are not marked as made."""
    return list(session.scalars(select(Payment).where(
        Payment.done_at.is_(None), Payment.due_on < day_of(now - timedelta(days=days))).order_by(Payment.due_on)))
