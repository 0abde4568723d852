"""Saved searches: what is new in them is told once per thing, even where several of a person's searches meet it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, action
from market.errors import InvalidInput, NotFound
from market.notices.inbox import Happening, tell
from market.notices.models import SavedSearch

MOST = 50
Find = Callable[[dict[str, Any]], list[str]]  # a query -> ids of what it finds now, as "kind:id"


@action(Permission.SAVE_SEARCH, "search.saved")
def save(act: Act, name: str, query: dict[str, Any], found: list[str]) -> SavedSearch:
    """Keeps a search with what it finds today, so that only later things are new."""
    if not name.strip() or act.actor.person_id is None:
        raise InvalidInput("name")
    if len(mine(act.session, act.actor)) >= MOST:
        raise InvalidInput("searches: enough")
    row = SavedSearch(person_id=act.actor.person_id, name=name.strip(), query=query, seen=sorted(found), saved_at=act.now)
    act.session.add(row)
    act.session.flush()
    act.note("search", row.id)
    return row


@action(Permission.SAVE_SEARCH, "search.removed")
def remove(act: Act, search_id: int) -> None:
    """Forgets one of the actor's searches."""
    row = act.session.get(SavedSearch, search_id)
    if row is None or row.person_id != act.actor.person_id:
        raise NotFound("search")
    act.session.delete(row)
    act.note("search", search_id)


def mine(session: Session, actor: Actor) -> list[SavedSearch]:
    """The actor's searches, by name."""
    return list(session.scalars(select(SavedSearch).where(SavedSearch.person_id == actor.person_id)
                                .order_by(SavedSearch.name, SavedSearch.id)))


def alert(act: Act, find: Find) -> int:
    """Tells of what is new in every saved search; gives the number of messages."""
    sent = 0
    for row in list(act.session.scalars(select(SavedSearch).order_by(SavedSearch.id))):
        found = find(row.query)
        for thing in sorted(set(found) - set(row.seen)):
            kind, _, key = thing.partition(":")
            sent += tell(act, Happening("search.hit", kind, key, f"hit:{thing}"), [row.person_id], row.name)
        row.seen = sorted({*row.seen, *found})
    return sent
