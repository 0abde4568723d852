"""Letters that are no notices: a link to set a password or to join, and the words of notices that are mailed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from market.access import SYSTEM
from market.database import Database
from market.notices.mail import MailServer, Words, deliver
from market.notices.models import Notice
from webapp.news import News, news_of
from webapp.settings import Settings
from webapp.words.notices import LINK_LINE, MAIL_FOOT, MORE_SUBJECT, ONE_SUBJECT, UNTIL_LINE
from webapp.words.text import moment

DEFAULT_PORT = 25
log = structlog.get_logger()


@dataclass(frozen=True)
class Letter:
    """One letter: to whom, subject, text."""

    to: str
    subject: str
    text: str


def mail_server(settings: Settings) -> MailServer | None:
    """The server of MAIL_URL, or None where nothing can be mailed.

    Without PUBLIC_URL nothing is mailed either: a link taken from the request's Host header could lead anywhere.
    """
    parts = urlsplit(settings.mail_url)
    if not parts.hostname or not settings.public_url:
        return None
    return MailServer(parts.hostname, parts.port or DEFAULT_PORT, settings.mail_from or f"caitu@{parts.hostname}",
                      unquote(parts.username or ""), unquote(parts.password or ""),
                      starttls=parse_qs(parts.query).get("starttls") == ["1"])


def sent(settings: Settings, letter: Letter) -> bool:
    """Sends a letter now; False where it could not be sent, which the log tells without the letter's text."""
    server = mail_server(settings)
    if server is None:
        return False
    try:
        deliver(server, letter.to, letter.subject, letter.text)
    except OSError as error:
        log.warning("letter was not sent", error=type(error).__name__)
        return False
    return True


def send_soon(settings: Settings, letter: Letter) -> threading.Thread:
    """Sends a letter beside the request: the answer takes as long where there is no account to write to."""
    thread = threading.Thread(target=sent, args=(settings, letter), daemon=True)
    thread.start()
    return thread


def notice_words(database: Database, settings: Settings) -> Words:
    """Subject and text of the mail that tells of some notices of one person."""
    def words(rows: Sequence[Notice]) -> tuple[str, str]:
        with database.read() as session:
            news = news_of(session, SYSTEM, rows)
        subject = ONE_SUBJECT.format(news[0].sentence) if len(news) == 1 else MORE_SUBJECT.format(len(news))
        foot = MAIL_FOOT.format(f"{settings.public_url}/account/notices")
        return subject, "\n\n".join([*(_paragraph(one, settings.public_url) for one in news), foot]) + "\n"

    return words


def _paragraph(news: News, public_url: str) -> str:
    lines = [news.sentence, *news.reasons]
    if news.until:
        lines.append(UNTIL_LINE.format(moment(news.until)))
    return "\n".join([*lines, LINK_LINE.format(public_url + news.address)])
