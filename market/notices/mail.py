"""Sends notices by mail through an SMTP server: each at once or gathered into one digest, as the person wants it."""

from __future__ import annotations

import smtplib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

import structlog
from sqlalchemy import and_, or_, select, update

from market.accounts.models import Person
from market.clock import SHANGHAI
from market.database import Database
from market.notices.models import Notice

BATCH, TIMEOUT_S, DIGEST_HOUR = 100, 20, 8
SENDING, CLAIM = ":sending", timedelta(minutes=10)  # how long a worker that took notices may be silent
log = structlog.get_logger()
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


def _claim(database: Database, way: str, now: datetime) -> tuple[dict[int, list[Notice]], dict[int, str]]:
    """(person -> notices that wait, person -> address), marked as being sent, so that no other worker takes them.

    The mark is short work in the database; what follows waits for a server and must not hold the database meanwhile. A
    claim whose worker died is taken up again later.
    """
    until = digest_hour(now) if way == "digest" else now + timedelta(days=1)
    waits = and_(Notice.mail == way, Notice.mailed_at.is_(None))
    left = and_(Notice.mail == way + SENDING, Notice.mailed_at < now - CLAIM)
    with database.write() as session:
        rows = session.scalars(select(Notice).where(or_(waits, left), Notice.read_at.is_(None), Notice.at < until)
                               .order_by(Notice.id).limit(BATCH).with_for_update(skip_locked=True)).all()
        found: dict[int, list[Notice]] = defaultdict(list)
        for row in rows:
            row.mail, row.mailed_at = way + SENDING, now
            found[row.person_id].append(row)
        emails = dict(session.execute(select(Person.id, Person.email).where(Person.id.in_(found))).all())
        session.flush()
        session.expunge_all()
    return found, emails


def _mark(database: Database, rows: Sequence[Notice], way: str, sent_at: datetime | None) -> None:
    """Notes that notices were sent, or with None that they wait again."""
    if not rows:
        return
    with database.write() as session:
        session.execute(update(Notice).where(Notice.id.in_([row.id for row in rows])).values(mail=way, mailed_at=sent_at))


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

    A message that was sent and not yet marked when the process died is sent again with the same Message-ID. An address that
    the server refuses is passed over: the notice stays in the inbox. OSError where the server is away; what is left waits.
    """
    found, emails = _claim(database, way, now)
    parts = [(person, part) for person, rows in found.items()
             for part in ([rows] if way == "digest" else [[row] for row in rows])]
    sent = 0
    try:
        if parts:
            with connected(server) as line:
                while parts:
                    person, part = parts[0]
                    try:
                        line.send_message(_message(server, emails[person], part, words))
                        sent += 1
                    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
                        log.warning("mail refused", notice=part[0].id, error=type(error).__name__)
                    _mark(database, part, way, now)
                    parts.pop(0)
    finally:
        _mark(database, [row for _, part in parts for row in part], way, None)
    return sent
