"""Tables from delivery to the end: milestones, candidates, placements, answer clocks, money, ratings, credit events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from market.clock import Moment
from market.database import Names, Table

FILLS = text("stage IN ('placed', 'guarantee', 'confirmed')")


class Milestone(Table):
    """A part of an award's delivery with its share of the fee; evidence: name and sha256 of each file."""

    __tablename__ = "milestones"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(Text, index=True)
    award_id: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    share_bp: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Text, default="scheduled")
    evidence: Mapped[list[dict[str, str]]] = mapped_column(Names, default=list)
    reported_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    by_silence: Mapped[bool] = mapped_column(Boolean, default=False)
    rejection: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        ForeignKeyConstraint(["award_id", "order_id"], ["awards.id", "awards.order_id"], name="fk_milestones_award"),
        UniqueConstraint("award_id", "number"),
        CheckConstraint("state IN ('scheduled', 'reported', 'accepted')", name="state"),
        CheckConstraint("share_bp BETWEEN 1 AND 10000", name="share"),
    )


class Candidate(Table):
    """A person that a firm proposes; name and contact are sealed, the hash finds the same person without naming them."""

    __tablename__ = "candidates"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"))
    person_hash: Mapped[str | None] = mapped_column(Text, index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    added_at: Mapped[datetime] = mapped_column(Moment)
    erased_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("erased_at IS NULL OR (sealed IS NULL AND person_hash IS NULL)", name="erased"),)


class Placement(Table):
    """A candidate on the way to one place of an order; nothing but asking and refusing happens before the consent."""

    __tablename__ = "placements"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(Text, index=True)
    award_id: Mapped[int] = mapped_column(Integer)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidates.id"), index=True)
    place: Mapped[int] = mapped_column(Integer)
    stage: Mapped[str] = mapped_column(Text, default="proposed")
    stage_at: Mapped[datetime] = mapped_column(Moment)
    consented_at: Mapped[datetime | None] = mapped_column(Moment)
    consent_text: Mapped[str | None] = mapped_column(Text)
    reason_code: Mapped[str | None] = mapped_column(Text)
    guarantee_until: Mapped[datetime | None] = mapped_column(Moment)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("placements.id"))

    __table_args__ = (
        ForeignKeyConstraint(["award_id", "order_id"], ["awards.id", "awards.order_id"], name="fk_placements_award"),
        ForeignKeyConstraint(["order_id", "place"], ["awarded_places.order_id", "awarded_places.number"],
                             name="fk_placements_place"),
        UniqueConstraint("order_id", "candidate_id"),
        Index("uq_placements_fills", "order_id", "place", unique=True, sqlite_where=FILLS, postgresql_where=FILLS),
        CheckConstraint("stage IN ('proposed', 'consented', 'submitted', 'interviewing', 'offered', 'placed', 'guarantee', "
                        "'confirmed', 'withdrawn', 'declined', 'replaced')", name="stage"),
        CheckConstraint("consented_at IS NOT NULL OR stage IN ('proposed', 'withdrawn', 'declined')", name="consent_first"),
    )


class Ownership(Table):
    """The firm whose candidate a person is for one enterprise, by the first consent, until a moment."""

    __tablename__ = "ownerships"

    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"), primary_key=True)
    person_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"))
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)


class AnswerClock(Table):
    """How long an enterprise took to answer (view, interview, decision, acceptance); silent: the time ran out."""

    __tablename__ = "answer_clocks"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprises.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[int] = mapped_column(Integer)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    silent: Mapped[bool] = mapped_column(Boolean, default=False)


class LedgerLine(Table):
    """Money that an order owes, in fen: a firm's part of a milestone, or what goes back to the enterprise; never changed."""

    __tablename__ = "ledger"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(Text, index=True)
    award_id: Mapped[int] = mapped_column(Integer)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    institution_id: Mapped[str | None] = mapped_column(ForeignKey("institutions.id"))
    kind: Mapped[str] = mapped_column(Text)
    fen: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(["award_id", "order_id"], ["awards.id", "awards.order_id"], name="fk_ledger_award"),
        UniqueConstraint("milestone_id", "kind", "institution_id"),
        CheckConstraint("(kind = 'fee' AND institution_id IS NOT NULL) OR (kind = 'refund' AND institution_id IS NULL)",
                        name="kind"),
        CheckConstraint("fen >= 0", name="fen"),
    )


class Payment(Table):
    """A date in the calendar of both sides: a fee to pay or a guarantee that ends, with the proof once it is done."""

    __tablename__ = "payments"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    kind: Mapped[str] = mapped_column(Text)
    object_id: Mapped[int] = mapped_column(Integer)
    fen: Mapped[int] = mapped_column(BigInteger, default=0)
    due_on: Mapped[date] = mapped_column(Date)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    proof: Mapped[dict[str, str]] = mapped_column(Names, default=dict)

    __table_args__ = (CheckConstraint("kind IN ('fee', 'guarantee')", name="kind"),)


class Rating(Table):
    """One side's rating of the other for one award: facts first, then 1 to 5 stars; hidden until both are revealed."""

    __tablename__ = "ratings"

    award_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    side: Mapped[str] = mapped_column(Text, primary_key=True)
    order_id: Mapped[str] = mapped_column(Text, index=True)
    stars: Mapped[int] = mapped_column(Integer)
    facts: Mapped[dict[str, Any]] = mapped_column(Names, default=dict)
    comment: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(["award_id", "order_id"], ["awards.id", "awards.order_id"], name="fk_ratings_award"),
        CheckConstraint("side IN ('buyer', 'firm')", name="side"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
    )


class RatingReply(Table):
    """The answer of the side that was rated; it comes after the order is closed."""

    __tablename__ = "rating_replies"

    award_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    side: Mapped[str] = mapped_column(Text, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(["award_id", "side"], ["ratings.award_id", "ratings.side"], name="fk_rating_replies_rating"),
    )


class ConductEvent(Table):
    """What an order says of a party's conduct (a declined award, a cancelled order); the credit record reads it."""

    __tablename__ = "conduct_events"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id"), index=True)
    institution_id: Mapped[str | None] = mapped_column(ForeignKey("institutions.id"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("(enterprise_id IS NULL) <> (institution_id IS NULL)", name="one_party"),)
