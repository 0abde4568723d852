"""Where a row comes from: columns that every shown row has."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

SAMPLE, REFERENCE = "sample", "reference"


class Sourced:
    """source_kind tells fictitious rows from real ones; as_of as the source writes it; version grows with each change."""

    source_kind: Mapped[str] = mapped_column(Text, default=REFERENCE)
    source_title: Mapped[str | None] = mapped_column(Text)
    source_url: Mapped[str | None] = mapped_column(Text)
    as_of: Mapped[str | None] = mapped_column(Text)
    verified: Mapped[bool] = mapped_column(Boolean, default=False)
    version: Mapped[int] = mapped_column(Integer, default=1)


class Placed:
    """A place in WGS-84 degrees, or none; what was given, and in which datum, is kept beside it.

    place_quality: "sample" (made up inside the district), "approx" (a landmark within place_precision_m metres).
    """

    lon: Mapped[float | None]
    lat: Mapped[float | None]
    raw_lon: Mapped[float | None]
    raw_lat: Mapped[float | None]
    place_datum: Mapped[str | None] = mapped_column(Text)
    place_quality: Mapped[str | None] = mapped_column(Text)
    place_precision_m: Mapped[int | None]


def kind_rule() -> CheckConstraint:
    """A row is fictitious or real, nothing else; each table needs a rule of its own."""
    return CheckConstraint("source_kind IN ('sample', 'reference')", name="source_kind")


def place_rules() -> tuple[CheckConstraint, ...]:
    """Both coordinates or neither, inside the greater Shanghai area, with datum and quality said."""
    return (
        CheckConstraint("(lon IS NULL) = (lat IS NULL)", name="both_or_neither"),
        CheckConstraint("lon IS NULL OR (lon BETWEEN 120 AND 123 AND lat BETWEEN 30 AND 32.5)", name="in_shanghai"),
        # An unknown datum alone would pass: NULL IN (...) is neither true nor false.
        CheckConstraint("lon IS NULL OR (place_quality IS NOT NULL AND place_datum IS NOT NULL "
                        "AND place_datum IN ('WGS-84', 'GCJ-02', 'BD-09'))", name="place_said"),
        CheckConstraint("source_kind = 'sample' OR place_quality IS NULL OR place_quality <> 'sample'",
                        name="no_invented_point"),
    )
