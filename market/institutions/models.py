"""Tables of the institutions and their licences."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.database import Names, Table
from market.parks.models import Park
from market.sources import Placed, Sourced, kind_rule, place_rules


class Institution(Table, Sourced, Placed):
    """A firm of the trade; capacity in people per quarter; names of services, industries ... as in data/taxonomy."""

    __tablename__ = "institutions"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    unified_code: Mapped[str | None] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text, index=True)
    english_name: Mapped[str | None] = mapped_column(Text)
    services: Mapped[list[str]] = mapped_column(Names, default=list)
    industries: Mapped[list[str]] = mapped_column(Names, default=list)
    role_families: Mapped[list[str]] = mapped_column(Names, default=list)
    regions: Mapped[list[str]] = mapped_column(Names, default=list)
    seniority: Mapped[list[str]] = mapped_column(Names, default=list)
    capacity_per_quarter: Mapped[int | None] = mapped_column(Integer)
    languages: Mapped[list[str]] = mapped_column(Names, default=list)
    credit_grade: Mapped[str | None] = mapped_column(Text)
    profile: Mapped[str | None] = mapped_column(Text)
    track_record: Mapped[list[str]] = mapped_column(Names, default=list)
    notes: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(ForeignKey("districts.name"), index=True)
    park_id: Mapped[str | None] = mapped_column(ForeignKey("parks.id"), index=True)

    park: Mapped[Park | None] = relationship(lazy="joined")
    licences: Mapped[list[Licence]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Licence.name")

    __table_args__ = (
        kind_rule(), *place_rules(),
        CheckConstraint("credit_grade IS NULL OR credit_grade IN ('A', 'B', 'C', 'D')", name="credit_grade"),
        CheckConstraint("capacity_per_quarter IS NULL OR capacity_per_quarter >= 0", name="capacity"),
        CheckConstraint("unified_code IS NULL OR length(unified_code) = 18", name="unified_code"),
    )

    def held(self, on: date) -> frozenset[str]:
        """Names of the licences that are valid on a day."""
        return frozenset(licence.name for licence in self.licences if licence.valid(on))


class Licence(Table):
    """A licence or filing of an institution; valid_to is the last day, or none where it does not end."""

    __tablename__ = "licences"

    institution_id: Mapped[str] = mapped_column(ForeignKey("institutions.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
    )

    def valid(self, on: date) -> bool:
        """True when the licence counts on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)
