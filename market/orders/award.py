"""From the ranking to the contract: proposal, standstill, objections, award, signatures, reasons to the losers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from market.access import Act, Permission, action
from market.clock import day_of
from market.errors import NotFound
from market.orders.bid_models import Award, AwardedPlace, Bid, BidMember, Objection, Score
from market.orders.bids import content
from market.orders.delivery_models import Milestone
from market.orders.models import Order
from market.orders.panel import Ranked, experts, left, passed, ranking, unscored
from market.orders.parties import blame_firm
from market.orders.steps import standing_awards, take


@dataclass(frozen=True)
class Proposal:
    """Places per bid; a reason where the ranking is not followed; words to the others, by bid."""

    places: Mapping[int, int]
    reason: str = ""
    words: Mapping[int, str] = field(default_factory=dict)


def places_held(session: Session, order: Order) -> int:
    """Places that active awards hold already: after a declined award the others keep theirs."""
    return sum(award.places for award in standing_awards(session, order, ("active",)))


@action(Permission.PROPOSE_AWARD, "order.propose")
def propose(act: Act, order_id: str, proposal: Proposal) -> list[Award]:
    """Proposes who gets how many places; public from now on, and every other bidder gets its reasons."""
    step = take(act, order_id, "propose")
    order, session = step.order, act.session
    ranked = ranking(act, order)
    chosen = set(proposal.places)
    bids = {bid.id: bid for bid in session.scalars(select(Bid).where(Bid.order_id == order_id, Bid.opened_at.is_not(None)))}
    if chosen - {row.bid_id for row in ranked}:
        raise NotFound("bid")
    free = (order.headcount or 0) - places_held(session, order)
    step.go(step.facts(unscored=unscored(session, order), places=tuple(proposal.places.values()), headcount=free,
                       below_pass=tuple(str(row.bid_id) for row in ranked
                                        if row.bid_id in chosen and not passed(order, row)),
                       ranking_followed=chosen == {row.bid_id for row in ranked[: len(chosen)]}, reason=proposal.reason,
                       **experts(act, order)),
            {"places": {str(key): value for key, value in proposal.places.items()}, "reason": proposal.reason})
    awards = [Award(order_id=order_id, bid_id=bid_id, institution_id=bids[bid_id].institution_id, places=places,
                    price_fen=int(content(act.keys, bids[bid_id])["price_fen"]), reason=proposal.reason or None,
                    proposed_at=act.now) for bid_id, places in proposal.places.items()]
    kept = {row.bid_id for row in standing_awards(session, order, ("active",))}  # whose places a decline left alone
    session.add_all(awards)
    for bid_id, bid in bids.items():
        bid.outcome = bid.outcome if bid_id in kept else _outcome(session, order, ranked, bid_id, proposal)
    session.flush()
    return awards


def _marks(session: Session, bid_id: int, criterion: str) -> float:
    marks = [score.marks[criterion] for score in session.scalars(select(Score).where(Score.bid_id == bid_id))]
    return sum(marks) / len(marks) if marks else 0.0


def _outcome(session: Session, order: Order, ranked: list[Ranked], bid_id: int, proposal: Proposal) -> dict[str, object]:
    """What a bidder reads: its place, and per criterion how far (in marks) it stood behind the best-ranked chosen bid."""
    best = next((row.bid_id for row in ranked if row.bid_id in proposal.places), None)
    place = next((row.place for row in ranked if row.bid_id == bid_id), None)
    if bid_id in proposal.places or best is None:
        return {"chosen": bid_id in proposal.places, "place": place}
    behind = {row["name"]: round(_marks(session, best, row["name"]) - _marks(session, bid_id, row["name"]), 1)
              for row in order.scorecard}
    below = any(row.bid_id == bid_id and not passed(order, row) for row in ranked)
    return {"chosen": False, "place": place, "below_pass": below, "of": len(ranked), "behind": behind,
            "words": proposal.words.get(bid_id, "")}


@action(Permission.OBJECT, "order.object")
def objection(act: Act, order_id: str, reason: str) -> Objection:
    """A bidder objects inside the standstill; the award waits for the regulator."""
    step = take(act, order_id, "object")
    step.go(step.facts(reason=reason))
    assert act.actor.institution_id is not None
    row = Objection(order_id=order_id, institution_id=act.actor.institution_id, reason=reason.strip(), filed_at=act.now)
    act.session.add(row)
    act.session.flush()
    return row


def open_objections(session: Session, order: Order) -> list[Objection]:
    """Objections that nobody has decided; the oldest first."""
    return list(session.scalars(select(Objection).where(Objection.order_id == order.id, Objection.outcome.is_(None))
                                .order_by(Objection.id)))


@action(Permission.PROPOSE_AWARD, "order.answer_objection")
def answer_objection(act: Act, order_id: str, text: str) -> None:
    """The enterprise answers what was objected."""
    step = take(act, order_id, "answer_objection")
    step.go(step.facts(reason=text))
    for row in open_objections(act.session, step.order):
        row.answer, row.answered_at = text.strip(), act.now


def _decide(act: Act, order: Order, outcome: str, reason: str) -> None:
    for row in open_objections(act.session, order):
        row.outcome, row.decision, row.decided_at = outcome, reason.strip(), act.now
    act.session.flush()


@action(Permission.RULE, "order.uphold")
def uphold(act: Act, order_id: str, reason: str) -> Order:
    """The objection is right: the proposal falls, the evaluation goes on."""
    step = take(act, order_id, "uphold")
    step.go(step.facts(reason=reason), {"reason": reason})
    _decide(act, step.order, "upheld", reason)
    for award in standing_awards(act.session, step.order, ("proposed",)):
        award.state = "cancelled"
    act.session.flush()
    return step.order


@action(Permission.RULE, "order.dismiss")
def dismiss(act: Act, order_id: str, reason: str) -> Order:
    """The objection is not right: the standstill begins anew."""
    step = take(act, order_id, "dismiss")
    step.go(step.facts(reason=reason), {"reason": reason})
    _decide(act, step.order, "dismissed", reason)
    return step.order


@action(Permission.AWARD_ORDER, "order.award")
def award(act: Act, order_id: str) -> list[Award]:
    """Awards what was proposed, place by place; the order's value is set to the fen."""
    step = take(act, order_id, "award")
    order, session = step.order, act.session
    awards = standing_awards(session, order)
    step.go(step.facts(open_objections=len(open_objections(session, order)), places=tuple(a.places for a in awards)))
    for row in awards:
        if row.state == "proposed":
            row.state, row.awarded_at = "active", act.now
            session.flush()
            allot(session, order, row)
    order.value_fen = sum(row.value_fen for row in awards)
    session.flush()
    return awards


