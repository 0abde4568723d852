"""A dispute in stages: the sides negotiate, the regulator mediates, the regulator rules; one case file holds all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, selectinload

from market.access import Act, Actor, Permission, action
from market.errors import InvalidInput, NotFound
from market.orders.answers import answered
from market.orders.bid_models import Award
from market.orders.delivery import accept_reported
from market.orders.durations import due
from market.orders.facts import WHOLE
from market.orders.life import Tie
from market.orders.models import Dispute, DisputeOffer, OfferAnswer, Order
from market.orders.steps import Step, standing_awards, start_clock, take

BUYER, MEDIATOR = "buyer", "mediator"
RULING_CLOCK = "ruling_of_dispute"


def parties(session: Session, order: Order) -> tuple[str, ...]:
    """Whose agreement ends a dispute: the enterprise's and that of every firm that leads an award."""
    return (BUYER, *(award.institution_id for award in standing_awards(session, order, ("active",))))


def open_offer(session: Session, order: Order) -> DisputeOffer | None:
    """The proposal that waits for answers."""
    return session.scalar(select(DisputeOffer).where(DisputeOffer.order_id == order.id, DisputeOffer.outcome.is_(None)))


def unanswered(session: Session, order: Order, offer: DisputeOffer) -> tuple[str, ...]:
    """The parties that neither made a proposal nor answered it."""
    said = {offer.party, *(answer.party for answer in offer.answers)}
    return tuple(party for party in parties(session, order) if party not in said)


def awaited(session: Session, orders: Sequence[Order]) -> dict[str, tuple[str, ...]]:
    """Order in dispute -> the parties whose answer to the open proposal is missing; without a proposal it is left out."""
    ids = [order.id for order in orders]
    offers = session.scalars(select(DisputeOffer).where(DisputeOffer.order_id.in_(ids), DisputeOffer.outcome.is_(None))
                             .options(selectinload(DisputeOffer.answers))).all()
    firms: dict[str, list[str]] = defaultdict(list)
    for key, firm in session.execute(select(Award.order_id, Award.institution_id).where(
            Award.order_id.in_([offer.order_id for offer in offers]), Award.state == "active").order_by(Award.id)):
        firms[key].append(firm)
    said = {offer.order_id: {offer.party, *(answer.party for answer in offer.answers)} for offer in offers}
    return {key: tuple(party for party in (BUYER, *firms[key]) if party not in done) for key, done in said.items()}


def party_of(actor: Actor, ties: frozenset[Tie]) -> str:
    """The party that an actor of one of the sides speaks for."""
    return BUYER if Tie.BUYER in ties else str(actor.institution_id)


def _case(step: Step) -> Dispute:
    return step.act.session.scalars(select(Dispute).where(Dispute.order_id == step.order.id)).one()


@action(Permission.DISPUTE, "order.dispute")
def dispute(act: Act, order_id: str, reason: str) -> Dispute:
    """Opens the dispute; from now on both sides read one case file, and negotiate."""
    step = take(act, order_id, "dispute")
    step.go(step.facts(reason=reason), {"reason": reason})
    row = Dispute(order_id=order_id, organisation_id=act.actor.organisation_id, reason=reason.strip(), opened_at=act.now)
    act.session.add(row)
    act.session.flush()
    answered(act, step.order, "acceptance", 0)
    return row


@dataclass(frozen=True)
class Terms:
    """A proposal: which part of the fee is owed, in basis points, and why."""

    payable_bp: int
    reason: str


def _within(bp: int, name: str) -> None:
    if not 0 <= bp <= WHOLE:
        raise InvalidInput(name)


def _put(act: Act, order_id: str, event: str, terms: Terms) -> DisputeOffer:
    step = take(act, order_id, event)
    _within(terms.payable_bp, "payable_bp")
    step.go(step.facts(reason=terms.reason), {"payable_bp": terms.payable_bp, "reason": terms.reason})
    _drop(act, step.order, "replaced")
    assert act.actor.person_id is not None
    party = MEDIATOR if event == "suggest" else party_of(act.actor, step.ties)
    row = DisputeOffer(order_id=order_id, party=party, person_id=act.actor.person_id, payable_bp=terms.payable_bp,
                       reason=terms.reason.strip(), at=step.act.now)
    act.session.add(row)
    act.session.flush()
    return row


def _drop(act: Act, order: Order, outcome: str) -> None:
    act.session.execute(update(DisputeOffer).where(DisputeOffer.order_id == order.id, DisputeOffer.outcome.is_(None))
                        .values(outcome=outcome))


@action(Permission.DISPUTE, "order.offer")
def offer(act: Act, order_id: str, terms: Terms) -> DisputeOffer:
    """One side proposes a settlement while they negotiate; it takes the place of the one that waits."""
    return _put(act, order_id, "offer", terms)


@action(Permission.RULE, "order.suggest")
def suggest(act: Act, order_id: str, terms: Terms) -> DisputeOffer:
    """The mediator proposes a settlement, which every party has to accept."""
    return _put(act, order_id, "suggest", terms)


