"""The switches of notices: which events somebody in a role can be told of, and what a sent form changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from market.access import Act, Actor, Permission, Role
from market.notices import inbox
from market.orders.announcements import AUDIENCE, FOLLOWED
from market.orders.life import TURNS
from market.orders.reminders import LEVELS
from webapp.words.life import EVENTS
from webapp.words.notices import GROUPS, SWITCH_WORDS

AS_IT_COMES = (True, "now")


@dataclass(frozen=True)
class Switch:
    """One event with its words, and what the reader wants of it: in the inbox, and how by mail."""

    event: str
    group: str
    word: str
    inbox: bool
    mail: str


def events_for(actor: Actor) -> list[str]:
    """The events that somebody in this role can be told of."""
    found = [f"order.{event}" for event, told in AUDIENCE.items() if any(role is actor.role for role, _ in told)]
    if any(role is actor.role for turn in TURNS.values() for role, _ in turn) or actor.admin:
        found += [f"order.{level}" for level in LEVELS]
    if actor.may(Permission.OWN_ACCOUNT):
        found += [*(f"follow.{event}" for event in FOLLOWED), "follow.firm", "follow.standing"]
    if actor.may(Permission.SAVE_SEARCH):
        found.append("search.hit")
    if actor.may(Permission.APPROVE_ORGANISATION):
        found.append("organisation.applied")
    if actor.organisation_id is not None:
        found += ["organisation.approved", "organisation.refused"]
    return [*found, "organisation.verification_ends"] if actor.admin and actor.role is not Role.APPLICANT else found


def switches_for(actor: Actor, wanted: Mapping[str, tuple[bool, str]]) -> list[Switch]:
    """The switches of the reader, as they stand."""
    rows = []
    for event in events_for(actor):
        group, _, name = event.partition(".")
        rows.append(Switch(event, GROUPS[group], SWITCH_WORDS.get(event) or EVENTS[name], *wanted.get(event, AS_IT_COMES)))
    return rows


def switched(act: Act, rows: Sequence[Switch], sent: Mapping[str, str]) -> int:
    """Writes what a sent form changes; gives the number of changed switches."""
    changed = [(row.event, (f"inbox-{row.event}" in sent, sent.get(f"mail-{row.event}", row.mail))) for row in rows]
    changed = [(event, now) for (event, now), row in zip(changed, rows, strict=True) if now != (row.inbox, row.mail)]
    for event, now in changed:
        inbox.switch(act, event, now)
    return len(changed)
