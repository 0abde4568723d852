"""Tables of the parks."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Names, Table
from market.sources import Placed, Sourced, kind_rule, place_rules


class Park(Table, Sourced, Placed):
    """A park, talent port or service point; figures are kept as the source words them."""

    __tablename__ = "parks"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    short_name: Mapped[str | None] = mapped_column(Text, unique=True)
    aliases: Mapped[list[str]] = mapped_column(Names, default=list)
    level: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(ForeignKey("districts.name"))
    address: Mapped[str | None] = mapped_column(Text)
    opened_on: Mapped[str | None] = mapped_column(Text)
    operator: Mapped[str | None] = mapped_column(Text)
    area_m2: Mapped[str | None] = mapped_column(Text)
    tenants: Mapped[str | None] = mapped_column(Text)
    tenants_as_of: Mapped[str | None] = mapped_column(Text)
    revenue: Mapped[str | None] = mapped_column(Text)
    tax: Mapped[str | None] = mapped_column(Text)
    themes: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (kind_rule(), *place_rules())
