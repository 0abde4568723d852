"""How long enterprises take to answer: a clock per question put to them, and the public figure made of these clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from market.access import Act
from market.orders.delivery_models import AnswerClock
from market.orders.durations import due
from market.orders.models import Order

DAY = timedelta(days=1)


def asked(act: Act, order: Order, kind: str, object_id: int) -> None:
    """Starts the clock of an answer: view, interview, decision or acceptance."""
    if order.enterprise_id is not None:
        act.session.add(AnswerClock(order_id=order.id, enterprise_id=order.enterprise_id, kind=kind, object_id=object_id,
                                    asked_at=act.now, due_at=due(act.session, f"answer_{kind}", order, act.now)))


def answered(act: Act, order: Order, kind: str, object_id: int, *, silent: bool = False) -> None:
    """Stops the clock; silent where the time ran out instead."""
    _stop(act, order, AnswerClock.kind == kind, AnswerClock.object_id == object_id, silent=silent)


def no_longer_asked(act: Act, order: Order) -> None:
    """Stops every clock about candidates when a delivery ends: each counts with the time that it has waited, no more."""
    _stop(act, order, AnswerClock.kind != "acceptance")


def _stop(act: Act, order: Order, *which: ColumnElement[bool], silent: bool = False) -> None:
    for row in act.session.scalars(select(AnswerClock).where(AnswerClock.order_id == order.id, *which,
                                                             AnswerClock.answered_at.is_(None))):
        row.answered_at, row.silent = act.now, silent or act.now >= row.due_at


@dataclass(frozen=True)
class Responsiveness:
    """An enterprise's figure: median days to an answer (None without any), answers, and how many came late or not at all."""

    median_days: float | None
    answers: int
    late: int

    @property
    def on_time_percent(self) -> int | None:
        """Answers inside their clock, per cent, rounded down so that 100 means all; None without any."""
        return (self.answers - self.late) * 100 // self.answers if self.answers else None


def responsiveness(session: Session, enterprise_id: int, now: datetime) -> Responsiveness:
    """The figure of an enterprise now; a question that waits beyond its time counts with the time that it has waited."""
    rows = list(session.scalars(select(AnswerClock).where(AnswerClock.enterprise_id == enterprise_id)))
    counted = [row for row in rows if row.answered_at or now >= row.due_at]
    days = [((row.answered_at or now) - row.asked_at) / DAY for row in counted]
    late = sum(row.silent or row.answered_at is None for row in counted)
    return Responsiveness(round(median(days), 1) if days else None, len(days), late)
