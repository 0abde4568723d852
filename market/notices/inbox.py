"""Tells people: one message per happening and person, joined when several reasons lead to it, cut by their switches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select, update
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
    return put(act.session, act.now, happening, people, [reason] if reason else [])


def put(session: Session, at: datetime, happening: Happening, people: Iterable[int], reasons: Sequence[str]) -> int:
    """As `tell`, for what nobody did: a file that was loaded."""
    new = 0
    for person in sorted(set(people)):
        switch = session.get(NoticeSwitch, (person, happening.event))
        if switch and not switch.inbox and switch.mail == "never":
            continue
        added = put_once(session, Notice, person_id=person, key=happening.key, event=happening.event, kind=happening.kind,
                         object_id=happening.object_id, reasons=list(reasons), at=at, mail=switch.mail if switch else "now")
        new += added
        if not added and reasons:
            row = session.scalars(select(Notice).where(Notice.person_id == person, Notice.key == happening.key)).one()
            row.reasons = list(dict.fromkeys([*row.reasons, *reasons]))
    return new


def _mine(actor: Actor) -> ColumnElement[bool]:
    """The actor's messages, those of events that are switched off for the inbox left out."""
    off = select(NoticeSwitch.event).where(NoticeSwitch.person_id == actor.person_id, ~NoticeSwitch.inbox)
    return and_(Notice.person_id == actor.person_id, Notice.event.not_in(off))


def inbox(session: Session, actor: Actor, offset: int = 0, limit: int = 50) -> list[Notice]:
    """One page of the actor's messages: those not read first, each part with the newest first."""
    return list(session.scalars(select(Notice).where(_mine(actor)).order_by(
        Notice.read_at.is_not(None), Notice.at.desc(), Notice.id.desc()).offset(offset).limit(limit)))


def counted(session: Session, actor: Actor) -> tuple[int, int]:
    """How many messages the actor has, and how many of them were not read."""
    row = session.execute(select(func.count(), func.count().filter(Notice.read_at.is_(None))).where(_mine(actor))).one()
    return row[0], row[1]


def unread(session: Session, actor: Actor) -> int:
    """How many messages the actor has not read."""
    return counted(session, actor)[1]


def read(act: Act, notice_id: int) -> Notice:
    """Marks one of the actor's messages as read."""
    row = act.session.get(Notice, notice_id)
    if row is None or row.person_id != act.actor.person_id:
        raise NotFound("notice")
    row.read_at = row.read_at or act.now
    return row


def read_all(act: Act) -> None:
    """Marks every message of the actor as read."""
    act.session.execute(update(Notice).where(Notice.person_id == act.actor.person_id, Notice.read_at.is_(None))
                        .values(read_at=act.now))


def switches(session: Session, actor: Actor) -> dict[str, tuple[bool, str]]:
    """Event -> (inbox, mail) of what the actor switched; every other event comes both ways at once."""
    rows = session.scalars(select(NoticeSwitch).where(NoticeSwitch.person_id == actor.person_id))
    return {row.event: (row.inbox, row.mail) for row in rows}


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
