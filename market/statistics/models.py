"""Tables of the indicators."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Table
from market.sources import Sourced, kind_rule


class Indicator(Table, Sourced):
    """One published figure; kind: measured, target or plan, in the source's word; value as written."""

    __tablename__ = "indicators"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    scope: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(Text)
    year: Mapped[str | None] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    unit: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (kind_rule(),)
