"""Sends notices by mail through an SMTP server: each at once or gathered into one digest, as the person wants it."""

from __future__ import annotations

import smtplib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.accounts.models import Person
from market.clock import SHANGHAI
from market.database import Database
from market.notices.models import Notice

BATCH, TIMEOUT_S, DIGEST_HOUR = 100, 20, 8
Words = Callable[[Sequence[Notice]], tuple[str, str]]  # subject and text of a message that tells of some notices


@dataclass(frozen=True)
class MailServer:
    """Where and as whom to send; without a user nobody signs in."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False


def digest_hour(now: datetime) -> datetime:
    """The newest eight o'clock in Shanghai: a digest gathers what came before it, whenever and by whomever it is sent."""
    morning = now.astimezone(SHANGHAI).replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    return morning if morning <= now else morning - timedelta(days=1)


def _due(session: Session, way: str, now: datetime) -> dict[int, list[Notice]]:
    until = digest_hour(now) if way == "digest" else now + timedelta(days=1)
    rows = session.scalars(select(Notice).where(Notice.mail == way, Notice.mailed_at.is_(None), Notice.read_at.is_(None),
                                                Notice.at < until)
                           .order_by(Notice.id).limit(BATCH).with_for_update(skip_locked=True))
    found: dict[int, list[Notice]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(row)
    return found


def _message(server: MailServer, to: str, rows: Sequence[Notice], words: Words) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = server.sender, to
    message["Message-ID"] = f"<notice-{rows[0].id}-{len(rows)}@{server.sender.partition('@')[2]}>"
    message["Subject"], text = words(rows)
    message.set_content(text)
    return message


def deliver(server: MailServer, to: str, subject: str, text: str) -> None:
    """Sends one message that is no notice; OSError where the server does not take it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, to, subject
    message.set_content(text)
    with connected(server) as line:
        line.send_message(message)


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A line to the server, signed in where the settings say so."""
    with smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S) as line:
        if server.starttls:
            line.starttls()
        if server.user:
            line.login(server.user, server.password)
        yield line


def send(database: Database, server: MailServer, words: Words, now: datetime, way: str = "now") -> int:
    """Sends what waits, a message per notice or, for "digest", one per person; gives the number of messages.

    A message that was sent and not yet marked when the process died is sent again with the same Message-ID.
    """
    with database.write() as session:
        due = _due(session, way, now)
        if not due:
            return 0
        emails = dict(session.execute(select(Person.id, Person.email).where(Person.id.in_(due))).all())
        sent = 0
        with connected(server) as line:
            for person, rows in due.items():
                for part in ([rows] if way == "digest" else [[row] for row in rows]):
                    line.send_message(_message(server, emails[person], part, words))
                    sent += 1
                    for row in part:
                        row.mailed_at = now
    return sent
