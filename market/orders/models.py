"""Tables of the enterprises and their talent orders: the order itself, its versions, its clocks."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.clock import Moment, end_of
from market.database import Names, Table
from market.sources import Sourced, kind_rule

HIDDEN = ("draft", "pending_review")  # states that only the enterprise and the operator see
IN_DISPUTE = ("negotiating", "mediating", "disputed")  # the three stages of a dispute, in order
WAITS = text("outcome IS NULL")


class Enterprise(Table):
    """An enterprise that publishes orders."""

    __tablename__ = "enterprises"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    industry: Mapped[str | None] = mapped_column(Text)


class Order(Table, Sourced):
    """A talent order (kind "order", state as in the order's life) or a public posting (state "reference").

    Money in fen; shares, weights and the pass mark (6,000: 60 of 100 marks) in basis points; version grows with each
    change, terms_version with each material one.
    """

    __tablename__ = "orders"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, default="order")
    state: Mapped[str] = mapped_column(Text, default="open", index=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id"))
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    industry: Mapped[str | None] = mapped_column(Text)
    role_family: Mapped[str | None] = mapped_column(Text)
    seniority: Mapped[list[str]] = mapped_column(Names, default=list)
    headcount: Mapped[int | None] = mapped_column(Integer)
    annual_salary_range: Mapped[str | None] = mapped_column(Text)
    city: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(ForeignKey("districts.name"), index=True)
    published_on: Mapped[date | None] = mapped_column(Date)
    deadline_days: Mapped[int | None] = mapped_column(Integer)
    deadline: Mapped[date | None] = mapped_column(Date)
    service_mode: Mapped[list[str]] = mapped_column(Names, default=list)
    must_have: Mapped[list[str]] = mapped_column(Names, default=list)
    constraints: Mapped[dict[str, object]] = mapped_column(Names, default=dict)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    state_since: Mapped[datetime | None] = mapped_column(Moment)
    owner_acted_at: Mapped[datetime | None] = mapped_column(Moment)
    confidential: Mapped[bool] = mapped_column(Boolean, default=False)
    brief: Mapped[str | None] = mapped_column(Text)
    fee_fen: Mapped[int | None] = mapped_column(BigInteger)
    value_fen: Mapped[int | None] = mapped_column(BigInteger)
    guarantee_days: Mapped[int | None] = mapped_column(Integer)
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(Names, default=list)
    scorecard: Mapped[list[dict[str, Any]]] = mapped_column(Names, default=list)
    pass_bp: Mapped[int | None] = mapped_column(Integer)
    scorecard_at: Mapped[datetime | None] = mapped_column(Moment)
    terms_version: Mapped[int] = mapped_column(Integer, default=1)
    awarded_places: Mapped[int] = mapped_column(Integer, default=0)
    bids_needed: Mapped[int | None] = mapped_column(Integer)
    reissue_of: Mapped[str | None] = mapped_column(ForeignKey("orders.id"), unique=True)

    enterprise: Mapped[Enterprise | None] = relationship(lazy="joined")

    __table_args__ = (
        kind_rule(),
        CheckConstraint("headcount IS NULL OR headcount > 0", name="headcount"),
        CheckConstraint("(state = 'reference') = (kind <> 'order')", name="postings_are_no_orders"),
        CheckConstraint("state IN ('reference', 'draft', 'cancelled') OR deadline IS NOT NULL",
                        name="orders_have_a_deadline"),
        CheckConstraint("awarded_places >= 0 AND awarded_places <= coalesce(headcount, 0)", name="awarded_places"),
        CheckConstraint("(fee_fen IS NULL OR fee_fen > 0) AND (value_fen IS NULL OR value_fen >= 0)", name="money"),
        CheckConstraint("pass_bp IS NULL OR pass_bp BETWEEN 1 AND 10000", name="pass_mark"),
        CheckConstraint("NOT confidential OR brief IS NOT NULL", name="confidential_has_a_brief"),
    )

    @property
    def enterprise_name(self) -> str:
        """The enterprise's name; empty where the source has none, and where the order is confidential."""
        return self.enterprise.name if self.enterprise and not self.confidential else ""

    @property
    def bids_close_at(self) -> datetime | None:
        """The first moment at which no bid is taken; an imported order takes bids to the end of its last day."""
        return self.closes_at or (end_of(self.deadline) if self.deadline else None)


class OrderVersion(Table):
    """What one change of an open order changed: field -> [before, after]; a material one asks bidders to confirm anew."""

    __tablename__ = "order_versions"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    material: Mapped[bool] = mapped_column(Boolean)
    changes: Mapped[dict[str, list[Any]]] = mapped_column(Names)
    at: Mapped[datetime] = mapped_column(Moment)


class OrderMove(Table):
    """One way that an order's state may go; a trigger refuses every other one."""

    __tablename__ = "order_moves"

    source: Mapped[str] = mapped_column(Text, primary_key=True)
    target: Mapped[str] = mapped_column(Text, primary_key=True)


class OrderClock(Table):
    """A moment by which something must be done on an order; reminded counts the reminders that went out."""

    __tablename__ = "order_clocks"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment, index=True)
    reminded: Mapped[int] = mapped_column(Integer, default=0)


