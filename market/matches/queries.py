"""Reads about matches."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from market.access import Actor
from market.matches.models import CityPlan, FitLabel, FrontPlace, Measurement, NeutralReader


def reads_neutrally(session: Session, actor: Actor) -> bool:
    """True for a person who chose to read matches by name."""
    return actor.person_id is not None and session.get(NeutralReader, actor.person_id) is not None


def own_label(session: Session, actor: Actor, order_id: str, institution_id: str) -> FitLabel | None:
    """What the actor said of one firm for one order."""
    if actor.person_id is None:
        return None
    return session.get(FitLabel, (order_id, institution_id, actor.person_id))


def label_counts(session: Session) -> tuple[int, int]:
    """Judgements that are kept, and those of them that say fit."""
    return session.scalar(select(func.count()).select_from(FitLabel)) or 0, \
        session.scalar(select(func.count()).select_from(FitLabel).where(FitLabel.fit)) or 0


def labels(session: Session) -> Sequence[FitLabel]:
    """Every judgement, by order and firm, the newest of each pair last."""
    return session.scalars(select(FitLabel).order_by(FitLabel.order_id, FitLabel.institution_id, FitLabel.at)).all()


def newest_measurement(session: Session) -> Measurement | None:
    """The measurement that was asked for last, under way or done."""
    return session.scalar(select(Measurement).order_by(Measurement.id.desc()).limit(1))


def waiting_measurement(session: Session) -> Measurement | None:
    """The measurement that is still to be done."""
    return session.scalar(select(Measurement).where(Measurement.finished_at.is_(None)).order_by(Measurement.id).limit(1))


def newest_plan(session: Session) -> CityPlan | None:
    """The last plan of the city."""
    return session.scalar(select(CityPlan).order_by(CityPlan.id.desc()).limit(1))


def keep_plan(session: Session, plan: CityPlan) -> None:
    """Stores a plan in place of the earlier ones."""
    session.execute(delete(CityPlan))
    session.add(plan)


def keep_front(session: Session, month: str, fronts: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Stores the first firms of some orders' rankings for a month, in place of what was there of these orders."""
    for order_id, firms in fronts:
        session.execute(delete(FrontPlace).where(FrontPlace.month == month, FrontPlace.order_id == order_id))
        session.add_all(FrontPlace(month=month, order_id=order_id, place=place, institution_id=firm)
                        for place, firm in enumerate(firms, 1))


def fronts(session: Session) -> dict[str, list[list[str]]]:
    """Month -> the first firms of each order's ranking, best first."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in session.scalars(select(FrontPlace).order_by(FrontPlace.month, FrontPlace.order_id, FrontPlace.place)):
        found.setdefault((row.month, row.order_id), []).append(row.institution_id)
    out: dict[str, list[list[str]]] = {}
    for (month, _), firms in found.items():
        out.setdefault(month, []).append(firms)
    return out
