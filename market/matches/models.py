"""Tables about matches: judgements of fit, readers without ranks, measurements of the matcher, plans, front places."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.clock import Moment
from market.database import Names, Table


class FitLabel(Table):
    """One person's judgement whether a firm fits an order, with the reason; it measures the matcher and never ranks."""

    __tablename__ = "fit_labels"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Text)
    fit: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("length(reason) BETWEEN 2 AND 500", name="reason"),)


class NeutralReader(Table):
    """A person who reads lists of matches by name, without ranks, until they choose otherwise."""

    __tablename__ = "neutral_readers"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)


class Measurement(Table):
    """One run of the matcher over the labelled set: asked for by a person, done by the worker, with its report or fault."""

    __tablename__ = "measurements"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    step_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    report: Mapped[dict[str, Any] | None] = mapped_column(Names)
    fault: Mapped[str] = mapped_column(Text, default="")


class CityPlan(Table):
    """The allocation of all open orders to all capacity at one moment, beside the greedy one; stamp: of what it was made."""

    __tablename__ = "city_plans"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    stamp: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]] = mapped_column(Names)


class FrontPlace(Table):
    """A firm among the first of an order's ranking in a month ("2026-11"), as the month's last computation had it."""

    __tablename__ = "front_places"

    month: Mapped[str] = mapped_column(Text, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), index=True)

    __table_args__ = (CheckConstraint("place > 0", name="place"),)
