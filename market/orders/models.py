"""Tables of the enterprises and their talent orders."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Date, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.database import Names, Table
from market.sources import Sourced, kind_rule


class Enterprise(Table):
    """An enterprise that publishes orders."""

    __tablename__ = "enterprises"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    industry: Mapped[str | None] = mapped_column(Text)


class Order(Table, Sourced):
    """A talent order (kind "order", state as in the order's life) or a public posting (state "reference")."""

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

    enterprise: Mapped[Enterprise | None] = relationship(lazy="joined")

    __table_args__ = (
        kind_rule(),
        CheckConstraint("headcount IS NULL OR headcount > 0", name="headcount"),
        CheckConstraint("(state = 'reference') = (kind <> 'order')", name="postings_are_no_orders"),
        CheckConstraint("state = 'reference' OR deadline IS NOT NULL", name="orders_have_a_deadline"),
    )

    @property
    def enterprise_name(self) -> str:
        """The enterprise's name, or empty where the source has none."""
        return self.enterprise.name if self.enterprise else ""