def allot(session: Session, order: Order, given: Award) -> list[int]:
    """Gives an award the lowest places that are free; the database refuses one place too many."""
    taken = set(session.scalars(select(AwardedPlace.number).where(AwardedPlace.order_id == order.id)))
    free = [number for number in range(1, given.places + len(taken) + 1) if number not in taken][: given.places]
    session.add_all(AwardedPlace(order_id=order.id, number=number, award_id=given.id) for number in free)
    session.flush()
    return free


@action(Permission.JOIN_CONTRACT, "order.sign_member")
def sign_member(act: Act, order_id: str) -> None:
    """A firm of an awarded bid signs."""
    step = take(act, order_id, "sign_member")
    mine = [member for member in _signers(act.session, step.order) if member.institution_id == act.actor.institution_id]
    if not mine:
        raise NotFound("award")
    step.go()
    for member in mine:
        member.signed_at = act.now
    act.session.flush()


def _signers(session: Session, order: Order) -> list[BidMember]:
    return list(session.scalars(select(BidMember).join(Award, Award.bid_id == BidMember.bid_id).where(
        Award.order_id == order.id, Award.state == "active", ~BidMember.gone)
        .order_by(BidMember.bid_id, BidMember.institution_id)))


def unsigned(session: Session, order: Order) -> tuple[str, ...]:
    """The firms of the awarded bids that have not signed."""
    return tuple(member.institution_id for member in _signers(session, order) if member.signed_at is None)


@action(Permission.SIGN, "order.sign")
def sign(act: Act, order_id: str) -> Order:
    """The enterprise signs after every firm did; the milestones of each award begin."""
    step = take(act, order_id, "sign")
    order, session = step.order, act.session
    step.go(step.facts(unsigned=unsigned(session, order)))
    for row in standing_awards(session, order, ("active",)):
        session.add_all(Milestone(order_id=order_id, award_id=row.id, number=number, name=str(part["name"]),
                                  share_bp=int(part["share_bp"])) for number, part in enumerate(order.milestones, 1))
    session.flush()
    return order


@action(Permission.JOIN_CONTRACT, "order.decline")
def decline(act: Act, order_id: str, reason: str) -> Order:
    """The winner declines; its places are free again, and its record keeps it."""
    step = take(act, order_id, "decline")
    order, session = step.order, act.session
    step.go(step.facts(reason=reason), {"reason": reason})
    for row in standing_awards(session, order, ("active",)):
        if row.institution_id == act.actor.institution_id:
            session.execute(delete(AwardedPlace).where(AwardedPlace.award_id == row.id))
            row.state = "declined"
    blame_firm(act, order, "award_declined", reason)
    session.flush()
    order.value_fen = sum(row.value_fen for row in standing_awards(session, order, ("active",)))
    return order


def dead_end(session: Session, order: Order) -> dict[str, int]:
    """The facts on an evaluation from which no proposal may lead on."""
    return {"unscored": unscored(session, order), "left": left(session, [order])[order.id],
            "standing_awards": len(standing_awards(session, order, ("active",)))}


@action(Permission.PROPOSE_AWARD, "order.go_on")
def go_on(act: Act, order_id: str) -> Order:
    """Goes on with the awards that stand after one was declined and no bid is left for its places."""
    step = take(act, order_id, "go_on")
    step.go(step.facts(**dead_end(act.session, step.order)))
    return step.order


def objections_by_year(session: Session) -> dict[int, dict[str, int]]:
    """Year -> outcome -> number of objections, open ones as "open": public."""
    found: dict[int, dict[str, int]] = {}
    for row in session.scalars(select(Objection)):
        year = found.setdefault(day_of(row.filed_at).year, {})
        year[row.outcome or "open"] = year.get(row.outcome or "open", 0) + 1
    return found

