"""The words of notices that are mailed, and the server that mails them."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, unquote, urlsplit

from market.database import Database
from market.notices.mail import MailServer, Words
from market.notices.models import Notice
from webapp.settings import Settings
from webapp.words.notices import MORE_SUBJECT, ONE_SUBJECT, sentence

DEFAULT_PORT = 25


def mail_server(settings: Settings) -> MailServer | None:
    """The server of MAIL_URL, or None where nothing can be mailed."""
    parts = urlsplit(settings.mail_url)
    if not parts.hostname:
        return None
    return MailServer(parts.hostname, parts.port or DEFAULT_PORT, settings.mail_from or f"caitu@{parts.hostname}",
                      unquote(parts.username or ""), unquote(parts.password or ""),
                      starttls=parse_qs(parts.query).get("starttls") == ["1"])


def notice_words(database: Database, settings: Settings) -> Words:
    """Subject and text of the mail that tells of some notices of one person."""
    def words(rows: Sequence[Notice]) -> tuple[str, str]:
        lines = [sentence(row.event, row.object_id) for row in rows]
        subject = ONE_SUBJECT.format(lines[0]) if len(lines) == 1 else MORE_SUBJECT.format(len(lines))
        return subject, "\n".join(lines) + "\n"

    return words
