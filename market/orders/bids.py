"""Bids: written, shared, confirmed and withdrawn before the deadline; sealed for everybody else until two keys open them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, Role, action
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.institutions.models import Institution
from market.keys import Keys
from market.orders.announcements import announce
from market.orders.bid_models import Bid, BidMember
from market.orders.blind import blinded
from market.orders.facts import WHOLE
from market.orders.life import faults
from market.orders.models import BriefReading, Order
from market.orders.parties import licensed
from market.orders.reminders import leads_of
from market.orders.steps import Step, move_for, standing_bids, take, ties_of


@dataclass(frozen=True)
class Offer:
    """What a bid says: price in fen per place; cases and files by name."""

    price_fen: int
    plan: str
    timeline: str
    team: str = ""
    cases: Sequence[str] = field(default_factory=tuple)
    no_conflict: bool = False


def _purpose(order_id: str) -> str:
    return f"bid:{order_id}"


def content(keys: Keys, bid: Bid) -> dict[str, Any]:
    """The offer of a bid; the caller has already asked who may read it."""
    found: dict[str, Any] = keys.unseal(_purpose(bid.order_id), bid.sealed)
    return found


def elsewhere(session: Session, order_id: str, firms: Sequence[str], except_bid: int | None) -> tuple[str, ...]:
    """Those of some firms that take part in another bid of the order; shown to nobody but these firms."""
    rows = session.scalars(select(BidMember.institution_id).where(
        BidMember.order_id == order_id, BidMember.institution_id.in_(firms), BidMember.consented_at.is_not(None),
        ~BidMember.gone, BidMember.bid_id != (except_bid or 0)))
    return tuple(sorted(rows))


def _firms(act: Act, ids: Sequence[str]) -> list[Institution]:
    firms = [act.session.get(Institution, key) for key in ids]
    if any(firm is None for firm in firms):
        raise InvalidInput("members: unknown firm")
    return [firm for firm in firms if firm is not None]


def _gate(step: Step, firms: Sequence[Institution], bid_id: int | None) -> dict[str, Any]:
    """The facts of the gate for some firms: each licensed, none of grade D, none in another bid, all bound to secrecy."""
    grades = {firm.credit_grade for firm in firms}
    session, order = step.act.session, step.order
    bound = not order.confidential or all(session.get(BriefReading, (order.id, firm.id)) for firm in firms)
    return {"answered_for": order.owner_id is not None, "terms_accepted": bound,
            "licence": all(licensed(firm, step.order, step.act) for firm in firms),
            "grade": "D" if "D" in grades else "ok",
            "elsewhere": elsewhere(session, order.id, [firm.id for firm in firms], bid_id)}


def _own(act: Act, order_id: str) -> Bid | None:
    return act.session.scalar(select(Bid).where(Bid.order_id == order_id, Bid.withdrawn_at.is_(None),
                                                Bid.institution_id == act.actor.institution_id))


def gate(act: Act, order: Order) -> tuple[str, ...]:
    """Guards that would refuse a bid of the actor's firm alone, as `life.faults` names them; empty: the firm may bid.

    It is the firm's gate, whoever of the firm asks. NotPossibleNow where the order takes no bids.
    """
    actor = replace(act.actor, role=Role.FIRM_LEAD)
    step = Step(act, order, move_for(act.session, actor, order, "bid"))
    firms = _firms(act, [actor.institution_id or ""])
    old = _own(act, order.id)
    facts = step.facts(no_conflict_declared=True, share_bps=(WHOLE,), **_gate(step, firms, old.id if old else None))
    return tuple(faults(step.move, facts))


@action(Permission.BID, "order.bid")
def bid(act: Act, order_id: str, offer: Offer, shares: Sequence[tuple[str, int]] = ()) -> Bid:
    """Bids, or changes the firm's bid; shares of members in basis points, the bidder's own included, alone without them.

    A joint bid counts once every member consented; a changed offer or share asks the members anew, and tells them.
    """
    step = take(act, order_id, "bid")
    lead = act.actor.institution_id
    if lead is None or act.actor.person_id is None:
        raise NotFound("firm")
    wanted = dict(shares) if shares else {lead: 10_000}
    if lead not in wanted or len(wanted) != len(shares or [1]):
        raise InvalidInput("members: each firm once, the bidder too")
    if offer.price_fen <= 0 or not offer.plan.strip() or not offer.timeline.strip():
        raise InvalidInput("offer: price_fen, plan, timeline")
    old = _own(act, order_id)
    firms = _firms(act, sorted(wanted))
    gate = {**_gate(step, [f for f in firms if f.id == lead], old.id if old else None),
            "licence": all(licensed(firm, step.order, act) for firm in firms)}
    step.go(step.facts(share_bps=tuple(wanted.values()), no_conflict_declared=offer.no_conflict, **gate))
    return _keep(act, step.order, old, (offer, wanted))


def _keep(act: Act, order: Order, old: Bid | None, given: tuple[Offer, dict[str, int]]) -> Bid:
    offer, wanted = given
    lead, person = act.actor.institution_id, act.actor.person_id
    same = old is not None and content(act.keys, old) == {**asdict(offer), "cases": list(offer.cases)}
    sealed = act.keys.seal(_purpose(order.id), asdict(offer))
    row = old or Bid(order_id=order.id, institution_id=lead, person_id=person)
    row.sealed, row.submitted_at, row.terms_version = sealed, act.now, order.terms_version
    act.session.add(row)
    act.session.flush()
    for member in list(row.members):
        if member.institution_id not in wanted:
            act.session.delete(member)
            row.members.remove(member)
    known = {member.institution_id: member for member in row.members}
    waiting = {firm for firm, member in known.items() if not member.gone and member.consented_at is None}
    for firm, share in wanted.items():
        member = known.get(firm) or BidMember(bid_id=row.id, order_id=order.id, institution_id=firm)
        if member.share_bp != share or not same:
            member.consented_at = None
        member.share_bp, member.gone = share, False
        if firm == lead:
            member.consented_at = act.now
        if firm not in known:
            row.members.append(member)
    act.session.flush()
    asked = {member.institution_id for member in row.members if member.consented_at is None} - waiting
    announce(act, order, "ask_member", str(row.id), leads_of(act.session, asked))
    return row


@action(Permission.BID, "order.consent_bid")
def consent_bid(act: Act, order_id: str, bid_id: int, seen: str = "") -> BidMember:
    """A member takes part in a joint bid with the share that it names.

    seen: when the bid that was read was handed in (ISO 8601); NotPossibleNow("bid_changed") where it is another by now.
    """
    step = take(act, order_id, "consent_bid")
    member = act.session.get(BidMember, (bid_id, act.actor.institution_id))
    if member is None or member.order_id != order_id or member.gone:
        raise NotFound("bid")
    if seen and act.session.get_one(Bid, bid_id).submitted_at.isoformat() != seen:
        raise NotPossibleNow("bid_changed")
    step.go(step.facts(**_gate(step, _firms(act, [member.institution_id]), bid_id)))
    member.consented_at = act.now
    act.session.flush()
    return member


@action(Permission.BID, "order.refuse_bid")
def refuse_bid(act: Act, order_id: str, bid_id: int) -> None:
    """A firm declines to be a member of a joint bid; the bid cannot count until its lead shares anew."""
    step = take(act, order_id, "refuse_bid")
    member = act.session.get(BidMember, (bid_id, act.actor.institution_id))
    if member is None or member.order_id != order_id or member.gone or member.consented_at:
        raise NotFound("bid")
    step.go()
    member.gone = True
    act.session.flush()


@action(Permission.BID, "order.reconfirm")
def reconfirm(act: Act, order_id: str) -> Bid:
    """The bidder holds to its bid on the newest terms."""
    step = take(act, order_id, "reconfirm")
    row = _own(act, order_id)
    if row is None:
        raise NotFound("bid")
    step.go()
    row.terms_version = step.order.terms_version
    return row


@action(Permission.BID, "order.withdraw")
def withdraw(act: Act, order_id: str) -> None:
    """Takes the firm's bid back; a member that is not the lead leaves, and the bid cannot count until it is shared anew."""
    step = take(act, order_id, "withdraw")
    step.go()
    row = _own(act, order_id)
    if row is not None:
        row.withdrawn_at = act.now
    for member in act.session.scalars(select(BidMember).where(
            BidMember.order_id == order_id, ~BidMember.gone,
            (BidMember.bid_id == row.id) if row else and_(BidMember.institution_id == act.actor.institution_id,
                                                          BidMember.consented_at.is_not(None)))):
        member.gone = True
        member.consented_at = member.consented_at if row is not None else None
    act.session.flush()