@dataclass(frozen=True)
class Answer:
    """What a party says to a proposal; a reason is welcome, not asked for."""

    offer_id: int
    accepted: bool
    reason: str = ""


@action(Permission.DISPUTE, "order.answer_offer")
def answer_offer(act: Act, order_id: str, answer: Answer) -> Order:
    """A party accepts a proposal or refuses it; the last acceptance ends the dispute, the first refusal the proposal."""
    step = take(act, order_id, "answer_offer")
    session, order, party = act.session, step.order, party_of(act.actor, step.ties)
    row = session.get(DisputeOffer, answer.offer_id)
    if row is None or row.order_id != order_id:
        raise NotFound("offer")
    step.go(step.facts(offer_stands=row.outcome is None, answered=party not in unanswered(session, order, row)),
            {"offer": row.id, "accepted": answer.accepted, "reason": answer.reason})
    assert act.actor.person_id is not None
    session.execute(insert(OfferAnswer).values(
        offer_id=row.id, party=party, order_id=order_id, person_id=act.actor.person_id, accepted=answer.accepted,
        reason=answer.reason.strip(), at=step.act.now))
    session.expire(row, ["answers"])
    if not answer.accepted:
        row.outcome = "refused"
    elif not unanswered(session, order, row):
        row.outcome = "accepted"
        session.flush()
        conclude(act, order_id)
    session.flush()
    return order


@action(Permission.DISPUTE, "order.conclude")
def conclude(act: Act, order_id: str) -> Order:
    """Ends the dispute by the proposal that every party accepted."""
    step = take(act, order_id, "conclude")
    payable = act.session.scalar(select(DisputeOffer.payable_bp).where(DisputeOffer.order_id == order_id,
                                                                       DisputeOffer.outcome == "accepted"))
    step.go(step.facts(all_agreed=payable is not None), {"payable_bp": payable})
    row = _case(step)
    row.payable_bp, row.buyer_cost_bp, row.resolved_at = payable, payable, step.act.now
    accept_reported(act, step.order, set())
    return step.order


@action(Permission.DISPUTE, "order.mediate")
def mediate(act: Act, order_id: str) -> Order:
    """One side asks for mediation before the negotiation's days are over."""
    step = take(act, order_id, "mediate")
    step.go()
    row = _case(step)
    row.mediated_at, row.mediated_by = step.act.now, party_of(act.actor, step.ties)
    _drop(act, step.order, "lapsed")
    return step.order


@action(Permission.RUN_CLOCK, "order.next_stage")
def next_stage(act: Act, order_id: str) -> Order:
    """Moves a dispute on once its stage had its days: from negotiation to mediation, from there to the ruling."""
    step = take(act, order_id, "next_stage")
    step.go()
    if step.order.state == "mediating":
        _case(step).mediated_at = step.act.now
        _drop(act, step.order, "lapsed")
    else:
        _to_ruling(step, None)
    return step.order


@action(Permission.RULE, "order.refer")
def refer(act: Act, order_id: str, reason: str) -> Order:
    """The mediator finds that no agreement is to be had, and says why; the ruling follows."""
    step = take(act, order_id, "refer")
    step.go(step.facts(reason=reason), {"reason": reason})
    _to_ruling(step, reason.strip())
    return step.order


def _to_ruling(step: Step, referral: str | None) -> None:
    """The ruling's days count from the opening of the dispute, not from the end of the mediation."""
    act, order, row = step.act, step.order, _case(step)
    row.referred_at, row.referral = act.now, referral
    _drop(act, order, "lapsed")
    start_clock(act.session, order, RULING_CLOCK, act.now, due(act.session, RULING_CLOCK, order, row.opened_at))
    act.session.flush()


@dataclass(frozen=True)
class Ruling:
    """How a dispute ends: why, which part of the fee is owed, and the enterprise's part of the cost, in basis points.

    Without a word on the cost each side bears the part by which its claim failed: the enterprise, who would not pay, the
    part that is owed, the firms the rest.
    """

    reason: str
    payable_bp: int = WHOLE
    buyer_cost_bp: int | None = None


@action(Permission.RULE, "order.resolve")
def resolve(act: Act, order_id: str, ruling: Ruling) -> Order:
    """Decides the dispute; the rest of the fee goes back to the enterprise."""
    step = take(act, order_id, "resolve")
    cost = ruling.payable_bp if ruling.buyer_cost_bp is None else ruling.buyer_cost_bp
    _within(ruling.payable_bp, "payable_bp")
    _within(cost, "buyer_cost_bp")
    step.go(step.facts(reason=ruling.reason),
            {"reason": ruling.reason, "payable_bp": ruling.payable_bp, "buyer_cost_bp": cost})
    row = _case(step)
    row.ruling, row.payable_bp, row.buyer_cost_bp, row.resolved_at = (
        ruling.reason.strip(), ruling.payable_bp, cost, step.act.now)
    accept_reported(act, step.order, set())
    return step.order
