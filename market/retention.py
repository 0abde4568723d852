"""Deletes what has been kept for as long as the durations table says; what was deleted is counted in the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, not_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from market.access import Act, Permission, action
from market.accounts.models import AccessToken, SignedIn, SignInLane, Ticket
from market.clock import day_of, later
from market.database import Table
from market.notices.models import Notice, WebhookCall
from market.orders.delivery_models import Candidate, Ownership, Placement
from market.orders.durations import everywhere
from market.orders.life import FINAL
from market.orders.models import AnsweredRequest, Order

CANDIDATES = "retain_candidates"


@dataclass(frozen=True)
class Kept:
    """Rows of a table are kept for a duration after a moment of theirs."""

    duration: str
    table: type[Table]
    since: InstrumentedAttribute[Any]


KEPT: tuple[Kept, ...] = (
    Kept("retain_notices", Notice, Notice.at), Kept("retain_sessions", SignedIn, SignedIn.ends_at),
    Kept("retain_tickets", Ticket, Ticket.ends_at), Kept("retain_lanes", SignInLane, SignInLane.next_at),
    Kept("retain_requests", AnsweredRequest, AnsweredRequest.at), Kept("retain_ownerships", Ownership, Ownership.until),
    Kept("retain_tokens", AccessToken, AccessToken.ends_at), Kept("retain_calls", WebhookCall, WebhookCall.done_at),
)


def _before(session: Session, name: str, now: datetime) -> datetime:
    """What began to be kept before this moment is due."""
    row = everywhere(session, name, day_of(now))
    return later(now, -row.amount, row.unit)


def _due_candidates(session: Session, now: datetime) -> list[Candidate]:
    """Candidates all of whose orders ended long enough ago."""
    limit = _before(session, CANDIDATES, now)
    running = exists().where(Placement.candidate_id == Candidate.id, Placement.order_id == Order.id,
                             not_(Order.state.in_(FINAL) & (Order.state_since < limit)))
    return list(session.scalars(select(Candidate).where(
        Candidate.erased_at.is_(None), Candidate.added_at < limit, ~running).order_by(Candidate.id)))


def _is_due(session: Session, kept: Kept, now: datetime) -> ColumnElement[bool]:
    return kept.since < _before(session, kept.duration, now)


def due(session: Session, now: datetime) -> dict[str, int]:
    """Duration -> number of rows that are due at a moment; those without any left out."""
    found = {CANDIDATES: len(_due_candidates(session, now))}
    for kept in KEPT:
        found[kept.duration] = session.scalar(
            select(func.count()).select_from(kept.table).where(_is_due(session, kept, now))) or 0
    return {name: count for name, count in found.items() if count}


def forget_due(act: Act) -> dict[str, int]:
    """Deletes everything that is due, candidates' data inside their rows; gives what `due` gave, empty where nothing was."""
    found = due(act.session, act.now)
    if found:
        _forget(act, found)
    return found


@action(Permission.RUN_CLOCK, "retention.forget")
def _forget(act: Act, found: dict[str, int]) -> None:
    for candidate in _due_candidates(act.session, act.now):
        candidate.sealed, candidate.person_hash, candidate.erased_at = None, None, act.now
        act.note("candidate", candidate.id, subject=candidate.id)
    for kept in KEPT:
        act.session.execute(delete(kept.table).where(_is_due(act.session, kept, act.now)))
    act.session.flush()
    act.note("site", "retention", detail=found)
