"""Tables from bid to award: bids with their members, keys, panel, scores, awards, objections."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.clock import Moment
from market.database import Names, Table

TAKES_PART = text("consented_at IS NOT NULL AND NOT gone")
STANDS = text("state IN ('proposed', 'active')")


class Bid(Table):
    """A firm's bid; plan, price, timeline and cases are sealed with a key outside the database, before and after opening."""

    __tablename__ = "bids"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    terms_version: Mapped[int] = mapped_column(Integer)
    submitted_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(Names)

    members: Mapped[list[BidMember]] = relationship(lazy="selectin", order_by="BidMember.institution_id")

    __table_args__ = (UniqueConstraint("id", "order_id"),)


class BidDraft(Table):
    """What a person has typed of a bid and not handed in yet; sealed as the bid is, gone with the bid."""

    __tablename__ = "bid_drafts"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    saved_at: Mapped[datetime] = mapped_column(Moment)


class BidMember(Table):
    """A firm in a bid with its share of the fee; takes part once it consented, signs the contract after the award."""

    __tablename__ = "bid_members"

    bid_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    order_id: Mapped[str] = mapped_column(Text)
    share_bp: Mapped[int] = mapped_column(Integer)
    consented_at: Mapped[datetime | None] = mapped_column(Moment)
    signed_at: Mapped[datetime | None] = mapped_column(Moment)
    gone: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (
        ForeignKeyConstraint(["bid_id", "order_id"], ["bids.id", "bids.order_id"], name="fk_bid_members_bid"),
        CheckConstraint("share_bp BETWEEN 1 AND 10000", name="share"),
        Index("uq_bid_members_one_bid", "order_id", "institution_id", unique=True, sqlite_where=TAKES_PART,
              postgresql_where=TAKES_PART),
    )


class KeyTurn(Table):
    """One of the two keys that open the bids of an order, turned by a person."""

    __tablename__ = "key_turns"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        UniqueConstraint("order_id", "person_id"),
        CheckConstraint("role IN ('operator', 'regulator')", name="role"),
    )


class PanelSeat(Table):
    """An expert drawn for an order; a recused one keeps the seat's row, so that a score can never refer to it."""

    __tablename__ = "panel_seats"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("experts.person_id"), primary_key=True)
    state: Mapped[str] = mapped_column(Text, default="active")
    drawn_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("order_id", "person_id", "state"),
        CheckConstraint("state IN ('active', 'recused')", name="state"),
    )


class Score(Table):
    """One expert's marks (criterion -> 0..100) for one bid; total_bp is weighted, 0..10,000."""

    __tablename__ = "scores"

    bid_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    order_id: Mapped[str] = mapped_column(Text, index=True)
    seat_state: Mapped[str] = mapped_column(Text, default="active")
    marks: Mapped[dict[str, int]] = mapped_column(Names)
    total_bp: Mapped[int] = mapped_column(Integer)
    comment: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(["bid_id", "order_id"], ["bids.id", "bids.order_id"], name="fk_scores_bid"),
        ForeignKeyConstraint(["order_id", "person_id", "seat_state"],
                             ["panel_seats.order_id", "panel_seats.person_id", "panel_seats.state"], name="fk_scores_seat"),
        CheckConstraint("seat_state = 'active'", name="seat_active"),
        CheckConstraint("total_bp BETWEEN 0 AND 10000", name="total"),
    )


class Award(Table):
    """Places of an order given to a bid, at the bid's price per place in fen; it stands while proposed or active."""

    __tablename__ = "awards"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(Text, index=True)
    bid_id: Mapped[int] = mapped_column(Integer)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"))
    places: Mapped[int] = mapped_column(Integer)
    price_fen: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(Text, default="proposed")
    reason: Mapped[str | None] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    awarded_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        ForeignKeyConstraint(["bid_id", "order_id"], ["bids.id", "bids.order_id"], name="fk_awards_bid"),
        UniqueConstraint("id", "order_id"),
        Index("uq_awards_stands", "order_id", "bid_id", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
        CheckConstraint("places > 0 AND price_fen > 0", name="positive"),
        CheckConstraint("state IN ('proposed', 'active', 'cancelled', 'declined')", name="state"),
    )

    @property
    def value_fen(self) -> int:
        """What the award is worth."""
        return self.places * self.price_fen


class AwardedPlace(Table):
    """One place of an order that an active award holds: a place has one award at most."""

    __tablename__ = "awarded_places"

    order_id: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    award_id: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        ForeignKeyConstraint(["award_id", "order_id"], ["awards.id", "awards.order_id"], name="fk_awarded_places_award"),
        CheckConstraint("number > 0", name="number"),
    )


class Objection(Table):
    """A bidder's objection inside the standstill, with the enterprise's answer and the regulator's decision."""

    __tablename__ = "objections"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"))
    reason: Mapped[str] = mapped_column(Text)
    filed_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("outcome IS NULL OR outcome IN ('upheld', 'dismissed')", name="outcome"),)


class Shortlist(Table):
    """A list of firms that a person keeps and shares with colleagues: person id -> may they edit."""

    __tablename__ = "shortlists"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(Text)
    shared: Mapped[dict[str, Any]] = mapped_column(Names, default=dict)


class ShortlistFirm(Table):
    """A firm on a shortlist with a note, and what was known of it when it was put there."""

    __tablename__ = "shortlist_firms"

    shortlist_id: Mapped[int] = mapped_column(ForeignKey("shortlists.id"), primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    note: Mapped[str] = mapped_column(Text, default="")
    seen: Mapped[dict[str, Any]] = mapped_column(Names, default=dict)
