"""Delivery: milestones with evidence, acceptance by word or by silence, ending early, the words of both sides."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.access import Act, Permission, action
from market.errors import InvalidInput, NotFound
from market.orders.answers import answered, asked, no_longer_asked
from market.orders.delivery_models import Milestone, Placement
from market.orders.models import IN_DISPUTE, Message, Order
from market.orders.parties import blame_buyer
from market.orders.settlement import keep_lines, ledger_lines
from market.orders.steps import Step, take

SHA256 = re.compile(r"[0-9a-f]{64}")
Files = Sequence[Mapping[str, str]]


def _files(files: Files) -> list[dict[str, str]]:
    found = [{"name": str(row.get("name", "")), "sha256": str(row.get("sha256", ""))} for row in files]
    if any(not row["name"] or not SHA256.fullmatch(row["sha256"]) for row in found):
        raise InvalidInput("files: name and sha256 of each")
    return found


def milestones(session: Session, order: Order) -> list[Milestone]:
    """The milestones of an order's awards, in order."""
    return list(session.scalars(select(Milestone).where(Milestone.order_id == order.id)
                                .order_by(Milestone.award_id, Milestone.number)))


@action(Permission.DELIVER, "order.report")
def report(act: Act, order_id: str, milestone_id: int, evidence: Files) -> Milestone:
    """Reports a milestone of one's own award as done, with its evidence."""
    step = take(act, order_id, "report")
    row = act.session.get(Milestone, milestone_id)
    if row is None or row.order_id != order_id or row.award_id not in _own_awards(step):
        raise NotFound("milestone")
    files = _files(evidence)
    if not files:
        raise InvalidInput("evidence")
    step.go(detail={"milestone": row.id})
    row.state, row.evidence, row.reported_at, row.rejection = "reported", files, act.now, None
    act.session.flush()
    return row


def _own_awards(step: Step) -> set[int]:
    from market.orders.steps import standing_awards

    return {award.id for award in standing_awards(step.act.session, step.order, ("active",))
            if award.institution_id == step.act.actor.institution_id}


@action(Permission.DELIVER, "order.deliver_all")
def deliver_all(act: Act, order_id: str) -> Order:
    """Hands everything over; the enterprise has its days to answer."""
    step = take(act, order_id, "deliver_all")
    order, session = step.order, act.session
    scheduled = sum(row.state == "scheduled" for row in milestones(session, order))
    rows = list(session.execute(select(Placement.stage, Placement.consented_at).where(Placement.order_id == order_id)))
    asked_only = sum(stage == "proposed" for stage, _ in rows)
    step.go(step.facts(scheduled=scheduled, without_consent=asked_only + (not any(when for _, when in rows))))
    no_longer_asked(act, order)
    asked(act, order, "acceptance", 0)
    return order


@action(Permission.ACCEPT, "order.accept")
def accept(act: Act, order_id: str) -> Order:
    """Accepts the delivery: the owner, or the clock after the enterprise was silent, which its public figure shows."""
    step = take(act, order_id, "accept")
    silent = act.actor.enterprise_id is None
    step.go(detail={"by_silence": silent})
    accept_reported(act, step.order, set(), by_silence=silent)
    answered(act, step.order, "acceptance", 0, silent=silent)
    return step.order


def accept_reported(act: Act, order: Order, but: set[int], *, by_silence: bool = False) -> None:
    """Marks every reported milestone as accepted, some left out."""
    for row in milestones(act.session, order):
        if row.id not in but and row.state == "reported":
            row.state, row.accepted_at, row.by_silence = "accepted", act.now, by_silence
    act.session.flush()


@action(Permission.REJECT, "order.reject_part")
def reject_part(act: Act, order_id: str, items: Mapping[int, str]) -> Order:
    """Sends milestones back, each with its reason; the others are accepted."""
    step = take(act, order_id, "reject_part")
    rows = {row.id: row for row in milestones(act.session, step.order) if row.state == "reported"}
    bad = tuple(sorted(key for key, reason in items.items() if key not in rows or not reason.strip())) or (
        () if items else ("none",))
    step.go(step.facts(unreasoned=bad), {"items": {str(key): reason for key, reason in items.items()}})
    for key, reason in items.items():
        rows[key].state, rows[key].rejection = "scheduled", reason.strip()
    accept_reported(act, step.order, set(items))
    answered(act, step.order, "acceptance", 0)
    return step.order


@action(Permission.TERMINATE, "order.terminate")
def terminate(act: Act, order_id: str, reason: str) -> Order:
    """Ends a delivery early; what was reported or accepted is owed."""
    step = take(act, order_id, "terminate")
    step.go(step.facts(reason=reason), {"reason": reason})
    no_longer_asked(act, step.order)
    done = {row.id for row in milestones(act.session, step.order) if row.state != "scheduled"}
    keep_lines(act, [line for line in ledger_lines(act.session, step.order, act.now) if line.milestone_id in done])
    if step.act.actor.enterprise_id is not None:
        blame_buyer(act, step.order, "order_terminated", reason)
    return step.order


@dataclass(frozen=True)
class Words:
    """What somebody says inside an order, with the files that belong to it."""

    text: str
    files: Files = field(default_factory=tuple)


@action(Permission.MESSAGE, "order.say")
def say(act: Act, order_id: str, words: Words) -> Message:
    """Writes into the order's thread; while a dispute runs this is its case file."""
    step = take(act, order_id, "say")
    if not words.text.strip():
        raise InvalidInput("text")
    assert act.actor.person_id is not None
    row = Message(order_id=order_id, organisation_id=act.actor.organisation_id, person_id=act.actor.person_id, at=act.now,
                  in_case=step.order.state in IN_DISPUTE, text=words.text.strip(), files=_files(words.files))
    act.session.add(row)
    act.session.flush()
    step.go(detail={"message": row.id})
    return row


def silences(session: Session, enterprise_id: int) -> int:
    """How many milestones of an enterprise's orders were accepted by its silence."""
    return session.scalar(select(func.count()).select_from(Milestone).join(Order, Order.id == Milestone.order_id).where(
        Order.enterprise_id == enterprise_id, Milestone.by_silence)) or 0
