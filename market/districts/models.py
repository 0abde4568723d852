"""Tables of the districts."""

from __future__ import annotations

from sqlalchemy import Float, Text
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Table


class District(Table):
    """One of the sixteen districts; code: GB/T 2260; land area in square kilometres, without water."""

    __tablename__ = "districts"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    short: Mapped[str] = mapped_column(Text, unique=True)
    name_en: Mapped[str] = mapped_column(Text)
    land_area_km2: Mapped[float] = mapped_column(Float)
