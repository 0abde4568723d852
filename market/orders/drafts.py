"""Writes of an order up to its publication and while it takes bids: draft, check, change, questions, pause, cancel."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from market import outbox
from market.access import Act, Permission, action
from market.accounts.models import Organisation
from market.accounts.queries import verified
from market.clock import day_of
from market.errors import InvalidInput, NotFound
from market.orders import terms
from market.orders.award import dead_end
from market.orders.durations import due
from market.orders.life import BIDDING
from market.orders.models import BriefReading, Order, OrderVersion, Question
from market.orders.parties import blame_buyer, buyer_of
from market.orders.steps import Step, start_clock, take
from market.sources import REFERENCE, SAMPLE
from market.vocabulary import CITY, ENTERPRISE_TITLE, SAMPLE_TITLE

EDITABLE = frozenset({
    "title", "description", "industry", "role_family", "seniority", "headcount", "annual_salary_range", "city", "district",
    "service_mode", "must_have", "constraints", "closes_at", "confidential", "brief", "fee_fen", "guarantee_days",
    "milestones", "scorecard", "pass_bp"})
FIXED_ONCE_OPEN = frozenset({"scorecard", "milestones", "confidential"})  # what bidders were promised
MATERIAL = frozenset({"description", "headcount", "annual_salary_range", "district", "service_mode", "must_have",
                      "constraints", "fee_fen", "guarantee_days", "pass_bp"})


def _put(order: Order, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Sets fields; gives what changed as field -> [before, after], moments as text."""
    if unknown := set(values) - EDITABLE:
        raise InvalidInput(f"fields: {', '.join(sorted(unknown))}")
    changes = {}
    for name, value in values.items():
        before = getattr(order, name)
        if before != value:
            changes[name] = [_text(before), _text(value)]
            setattr(order, name, value)
    if order.closes_at:
        order.deadline = day_of(order.closes_at - timedelta(microseconds=1))
    return changes


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


@action(Permission.DRAFT_ORDER, "order.create")
def create(act: Act, values: Mapping[str, Any]) -> Order:
    """A draft of the actor's enterprise; InvalidInput names fields that an order does not have."""
    house = act.session.get(Organisation, act.actor.organisation_id)
    if house is None or house.enterprise_id is None:
        raise NotFound("enterprise")
    order = Order(id=f"O{secrets.token_hex(5).upper()}", state="draft", enterprise_id=house.enterprise_id, title="",
                  owner_id=act.actor.person_id, source_kind=SAMPLE if house.fictitious else REFERENCE,
                  source_title=SAMPLE_TITLE if house.fictitious else ENTERPRISE_TITLE, city=CITY,
                  verified=not house.fictitious, version=1, state_since=act.now, owner_acted_at=act.now)
    _put(order, values)
    act.session.add(order)
    act.session.flush()
    act.note("order", order.id, order_id=order.id)
    return order


@action(Permission.DRAFT_ORDER, "order.edit")
def edit(act: Act, order_id: str, values: Mapping[str, Any]) -> Order:
    """Changes a draft."""
    step = take(act, order_id, "edit")
    changes = _put(step.order, values)
    step.order.version += 1
    step.go(detail={"changed": sorted(changes)})
    return step.order


def _readiness(step: Step) -> dict[str, Any]:
    order = step.order
    return {"missing": terms.missing(order), "forbidden": terms.forbidden(order, step.act.data_dir),
            "milestone_bps": tuple(int(row["share_bp"]) for row in order.milestones)}


@action(Permission.SUBMIT_ORDER, "order.submit")
def submit(act: Act, order_id: str) -> Order:
    """Hands a draft to the operator for checking."""
    step = take(act, order_id, "submit")
    step.order.owner_id = act.actor.person_id  # whoever answers for it is told, also where a colleague wrote the draft
    step.go(step.facts(**_readiness(step)))
    return step.order


@action(Permission.CHECK_ORDER, "order.return")
def send_back(act: Act, order_id: str, reason: str) -> Order:
    """Gives an order back to its enterprise, with the reason."""
    step = take(act, order_id, "return")
    step.go(step.facts(reason=reason), {"reason": reason})
    return step.order


@action(Permission.CHECK_ORDER, "order.publish")
def publish(act: Act, order_id: str) -> Order:
    """Opens an order for bids; from now on its scorecard is fixed."""
    step = take(act, order_id, "publish")
    order, house = step.order, buyer_of(act.session, step.order)
    facts = step.facts(earliest_close=due(act.session, "bidding", order, act.now),
                       enterprise_verified=house is not None and verified(house, act.now))
    order.published_on, order.scorecard_at, order.owner_acted_at = day_of(act.now), act.now, act.now
    step.go(facts)
    return order


