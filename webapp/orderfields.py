"""Fields of the order form that read what people type: money in yuan, shares in per cent, moments in Shanghai, lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import Field, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget, TextArea, TextInput
from wtforms.widgets.core import DateTimeLocalInput

from market.clock import SHANGHAI
from webapp.words.editor import NOT_A_MOMENT, NOT_A_NUMBER, NOT_MONEY, NOT_PERCENT, NOT_POINTS, TOO_LARGE, TOO_SMALL

HUNDRED = 100
LINE_LENGTH, MOST_LINES = 200, 30


class TypedField(Field):  # type: ignore[misc]
    """A field whose text stays as it was typed, also when it cannot be read."""

    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads the text; ValueError says in words what is wrong with it."""
        text = valuelist[0].strip() if valuelist else ""
        self.data = self.read(text) if text else None

    def read(self, text: str) -> Any:
        """The value of a text."""
        raise NotImplementedError

    def show(self, value: Any) -> str:
        """A value as the field shows it."""
        return str(value)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)


class WholeField(TypedField):
    """A whole number from low to high."""

    def __init__(self, *args: Any, low: int = 0, high: int = 10**6, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.low, self.high = low, high

    def read(self, text: str) -> int:
        """See TypedField.read."""
        if not text.lstrip("-").isdecimal():
            raise ValueError(NOT_A_NUMBER)
        number = int(text)
        if number < self.low:
            raise ValueError(TOO_SMALL.format(self.low))
        if number > self.high:
            raise ValueError(TOO_LARGE.format(f"{self.high:,}"))
        return number


def _hundredths(text: str, wrong: str) -> int:
    try:
        value = Decimal(text.replace(",", "").replace("，", "")) * HUNDRED
    except InvalidOperation:
        raise ValueError(wrong) from None
    if not value.is_finite() or value != int(value):
        raise ValueError(wrong)
    return int(value)


class YuanField(TypedField):
    """Money: typed in yuan, kept in fen."""

    most = 10**12

    def read(self, text: str) -> int:
        """See TypedField.read."""
        fen = _hundredths(text, NOT_MONEY)
        if fen <= 0:
            raise ValueError(TOO_SMALL.format("0.01"))
        if fen > self.most:
            raise ValueError(TOO_LARGE.format(f"{self.most // HUNDRED:,}"))
        return fen

    def show(self, value: int) -> str:
        """See TypedField.show."""
        return f"{value // HUNDRED}.{value % HUNDRED:02d}" if value % HUNDRED else str(value // HUNDRED)


class ShareField(TypedField):
    """A share: typed in per cent, kept in basis points."""

    def read(self, text: str) -> int:
        """See TypedField.read."""
        bp = _hundredths(text.rstrip("%"), NOT_PERCENT)
        if not 0 <= bp <= HUNDRED * HUNDRED:
            raise ValueError(NOT_PERCENT)
        return bp

    def show(self, value: int) -> str:
        """See TypedField.show."""
        return f"{value / HUNDRED:g}"


class PointsField(ShareField):
    """Marks out of 100, kept in basis points; more than none."""

    def read(self, text: str) -> int:
        """See TypedField.read."""
        bp = _hundredths(text, NOT_POINTS)
        if not 0 < bp <= HUNDRED * HUNDRED:
            raise ValueError(NOT_POINTS)
        return bp


class ShanghaiField(TypedField):
    """A moment: typed in Shanghai's time, kept with its zone."""

    widget = DateTimeLocalInput()

    def read(self, text: str) -> datetime:
        """See TypedField.read."""
        try:
            return datetime.fromisoformat(text.replace(" ", "T")).replace(tzinfo=SHANGHAI)
        except ValueError:
            raise ValueError(NOT_A_MOMENT) from None

    def show(self, value: datetime) -> str:
        """See TypedField.show."""
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


class LinesField(Field):  # type: ignore[misc]
    """One text per line."""

    widget = TextArea()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Lines without the empty ones."""
        lines = valuelist[0].splitlines() if valuelist else []
        self.data = [line.strip()[:LINE_LENGTH] for line in lines if line.strip()][:MOST_LINES]

    def _value(self) -> str:
        return "\n".join(self.data or [])


class TicksField(SelectMultipleField):  # type: ignore[misc]
    """Several of a list, as ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
