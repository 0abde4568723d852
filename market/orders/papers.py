"""Which files belong to an order, and whether an actor may have one: a hash alone opens nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Actor
from market.errors import NotFound
from market.orders.contract import contracts, seen_awards
from market.orders.delivery_models import Payment
from market.orders.models import Order
from market.orders.thread import case_file, thread

Paper = Mapping[str, str]  # name and sha256


def papers(session: Session, actor: Actor, order: Order) -> list[Paper]:
    """The files of an order that an actor may have: evidence, messages, proofs of payment; none for a stranger."""
    found: list[Paper] = []
    for read in (_evidence, _said, _proofs, _case):
        try:
            found += read(session, actor, order)
        except NotFound:
            continue
    return found


def _evidence(session: Session, actor: Actor, order: Order) -> Iterator[Paper]:
    for one in contracts(session, actor, order):
        for part in one.milestones:
            yield from part.evidence


def _said(session: Session, actor: Actor, order: Order) -> Iterator[Paper]:
    for one in thread(session, actor, order):
        yield from one.files


def _proofs(session: Session, actor: Actor, order: Order) -> Iterator[Paper]:
    mine = [award.id for award in seen_awards(session, actor, order)]
    for row in session.scalars(select(Payment).where(Payment.order_id == order.id, Payment.award_id.in_(mine))):
        if row.proof:
            yield row.proof


def _case(session: Session, actor: Actor, order: Order) -> Iterator[Paper]:
    file = case_file(session, actor, order)
    for _, part in file.milestones if file else ():
        yield from part.evidence


def award_papers(session: Session, actor: Actor, order: Order, award_id: int) -> list[dict[str, str]]:
    """The evidence and the proofs of payment of one award that the actor may read, each file once."""
    mine = next((one for one in contracts(session, actor, order) if one.award.id == award_id), None)
    found = [row for part in mine.milestones for row in part.evidence] if mine else []
    found += [row.proof for row in session.scalars(select(Payment).where(Payment.award_id == award_id).order_by(Payment.id))
              if mine and row.proof]
    return list({row["sha256"]: dict(row) for row in found}.values())


def paper(session: Session, actor: Actor, order: Order, sha256: str) -> str:
    """The name of a file that an actor may have; NotFound for every other hash."""
    for row in papers(session, actor, order):
        if row["sha256"] == sha256:
            return row["name"]
    raise NotFound("file")