@action(Permission.AMEND_ORDER, "order.amend")
def amend(act: Act, order_id: str, values: Mapping[str, Any]) -> OrderVersion:
    """Changes an open order; a material change makes new terms, which every bidder confirms, with time left to do it."""
    step = take(act, order_id, "amend")
    order, old_close = step.order, step.order.bids_close_at
    if fixed := set(values) & FIXED_ONCE_OPEN:
        raise InvalidInput(f"fixed: {', '.join(sorted(fixed))}")
    closed_before = step.facts()
    changes = _put(order, values)
    if old_close and order.bids_close_at and order.bids_close_at < old_close:
        raise InvalidInput("closes_at: never earlier")
    material = bool(set(changes) & MATERIAL)
    if material:
        order.terms_version += 1
        _leave_time(act, order)
    order.version += 1
    row = OrderVersion(order_id=order.id, version=order.version, material=material, changes=changes, at=act.now)
    facts = step.facts(**_readiness(step))
    step.go(replace(facts, closes_at=closed_before.closes_at), {"changed": sorted(changes), "material": material})
    act.session.add(row)
    start_clock(act.session, order, BIDDING, act.now, order.bids_close_at or act.now)
    outbox.note(act.session, "order", order.id)
    return row


def _leave_time(act: Act, order: Order) -> None:
    least = due(act.session, "reconfirming", order, act.now)
    if order.bids_close_at is None or order.bids_close_at < least:
        order.closes_at = least
        order.deadline = day_of(least - timedelta(microseconds=1))


@action(Permission.CANCEL_ORDER, "order.cancel")
def cancel(act: Act, order_id: str, reason: str = "") -> Order:
    """Ends an order before the award; once it was shown an enterprise's own cancelling counts in its record.

    Unless no bid is left that could be awarded: that is not the enterprise's doing.
    """
    step = take(act, order_id, "cancel")
    opened = step.order.state == "evaluating"
    shown = step.facts().published and not opened
    step.go(step.facts(reason=reason, **(dead_end(act.session, step.order) if opened else {})), {"reason": reason})
    if shown and act.actor.enterprise_id is not None:
        blame_buyer(act, step.order, "order_cancelled", reason)
    return step.order


@action(Permission.PAUSE_ORDER, "order.pause")
def pause(act: Act, order_id: str) -> Order:
    """Stops an open order for a while: by its owner, or by the clock when it stood idle."""
    step = take(act, order_id, "pause")
    order = step.order
    idle_from = order.owner_acted_at or order.state_since
    step.go(step.facts(**({"idle_until": due(act.session, "idle", order, idle_from)} if idle_from else {})))
    return order


@action(Permission.AMEND_ORDER, "order.resume")
def resume(act: Act, order_id: str) -> Order:
    """Opens a paused order again; the deadline moves by as long as it was paused."""
    step = take(act, order_id, "resume")
    order = step.order
    if order.bids_close_at and order.state_since:
        order.closes_at = order.bids_close_at + (act.now - order.state_since)
        order.deadline = day_of(order.closes_at - timedelta(microseconds=1))
    order.owner_acted_at = act.now  # else an order that stood idle would be paused again at the clock's next turn
    step.go()
    return order


COPIED = EDITABLE - {"closes_at"}


@action(Permission.SUBMIT_ORDER, "order.reissue")
def reissue(act: Act, order_id: str, reason: str) -> Order:
    """A new draft of an order that had too few bids; one bid is enough this time, and there is no second time."""
    step = take(act, order_id, "reissue")
    old = step.order
    if old.reissue_of or act.session.scalar(select(Order.id).where(Order.reissue_of == old.id)):
        raise InvalidInput("reissue: only once")
    step.go(step.facts(reason=reason), {"reason": reason})
    new = Order(id=f"O{secrets.token_hex(5).upper()}", state="draft", enterprise_id=old.enterprise_id, owner_id=old.owner_id,
                source_kind=old.source_kind, source_title=old.source_title, verified=old.verified, state_since=act.now,
                owner_acted_at=act.now, bids_needed=1, reissue_of=old.id, **{name: getattr(old, name) for name in COPIED})
    act.session.add(new)
    act.session.flush()
    act.note("order", new.id, order_id=new.id)
    return new


@action(Permission.READ_BRIEF, "order.accept_terms")
def accept_terms(act: Act, order_id: str) -> Order:
    """Accepts the terms of a confidential order; its enterprise sees who did, and when."""
    step = take(act, order_id, "accept_terms")
    if act.actor.institution_id is None or act.actor.person_id is None:
        raise NotFound("firm")
    if act.session.get(BriefReading, (order_id, act.actor.institution_id)) is None:
        act.session.add(BriefReading(order_id=order_id, institution_id=act.actor.institution_id,
                                     person_id=act.actor.person_id, at=act.now))
    step.go()
    return step.order


@action(Permission.ASK, "order.ask")
def ask(act: Act, order_id: str, text: str) -> Question:
    """Asks in public; nobody learns who asked."""
    step = take(act, order_id, "ask")
    if not text.strip():
        raise InvalidInput("text")
    assert act.actor.institution_id is not None
    question = Question(order_id=order_id, institution_id=act.actor.institution_id, text=text.strip(), asked_at=act.now)
    act.session.add(question)
    act.session.flush()
    step.go()
    return question


@action(Permission.ANSWER, "order.answer")
def answer(act: Act, order_id: str, question_id: int, text: str) -> Question:
    """Answers a question to all."""
    step = take(act, order_id, "answer")
    question = act.session.get(Question, question_id)
    if question is None or question.order_id != order_id:
        raise NotFound("question")
    if not text.strip():
        raise InvalidInput("text")
    question.answer, question.answered_at = text.strip(), act.now
    step.go(detail={"question": question.id})
    return question
