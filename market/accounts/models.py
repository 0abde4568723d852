"""Tables of organisations, persons, memberships, experts and sign-in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.clock import Moment
from market.database import Names, Table

ACTIVE = text("left_at IS NULL")


class Organisation(Table):
    """An organisation that acts on the site; it stands for an enterprise, an institution, a park or a district."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, unique=True)
    unified_code: Mapped[str] = mapped_column(Text, unique=True)
    licence_number: Mapped[str | None] = mapped_column(Text)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id"), unique=True)
    institution_id: Mapped[str | None] = mapped_column(ForeignKey("institutions.id"), unique=True)
    park_id: Mapped[str | None] = mapped_column(ForeignKey("parks.id"))
    district: Mapped[str | None] = mapped_column(ForeignKey("districts.name"))
    state: Mapped[str] = mapped_column(Text, default="applied")
    fictitious: Mapped[bool] = mapped_column(Boolean, default=False)
    applied_at: Mapped[datetime] = mapped_column(Moment)
    verified_until: Mapped[datetime | None] = mapped_column(Moment)
    refusal: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("kind IN ('enterprise', 'hr_firm', 'park_operator', 'district_bureau', 'city_regulator', "
                        "'platform_operator')", name="kind"),
        CheckConstraint("state IN ('applied', 'approved', 'refused', 'suspended')", name="state"),
        CheckConstraint("length(unified_code) = 18", name="unified_code"),
        CheckConstraint("state <> 'approved' OR kind <> 'enterprise' OR enterprise_id IS NOT NULL",
                        name="stands_for_enterprise"),
        CheckConstraint("state <> 'approved' OR kind <> 'hr_firm' OR institution_id IS NOT NULL", name="stands_for_firm"),
    )


class Person(Table):
    """A person with an account; the secret of the second factor is sealed with a key outside the database. A closed account
    keeps its number alone."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int] = mapped_column(Integer, default=0)
    joined_at: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)


class Member(Table):
    """A person in an organisation with a role; an admin invites, hands over and removes."""

    __tablename__ = "members"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    role: Mapped[str] = mapped_column(Text)
    admin: Mapped[bool] = mapped_column(Boolean, default=False)
    joined_at: Mapped[datetime] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="joined")
    organisation: Mapped[Organisation] = relationship(lazy="joined")

    __table_args__ = (
        Index("uq_members_active", "person_id", "organisation_id", unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE),
        CheckConstraint("role IN ('enterprise_owner', 'enterprise_staff', 'firm_lead', 'firm_staff', 'park_operator', "
                        "'district_officer', 'regulator', 'operator')", name="role"),
    )


class Expert(Table):
    """A person in the pool of experts, with the fields that they judge."""

    __tablename__ = "experts"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    fields: Mapped[list[str]] = mapped_column(Names, default=list)
    approved_at: Mapped[datetime | None] = mapped_column(Moment)


class Employment(Table):
    """Where an expert works or worked: by an enterprise or by an institution; no end means now."""

    __tablename__ = "employments"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("experts.person_id"), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprises.id"))
    institution_id: Mapped[str | None] = mapped_column(ForeignKey("institutions.id"))
    started_on: Mapped[date | None] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (CheckConstraint("(enterprise_id IS NULL) <> (institution_id IS NULL)", name="one_employer"),)


class SignedIn(Table):
    """A session on the server; only the hash of its token is kept."""

    __tablename__ = "signed_in"

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    second_factor: Mapped[bool] = mapped_column(Boolean, default=False)
    began_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)


class AccessToken(Table):
    """A token by which a person's own program acts in one of their roles; only its hash is kept."""

    __tablename__ = "access_tokens"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    name: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class SignInLane(Table):
    """Failed sign-ins of one account from one lane: a device that it knows, or all unknown ones together."""

    __tablename__ = "sign_in_lanes"

    lane: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)


class Ticket(Table):
    """A token sent to an e-mail address, used once: to recover an account or to join an organisation."""

    __tablename__ = "tickets"

    token_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    role: Mapped[str | None] = mapped_column(Text)
    admin: Mapped[bool] = mapped_column(Boolean, default=False)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint("purpose IN ('recovery', 'invitation')", name="purpose"),
        CheckConstraint("purpose = 'recovery' OR (organisation_id IS NOT NULL AND role IS NOT NULL)", name="invites_to"),
    )
