"""Writes about matches: a judgement of fit, the choice to read without ranks, the wish to measure the matcher again."""

from __future__ import annotations

from sqlalchemy import select

from market.access import Act, Permission, action
from market.database import put_once
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.institutions.models import Institution
from market.matches.models import FitLabel, Measurement, NeutralReader
from market.orders.queries import order as order_known

SHORTEST, LONGEST = 2, 500  # characters of a reason


@action(Permission.JUDGE_FIT, "match.judged")
def judge(act: Act, order_id: str, institution_id: str, fit: bool, reason: str) -> FitLabel:
    """A person's judgement of one firm for one order; a later one of the same person takes its place.

    InvalidInput("reason") where the reason is too short or too long.
    """
    order = order_known(act.session, order_id, act.actor)
    if act.session.get(Institution, institution_id) is None:
        raise NotFound("institution")
    said = " ".join(reason.split())
    if not SHORTEST <= len(said) <= LONGEST:
        raise InvalidInput("reason")
    assert act.actor.person_id is not None
    key = (order.id, institution_id, act.actor.person_id)
    row = act.session.get(FitLabel, key) or FitLabel(order_id=key[0], institution_id=key[1], person_id=key[2])
    row.role, row.fit, row.reason, row.at = str(act.actor.role), fit, said, act.now
    act.session.add(row)
    act.session.flush()
    # The order's own chain is not joined: a judgement is about the matcher and no step of the order.
    act.note("match", f"{order.id}/{institution_id}", detail={"fit": fit})
    return row


@action(Permission.OWN_ACCOUNT, "match.order_chosen")
def read_neutrally(act: Act, neutral: bool) -> None:
    """Remembers that a person reads matches by name, or no longer."""
    assert act.actor.person_id is not None
    if neutral:
        put_once(act.session, NeutralReader, person_id=act.actor.person_id, since=act.now)
    elif row := act.session.get(NeutralReader, act.actor.person_id):
        act.session.delete(row)
    act.note("person", act.actor.person_id, detail={"neutral": neutral})


@action(Permission.MEASURE, "matcher.measurement_asked")
def ask_measurement(act: Act) -> Measurement:
    """Asks the worker to measure the matcher again; NotPossibleNow while one is under way."""
    if act.session.scalar(select(Measurement.id).where(Measurement.finished_at.is_(None))) is not None:
        raise NotPossibleNow("measuring")
    assert act.actor.person_id is not None
    row = Measurement(asked_at=act.now, person_id=act.actor.person_id)
    act.session.add(row)
    act.session.flush()
    act.note("measurement", row.id)
    return row