def count(session: Session, actor: Actor, order: Order) -> int | None:
    """How many bids there are: for the operator at any time, for all once they were opened; None where that is secret."""
    if is_open(session, order):
        return session.scalar(select(func.count()).select_from(Bid).where(Bid.order_id == order.id,
                                                                          Bid.opened_at.is_not(None)))
    return len(standing_bids(session, order)) if actor.role is Role.OPERATOR else None


def is_open(session: Session, order: Order) -> bool:
    """True once two keys opened the bids."""
    return bool(session.scalar(select(exists().where(Bid.order_id == order.id, Bid.opened_at.is_not(None)))))


@dataclass(frozen=True)
class OpenBid:
    """A bid as one reader may see it: label instead of the firm where the reader judges blind."""

    bid_id: int
    label: str
    institution_id: str | None
    members: tuple[tuple[str, int], ...]
    offer: dict[str, Any]
    outcome: dict[str, Any] | None


def own(session: Session, actor: Actor, keys: Keys, order_id: str) -> OpenBid:
    """The bid that the actor's firm leads or is a member of; NotFound where there is none."""
    row = session.scalar(select(Bid).join(BidMember, BidMember.bid_id == Bid.id).where(
        Bid.order_id == order_id, Bid.withdrawn_at.is_(None), BidMember.institution_id == actor.institution_id,
        ~BidMember.gone).order_by(BidMember.consented_at.is_(None), Bid.id))
    if row is None or actor.institution_id is None:
        raise NotFound("bid")
    return _shown(keys, row, "", blind=False)


