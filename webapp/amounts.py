"""Amounts as people type them: money in yuan to the fen, shares in per cent to two places."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import StringField
from wtforms.validators import ValidationError

from webapp.words.bids import NO_AMOUNT, NO_PERCENT

LARGEST = Decimal(10) ** 11  # a hundred billion: more is a slip of the finger
GROUPING = str.maketrans("", "", ", ")


def hundredths(text: str) -> int | None:
    """A number with at most two decimal places times one hundred; None for anything else. 12,000.5 gives 1200050."""
    plain = unicodedata.normalize("NFKC", text).translate(GROUPING).strip()
    try:
        value = Decimal(plain) * 100
    except InvalidOperation:
        return None
    whole = value.is_finite() and value == value.to_integral_value() and abs(value) < LARGEST * 100
    return int(value) if whole else None


class YuanField(StringField):  # type: ignore[misc]
    """Money; data is what was typed, fen the amount once it was checked."""

    fen: int = 0

    def pre_validate(self, form: Any) -> None:
        """Refuses what is no amount above zero."""
        found = hundredths(self.data or "")
        if found is None or found <= 0:
            raise ValidationError(NO_AMOUNT)
        self.fen = found


def basis_points(text: str) -> int:
    """A share in per cent as basis points; ValueError for what is none."""
    found = hundredths(text.strip().removesuffix("%"))
    if found is None or not 0 <= found <= 10_000:
        raise ValueError(NO_PERCENT.format(text))
    return found


def typed_yuan(fen: int) -> str:
    """Fen as somebody would type them in yuan."""
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)


def typed_percent(bp: int) -> str:
    """Basis points as somebody would type them in per cent."""
    return f"{bp / 100:g}"
