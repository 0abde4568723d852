"""Candidates: consent first, the first consent owns, masked for all who need no name, every look at a name logged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, Role, action
from market.clock import day_of, later
from market.database import locked, put_once
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.orders.announcements import AUDIENCE, announce
from market.orders.answers import answered, asked
from market.orders.bid_models import Award, AwardedPlace
from market.orders.delivery_models import Candidate, Ownership, Payment, Placement
from market.orders.durations import amount, due
from market.orders.models import Order
from market.orders.reminders import leads_of
from market.orders.steps import Step, take
from market.orders.way import FILLS, GUARANTEE_EVENTS, OVER, REASONS, WAY, Stage, stage_of

CONSENT = "consent"


def phone_digits(phone: str) -> str:
    """The digits of a Chinese mobile number without country code; InvalidInput for another number."""
    digits = re.sub(r"\D", "", phone)
    digits = digits[2:] if len(digits) == 13 and digits.startswith("86") else digits
    if not re.fullmatch(r"1[3-9]\d{9}", digits):
        raise InvalidInput("phone")
    return digits


@dataclass(frozen=True)
class Proposed:
    """A person that a firm proposes for a place: what is kept sealed."""

    place: int
    name: str
    phone: str
    summary: str = ""
    replaces_id: int | None = None


@action(Permission.SUBMIT_CANDIDATE, "order.propose_candidate")
def propose(act: Act, order_id: str, given: Proposed) -> tuple[Placement, str]:
    """Proposes a person for one of the firm's places; gives the signed link by which the person consents.

    NotPossibleNow("owned") where another firm has the person's consent for this enterprise: no name is shown.
    """
    step = take(act, order_id, "propose_candidate")
    order, session = step.order, act.session
    award = _award_of_place(session, order, given.place, act.actor.institution_id)
    digits = phone_digits(given.phone)
    if not given.name.strip():
        raise InvalidInput("name")
    person = act.keys.fingerprint("person", digits)
    _not_owned(act, order, person)
    _room(act, order, given.place)
    candidate = Candidate(institution_id=award.institution_id, person_hash=person, added_at=act.now,
                          sealed=act.keys.seal("candidate", {"name": given.name.strip(), "phone": digits,
                                                             "summary": given.summary}))
    session.add(candidate)
    session.flush()
    row = Placement(order_id=order_id, award_id=award.id, candidate_id=candidate.id, place=given.place, stage_at=act.now,
                    replaces_id=given.replaces_id)
    session.add(row)
    session.flush()
    step.go(detail={"placement": row.id})
    return row, consent_link(act, row)


def _award_of_place(session: Session, order: Order, place: int, institution_id: str | None) -> Award:
    held = session.get(AwardedPlace, (order.id, place))
    award = session.get(Award, held.award_id) if held else None
    if award is None or award.institution_id != institution_id:
        raise NotFound("place")
    return award


def _not_owned(act: Act, order: Order, person: str) -> None:
    row = act.session.get(Ownership, (order.enterprise_id, person))
    if row and row.institution_id != act.actor.institution_id and act.now < row.until:
        raise NotPossibleNow("owned")


def _room(act: Act, order: Order, place: int) -> None:
    live = act.session.scalar(select(func.count()).select_from(Placement).where(
        Placement.order_id == order.id, Placement.place == place, Placement.stage.not_in(OVER))) or 0
    if live >= amount(act.session, "candidates_per_place", order, act.now):
        raise NotPossibleNow("candidates_per_place")


def consent_link(act: Act, row: Placement) -> str:
    """The signed token of a proposed placement's link: the same whenever it is asked for."""
    order = act.session.get_one(Order, row.order_id)
    ends = due(act.session, "consent_link", order, row.stage_at)
    return act.keys.signed(CONSENT, f"{row.id}-{int(ends.timestamp())}")


def link_of(act: Act, order_id: str, placement_id: int) -> str:
    """The link of a person whom the acting firm proposed and who has not answered yet; NotFound for every other one."""
    row = act.session.get(Placement, placement_id)
    person = act.session.get(Candidate, row.candidate_id) if row else None
    if (row is None or person is None or row.order_id != order_id or row.stage != "proposed"
            or person.institution_id != act.actor.institution_id or not act.actor.may(Permission.SUBMIT_CANDIDATE)):
        raise NotFound("placement")
    return consent_link(act, row)