def _shown(keys: Keys, row: Bid, label: str, names: Sequence[str] = (), *, blind: bool) -> OpenBid:
    offer = content(keys, row)
    if blind:
        offer = blinded(offer, names)
    members = () if blind else tuple((m.institution_id, m.share_bp) for m in row.members)
    return OpenBid(row.id, label, None if blind else row.institution_id, members, offer, None if blind else row.outcome)


READERS = frozenset({"buyer", "panel"})


def reads_all(session: Session, actor: Actor, order: Order) -> bool:
    """True for whoever may read every bid of an order once they were opened."""
    return bool(ties_of(session, actor, order) & READERS) or actor.role in (Role.REGULATOR, Role.OPERATOR)


def opened(session: Session, actor: Actor, keys: Keys, order: Order) -> list[OpenBid]:
    """The bids that two keys opened, none before: all for buyer, regulator and operator, with names masked for the panel.

    NotFound for everybody else.
    """
    if not reads_all(session, actor, order):
        raise NotFound("bids")
    rows = session.scalars(select(Bid).where(Bid.order_id == order.id, Bid.opened_at.is_not(None)))
    mixed = sorted(rows, key=lambda row: keys.fingerprint("label", f"{order.id}|{row.id}"))
    blind = actor.role is Role.EXPERT
    names = _names(session, order) if blind else []
    return [_shown(keys, row, str(place), names, blind=blind) for place, row in enumerate(mixed, 1)]


def _names(session: Session, order: Order) -> list[str]:
    """Names of every firm of the order's bids: one bid may speak of another's."""
    return list(session.scalars(select(Institution.name).where(Institution.id.in_(
        select(BidMember.institution_id).where(BidMember.order_id == order.id)))))
