"""Tells people: one message per happening and person, joined when several reasons lead to it, cut by their switches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, action
from market.database import put_once
from market.errors import InvalidInput, NotFound
from market.notices.models import Notice, NoticeSwitch

MAILS = ("now", "digest", "never")


@dataclass(frozen=True)
class Happening:
    """What happened to what; key is the same for the same happening, however it is reached."""

    event: str
    kind: str
    object_id: str
    key: str


def tell(act: Act, happening: Happening, people: Iterable[int], reason: str = "") -> int:
    """Puts a happening into inboxes; gives how many are new. A second reason is added to the message that is there."""
    new = 0
    for person in sorted(set(people)):
        switch = act.session.get(NoticeSwitch, (person, happening.event))
        if switch and not switch.inbox and switch.mail == "never":
            continue
        added = put_once(act.session, Notice, person_id=person, key=happening.key, event=happening.event,
                         kind=happening.kind, object_id=happening.object_id, reasons=[reason] if reason else [], at=act.now,
                         mail=switch.mail if switch else "now")
        new += added
        if not added and reason:
            row = act.session.scalars(select(Notice).where(Notice.person_id == person, Notice.key == happening.key)).one()
            row.reasons = list(dict.fromkeys([*row.reasons, reason]))
    return new


def inbox(session: Session, actor: Actor, limit: int = 50) -> list[Notice]:
    """The actor's messages, newest first; those of events that are switched off for the inbox are left out."""
    off = select(NoticeSwitch.event).where(NoticeSwitch.person_id == actor.person_id, ~NoticeSwitch.inbox)
    return list(session.scalars(select(Notice).where(Notice.person_id == actor.person_id, Notice.event.not_in(off))
                                .order_by(Notice.at.desc(), Notice.id.desc()).limit(limit)))


def unread(session: Session, actor: Actor) -> int:
    """How many messages the actor has not read."""
    return session.scalar(select(func.count()).select_from(Notice).where(
        Notice.person_id == actor.person_id, Notice.read_at.is_(None))) or 0


def read(act: Act, notice_id: int) -> Notice:
    """Marks one of the actor's messages as read."""
    row = act.session.get(Notice, notice_id)
    if row is None or row.person_id != act.actor.person_id:
        raise NotFound("notice")
    row.read_at = row.read_at or act.now
    return row


@action(Permission.OWN_ACCOUNT, "account.notices_switched")
def switch(act: Act, event: str, wanted: tuple[bool, str]) -> None:
    """Sets what the actor wants of an event: (inbox, mail), mail being now, digest or never."""
    inbox_wanted, mail = wanted
    if mail not in MAILS:
        raise InvalidInput("mail")
    assert act.actor.person_id is not None
    row = act.session.get(NoticeSwitch, (act.actor.person_id, event)) or NoticeSwitch(
        person_id=act.actor.person_id, event=event)
    row.inbox, row.mail = inbox_wanted, mail
    act.session.add(row)
    act.note("person", act.actor.person_id, detail={"event": event})
