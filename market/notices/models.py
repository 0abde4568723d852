"""Tables of notices: what a person is told, by which way, and what they want to be told of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.clock import Moment
from market.database import Names, Table


class Notice(Table):
    """One message to one person about one happening; the key makes it one, however many reasons there are to send it."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    key: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[str] = mapped_column(Text)
    reasons: Mapped[list[str]] = mapped_column(Names, default=list)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    mail: Mapped[str] = mapped_column(Text, default="now")
    mailed_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("person_id", "key"),)


class NoticeSwitch(Table):
    """What a person wants of one event: in the inbox or not; by mail "now", in the "digest", or "never"."""

    __tablename__ = "notice_switches"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    event: Mapped[str] = mapped_column(Text, primary_key=True)
    inbox: Mapped[bool] = mapped_column(Boolean, default=True)
    mail: Mapped[str] = mapped_column(Text, default="now")


class Webhook(Table):
    """An address of an organisation that is told of its events, signed with a secret that is kept sealed."""

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    url: Mapped[str] = mapped_column(Text)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)


class WebhookCall(Table):
    """One call that a webhook is owed; tried again with growing waits until it was answered."""

    __tablename__ = "webhook_calls"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"))
    key: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(Names)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(Moment, index=True)
    done_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (UniqueConstraint("webhook_id", "key"),)


class SavedSearch(Table):
    """A search that a person keeps; query as the address of the result page has it, seen: ids that were told of; looked_at:
    when it was last asked for new ones."""

    __tablename__ = "saved_searches"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[dict[str, Any]] = mapped_column(Names)
    seen: Mapped[list[str]] = mapped_column(Names, default=list)
    saved_at: Mapped[datetime] = mapped_column(Moment)
    looked_at: Mapped[datetime | None] = mapped_column(Moment)


class Follow(Table):
    """A person who wants to hear of an institution or of an order."""

    __tablename__ = "follows"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    object_id: Mapped[str] = mapped_column(Text, primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("kind IN ('institution', 'order')", name="kind"),)