def by_link(act: Act, token: str) -> tuple[Actor, Placement]:
    """Who a consent link stands for, and what it is about; NotFound for a wrong, changed or expired one.

    Its days are those for consenting: whoever consented may come back by it as long as their data is there.
    """
    key, _, ends = act.keys.checked(CONSENT, token).partition("-")
    row = act.session.get(Placement, int(key))
    if row is None or (row.consented_at is None and act.now.timestamp() >= int(ends)):
        raise NotFound("link")
    return Actor(Role.CANDIDATE, candidate_id=row.candidate_id), row


def _mine(act: Act, placement_id: int) -> tuple[Order, Placement]:
    found = act.session.get(Placement, placement_id)
    if found is None or found.candidate_id != act.actor.candidate_id:
        raise NotFound("placement")
    order = locked(act.session, Order, found.order_id)
    row = locked(act.session, Placement, placement_id)
    assert order is not None
    assert row is not None
    return order, row


def _filled(act: Act, order: Order, row: Placement) -> bool:
    return act.session.scalar(select(Placement.id).where(
        Placement.order_id == order.id, Placement.place == row.place, Placement.id != row.id,
        Placement.stage.in_(FILLS))) is not None


def _advance(act: Act, order: Order, row: Placement, stage: Stage) -> None:
    if row.stage not in stage.sources:
        raise NotPossibleNow(f"stage: {row.stage}")
    if stage.target in FILLS and _filled(act, order, row):
        raise NotPossibleNow("place_filled")
    row.stage, row.stage_at = stage.target, act.now
    act.session.flush()
    for kind in ("view", "interview", "decision"):
        if kind == stage.answers or stage.target in OVER:
            answered(act, order, kind, row.id)
    if stage.asks:
        asked(act, order, stage.asks, row.id)


@action(Permission.CONSENT, "candidate.consent")
def consent(act: Act, placement_id: int, text_version: str) -> Placement:
    """The candidate consents; the first consent owns the person for this enterprise, a later one is refused."""
    order, row = _mine(act, placement_id)
    candidate = act.session.get_one(Candidate, row.candidate_id)
    until = due(act.session, "ownership", order, act.now)
    _own(act, (order.enterprise_id or 0, candidate.person_hash or ""), candidate.institution_id, until)
    row.consented_at, row.consent_text = act.now, text_version
    _advance(act, order, row, stage_of("consent", "candidate"))
    act.note("placement", row.id, order_id=order.id, subject=row.candidate_id, detail={"text": text_version})
    return row


def _own(act: Act, key: tuple[int, str], firm: str, until: datetime) -> None:
    put_once(act.session, Ownership, enterprise_id=key[0], person_hash=key[1], institution_id=firm, since=act.now,
             until=until)
    row = locked(act.session, Ownership, key)
    assert row is not None
    if row.institution_id != firm:
        if act.now < row.until:
            raise NotPossibleNow("owned")
        row.institution_id, row.since, row.until = firm, act.now, until


@action(Permission.CONSENT, "candidate.withdraw")
def withdraw(act: Act, placement_id: int) -> Placement:
    """The candidate withdraws; whoever wants their data gone calls `erase` too."""
    order, row = _mine(act, placement_id)
    _advance(act, order, row, stage_of("withdraw", "candidate"))
    act.note("placement", row.id, order_id=order.id, subject=row.candidate_id)
    return row


@action(Permission.CONSENT, "candidate.erase")
def erase(act: Act, placement_id: int) -> None:
    """Deletes the candidate's data; what remains names nobody."""
    order, row = _mine(act, placement_id)
    if row.stage not in OVER:
        raise NotPossibleNow(f"stage: {row.stage}")
    candidate = act.session.get_one(Candidate, row.candidate_id)
    candidate.sealed, candidate.person_hash, candidate.erased_at = None, None, act.now
    act.note("candidate", candidate.id, order_id=order.id, subject=candidate.id)


