"""Notices as their reader sees them: what happened to what, why they are told, until when, and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from market.access import Actor
from market.accounts.queries import house_names, names_of
from market.database import Session
from market.errors import NotFound
from market.institutions import queries as institutions
from market.notices.models import Notice
from market.notices.searches import FOUND_BY
from market.orders import queries as orders
from market.orders.reminders import LEVELS
from market.orders.turns import turn_of
from market.parks import queries as parks
from market.policies import queries as policies
from webapp.words.accounts import VERIFICATIONS
from webapp.words.notices import (
    CHANGED_LINE,
    DUE_LINE,
    FOUND_LINE,
    JOIN,
    LABEL_LINE,
    QUOTE,
    UNNAMED,
    WON_LINE,
    changed_word,
    due_thing,
    reason_line,
    sentence,
)

FOUND: dict[str, Callable[..., Mapping[str, Any]]] = {
    "institution": institutions.by_ids, "order": orders.by_ids, "park": parks.by_ids, "policy": policies.by_ids}
PLACES = {"institution": "/institutions", "order": "/orders", "park": "/parks", "policy": "/policies"}
REMINDERS = frozenset(f"order.{level}" for level in LEVELS)
CALLS = frozenset({"organisation.applied"})  # what the operator is told of an organisation


@dataclass(frozen=True)
class News:
    """One notice in words; until: the end of the reader's turn, where it is theirs."""

    notice: Notice
    sentence: str
    address: str
    reasons: tuple[str, ...] = ()
    until: datetime | None = None


def news_of(session: Session, actor: Actor, rows: Sequence[Notice]) -> list[News]:
    """Notices in words, in their order; a thing that the actor may no longer see is called by its number."""
    names = house_names(session, {int(row.object_id) for row in rows if row.kind == "organisation"})
    return [_one(session, actor, row, names) for row in rows]


def _one(session: Session, actor: Actor, row: Notice, houses: Mapping[int, str]) -> News:
    name, until = UNNAMED.get(row.kind, "{}").format(row.object_id), None
    if row.kind == "organisation":
        name = houses.get(int(row.object_id), name)
        address = "/organisations" if row.event in CALLS else "/account"
        return News(row, sentence(row.event, name), address, _reasons(session, row))
    address = f"{PLACES[row.kind]}/{row.object_id}" if row.kind in PLACES else "/inbox"
    if row.event == "search.hit" or row.kind == "institution":
        found = FOUND[row.kind](session, [row.object_id]).get(row.object_id)
        name = getattr(found, "title", None) or getattr(found, "name", None) or name
    elif row.kind == "order":
        name, until = _order(session, actor, row.object_id, name)
        thing, place = due_thing(row.reasons) if row.event in REMINDERS else ("", "")
        until = None if thing else until  # the order's own clock is another one
        address += place or ("/candidates" if row.event.startswith("order.candidate_") else "")
    return News(row, sentence(row.event, name), address, _reasons(session, row), until)


def _order(session: Session, actor: Actor, key: str, unnamed: str) -> tuple[str, datetime | None]:
    try:
        order = orders.order(session, key, actor)
    except NotFound:
        return unnamed, None
    turn = turn_of(session, actor, order)
    return order.title or unnamed, turn.until if turn.mine else None


def _reasons(session: Session, row: Notice) -> tuple[str, ...]:
    """Why the reader is told; an escalation keeps the numbers of the people who were told: here they have names."""
    found = [reason.removeprefix(FOUND_BY) for reason in row.reasons if reason.startswith(FOUND_BY)]
    beside = (FOUND_LINE.format(JOIN.join(map(QUOTE.format, found))),) if found else ()
    if row.event.startswith("follow."):
        return (*_followed(session, row.event, [one for one in row.reasons if not one.startswith(FOUND_BY)]), *beside)
    if beside:
        return beside
    thing = due_thing(row.reasons)[0] if row.event in REMINDERS else ""
    due = (DUE_LINE.format(thing),) if thing else ()
    if row.event != "order.escalated":
        return due or tuple(filter(None, [reason_line(row.event, row.reasons)]))
    told = [int(key) for reason in row.reasons for key in reason.partition(":")[2].split(",") if key]
    names = names_of(session, set(told))
    return (*due, reason_line(row.event, [names[key] for key in dict.fromkeys(told) if key in names], quoted=False))


def _followed(session: Session, event: str, reasons: Sequence[str]) -> tuple[str, ...]:
    """What changed of a followed firm, or which followed firms won."""
    if not reasons:
        return ()
    if event == "follow.firm":
        return (CHANGED_LINE.format(JOIN.join(map(changed_word, reasons))),)
    if event == "follow.standing":
        return (LABEL_LINE.format(VERIFICATIONS[reasons[-1]].word),)
    won = institutions.by_ids(session, [reason.partition(":")[2] for reason in reasons])
    return (WON_LINE.format(JOIN.join(firm.name for firm in won.values())),)