class Duration(Table):
    """How long something takes, or how many are needed (unit "count"); the most specific row that is valid counts."""

    __tablename__ = "durations"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(Text, index=True)
    service_mode: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(ForeignKey("districts.name"))
    amount: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        CheckConstraint("unit IN ('days', 'working_days', 'hours', 'count')", name="unit"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
    )


class AnsweredRequest(Table):
    """A write of the API that was carried out under a key: the same key gets the same answer, once."""

    __tablename__ = "answered_requests"

    caller: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_hash: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any] | None] = mapped_column(Names)
    at: Mapped[datetime] = mapped_column(Moment, index=True)


class BriefReading(Table):
    """A firm that accepted the terms of a confidential order and may read its full brief."""

    __tablename__ = "brief_readings"

    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(Moment)


class Question(Table):
    """A question on an open order; the answer goes to all, who asked is shown to nobody."""

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id"))
    text: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)


class Message(Table):
    """A message inside an order after the award; of the case file when in_case. files: name and sha256 of each."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    in_case: Mapped[bool] = mapped_column(Boolean, default=False)
    text: Mapped[str] = mapped_column(Text)
    files: Mapped[list[dict[str, str]]] = mapped_column(Names, default=list)
    at: Mapped[datetime] = mapped_column(Moment)


class Dispute(Table):
    """The dispute on an order; payable_bp: the part of the fee that is owed, by agreement or (with a text) by ruling.

    buyer_cost_bp is the enterprise's part of what handling the dispute cost, the rest is the firms'. mediated_at and
    referred_at: when mediation and the ruling's stage began; mediated_by (a party, as in the proposals) and referral (why)
    are empty where the clock did it.
    """

    __tablename__ = "disputes"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    reason: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    ruling: Mapped[str | None] = mapped_column(Text)
    payable_bp: Mapped[int | None] = mapped_column(Integer)
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)
    mediated_at: Mapped[datetime | None] = mapped_column(Moment)
    mediated_by: Mapped[str | None] = mapped_column(Text)
    referred_at: Mapped[datetime | None] = mapped_column(Moment)
    referral: Mapped[str | None] = mapped_column(Text)
    buyer_cost_bp: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("order_id"),
        CheckConstraint("payable_bp IS NULL OR payable_bp BETWEEN 0 AND 10000", name="payable"),
        CheckConstraint("buyer_cost_bp IS NULL OR buyer_cost_bp BETWEEN 0 AND 10000", name="cost"),
    )


class DisputeOffer(Table):
    """A proposal to end a dispute; party: "buyer", a firm's id, or "mediator"; one at most waits for answers.

    outcome: accepted by all, refused by one, replaced by a newer one, or lapsed with its stage; none while it waits.
    """

    __tablename__ = "dispute_offers"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"), index=True)
    party: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    payable_bp: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(Text)

    answers: Mapped[list[OfferAnswer]] = relationship(lazy="selectin", order_by="OfferAnswer.at, OfferAnswer.party")

    __table_args__ = (
        Index("uq_dispute_offers_waits", "order_id", unique=True, sqlite_where=WAITS, postgresql_where=WAITS),
        CheckConstraint("payable_bp BETWEEN 0 AND 10000", name="payable"),
        CheckConstraint("outcome IS NULL OR outcome IN ('accepted', 'refused', 'replaced', 'lapsed')", name="outcome"),
    )


class OfferAnswer(Table):
    """What one party, "buyer" or a firm's id, answered to a proposal in a dispute."""

    __tablename__ = "offer_answers"

    offer_id: Mapped[int] = mapped_column(ForeignKey("dispute_offers.id"), primary_key=True)
    party: Mapped[str] = mapped_column(Text, primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("orders.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    accepted: Mapped[bool] = mapped_column(Boolean)
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)