@action(Permission.SUBMIT_CANDIDATE, "candidate.submit")
def submit(act: Act, placement_id: int) -> Placement:
    """The firm hands a consenting candidate to the enterprise, which now has its days to look."""
    found = act.session.get(Placement, placement_id)
    candidate = act.session.get(Candidate, found.candidate_id) if found else None
    if found is None or candidate is None or candidate.institution_id != act.actor.institution_id:
        raise NotFound("placement")
    order, row = locked(act.session, Order, found.order_id), locked(act.session, Placement, placement_id)
    assert order is not None
    assert row is not None
    if order.state != "delivering":  # the enterprise could not answer any more, and its clock would run all the same
        raise NotPossibleNow(f"state: {order.state}")
    _advance(act, order, row, stage_of("submit", "firm"))
    announce(act, order, "candidate_submit", str(row.id))
    act.note("placement", row.id, order_id=order.id, subject=row.candidate_id)
    return row


@dataclass(frozen=True)
class Decision:
    """What the enterprise does with a candidate: an event of the way; a reason code where it is against them."""

    event: str
    reason_code: str = ""


@action(Permission.ANSWER_CANDIDATE, "order.move_candidate")
def move(act: Act, order_id: str, placement_id: int, decision: Decision) -> Placement:
    """Moves a candidate on while the order is delivered; declining needs a reason code."""
    return _decided(act, take(act, order_id, "move_candidate"), placement_id, decision)


@action(Permission.ANSWER_CANDIDATE, "order.guarantee")
def guarantee(act: Act, order_id: str, placement_id: int, decision: Decision) -> Placement:
    """Starts the guarantee of a placed candidate, or says that they left and must be replaced; also after the settlement."""
    step = take(act, order_id, "guarantee")
    if decision.event not in GUARANTEE_EVENTS:
        raise InvalidInput("event")
    return _decided(act, step, placement_id, decision)


def _decided(act: Act, step: Step, placement_id: int, decision: Decision) -> Placement:
    row = locked(act.session, Placement, placement_id)
    stage = next((stage for stage in WAY if stage.event == decision.event and stage.who == "buyer"), None)
    if row is None or row.order_id != step.order.id:
        raise NotFound("placement")
    if stage is None:
        raise InvalidInput("event")
    if stage.target in OVER and decision.reason_code not in REASONS:
        raise InvalidInput("reason_code")
    _advance(act, step.order, row, stage)
    row.reason_code = decision.reason_code or None
    if stage.target == "guarantee":
        _guarantee(act, step.order, row)
    if stage.target == "replaced":
        _end_guarantee(act, row)
    step.go()
    act.note("placement", row.id, order_id=step.order.id, subject=row.candidate_id,
             detail={"stage": row.stage, "reason": decision.reason_code})
    _tell_firms(act, step.order, row, f"candidate_{decision.event}")
    return row


def _tell_firms(act: Act, order: Order, row: Placement, event: str) -> None:
    """Tells the award's lead, and the firm that found the candidate where it is another one."""
    if event in AUDIENCE:
        firms = {act.session.get_one(Award, row.award_id).institution_id,
                 act.session.get_one(Candidate, row.candidate_id).institution_id}
        announce(act, order, event, str(row.id), leads_of(act.session, firms))


def _guarantee(act: Act, order: Order, row: Placement) -> None:
    row.guarantee_until = (later(act.now, order.guarantee_days, "days") if order.guarantee_days
                           else due(act.session, "guarantee", order, act.now))
    act.session.add(Payment(order_id=order.id, award_id=row.award_id, kind="guarantee", object_id=row.id,
                            due_on=day_of(row.guarantee_until)))
    act.session.flush()


@action(Permission.RUN_CLOCK, "candidate.confirm")
def confirm(act: Act, placement_id: int) -> Placement:
    """Ends a guarantee that ran its time."""
    row = locked(act.session, Placement, placement_id)
    order = act.session.get(Order, row.order_id) if row else None
    if row is None or order is None or row.guarantee_until is None:
        raise NotFound("placement")
    if act.now < row.guarantee_until:
        raise NotPossibleNow("guarantee")
    _advance(act, order, row, stage_of("confirm", "system"))
    _end_guarantee(act, row)
    act.note("placement", row.id, order_id=order.id, subject=row.candidate_id)
    return row


def _end_guarantee(act: Act, row: Placement) -> None:
    for payment in act.session.scalars(select(Payment).where(Payment.kind == "guarantee", Payment.object_id == row.id)):
        payment.done_at = act.now
