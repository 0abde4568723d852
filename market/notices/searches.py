"""Saved searches: what is new in them is told once per thing, even where several of a person's searches meet it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, action
from market.errors import InvalidInput, NotFound
from market.notices.inbox import Happening, tell
from market.notices.models import Notice, NoticeSwitch, SavedSearch

MOST = 50
INDEXED = timedelta(minutes=1)  # how long a change may need to reach the index: the search finds it after that
FOUND_BY = "search:"  # a reason of this kind names a saved search
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
    """Tells of what is new in every saved search; gives the number of messages.

    A thing that is found because it changed is no second message for whoever was told of the change: it names the search.
    """
    sent = 0
    for row in list(act.session.scalars(select(SavedSearch).order_by(SavedSearch.id))):
        found = find(row.query)
        for thing in sorted(set(found) - set(row.seen)):
            kind, _, key = thing.partition(":")
            if (told := _told_of(act.session, row, thing)) is not None:
                told.reasons = list(dict.fromkeys([*told.reasons, f"{FOUND_BY}{row.name}"]))
            else:
                sent += tell(act, Happening("search.hit", kind, key, f"hit:{thing}"), [row.person_id], row.name)
        row.seen, row.looked_at = sorted({*row.seen, *found}), act.now
    return sent


def _told_of(session: Session, row: SavedSearch, thing: str) -> Notice | None:
    """The newest message of a change of a thing since the search was last asked; the key of such a one begins with it."""
    off = select(NoticeSwitch.event).where(NoticeSwitch.person_id == row.person_id, ~NoticeSwitch.inbox)
    return session.scalars(select(Notice).where(
        Notice.person_id == row.person_id, Notice.key.startswith(f"{thing}:", autoescape=True), Notice.event.not_in(off),
        Notice.at >= (row.looked_at or row.saved_at) - INDEXED).order_by(Notice.at.desc(), Notice.id.desc())).first()
