"""Following firms and orders: what a person hears of them is what anybody sees on their pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, action
from market.database import put_once
from market.errors import InvalidInput, NotFound
from market.institutions import queries as institutions
from market.institutions.models import Institution
from market.notices.follows import FIRM, ORDER
from market.notices.models import Follow
from market.orders import queries
from market.orders.models import Order

MOST = 500


@action(Permission.OWN_ACCOUNT, "follow.begun")
def follow(act: Act, key: str, kind: str) -> None:
    """The actor wants to hear of a firm or of an order that they may know of; a public posting has no life to follow."""
    if kind == FIRM:
        institutions.institution(act.session, key)
    elif kind != ORDER or queries.order(act.session, key, act.actor).kind != "order":
        raise NotFound(key)
    mine = act.session.scalar(select(func.count()).select_from(Follow).where(Follow.person_id == act.actor.person_id))
    if (mine or 0) >= MOST:
        raise InvalidInput("follows")
    put_once(act.session, Follow, person_id=act.actor.person_id, kind=kind, object_id=key, since=act.now)
    act.note(kind, key)


@action(Permission.OWN_ACCOUNT, "follow.ended")
def unfollow(act: Act, key: str, kind: str) -> None:
    """The actor wants to hear no more of a thing; also of one that they may no longer know of."""
    gone = act.session.execute(delete(Follow).where(
        Follow.person_id == act.actor.person_id, Follow.kind == kind, Follow.object_id == key).returning(Follow.object_id))
    if gone.first() is None:
        raise NotFound(key)
    act.note(kind, key)


def followed(session: Session, actor: Actor, kind: str, keys: Sequence[str]) -> frozenset[str]:
    """Those of some things that the actor follows."""
    if actor.person_id is None:
        return frozenset()
    return frozenset(session.scalars(select(Follow.object_id).where(
        Follow.person_id == actor.person_id, Follow.kind == kind, Follow.object_id.in_(keys))))


@dataclass(frozen=True)
class Followed:
    """Something that a person follows; thing: the row, None where it is gone or no longer theirs to see."""

    kind: str
    key: str
    since: datetime
    thing: Institution | Order | None


def mine(session: Session, actor: Actor) -> list[Followed]:
    """What the actor follows, the newest first."""
    rows = list(session.scalars(select(Follow).where(Follow.person_id == actor.person_id)
                                .order_by(Follow.since.desc(), Follow.kind, Follow.object_id)))
    firms = institutions.by_ids(session, [row.object_id for row in rows if row.kind == FIRM])
    orders = queries.seen(session, actor, [row.object_id for row in rows if row.kind == ORDER])
    return [Followed(row.kind, row.object_id, row.since, firms.get(row.object_id) if row.kind == FIRM
                     else orders.get(row.object_id)) for row in rows]
