"""Lights up the sentence of an order or of a firm's record that a reason quotes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from market.institutions.models import Institution
from market.orders.models import Order
from webapp.words.pairs import FIRM_PARTS, LICENCES, ORDER_PARTS
from webapp.words.text import marked

Parts = list[tuple[str, list[str]]]
Marks = Sequence[tuple[int, int]]


def _texts(value: Any) -> list[str]:
    return [str(value)] if isinstance(value, str | int) and value else [str(one) for one in value or () if one]


def of_order(order: Order) -> Parts:
    """Everything that an order says, under its labels."""
    return [(label, texts) for name, label in ORDER_PARTS if (texts := _texts(getattr(order, name)))]


def of_firm(firm: Institution, today: date) -> Parts:
    """Everything that a firm's record says, under its labels, with the licences that are valid today."""
    said = [(label, texts) for name, label in FIRM_PARTS if (texts := _texts(getattr(firm, name)))]
    held = sorted(firm.held(today))
    return [*said, (LICENCES, held)] if held else said


def _holder(parts: Parts, quote: str) -> tuple[int, int] | None:
    """Which text holds a quote: the one that says just that, else the first that says it too."""
    places = [(part, line) for part, (_, texts) in enumerate(parts) for line in range(len(texts))]
    said = [(part, line) for part, line in places if quote in parts[part][1][line]]
    return next((at for at in said if parts[at[0]][1][at[1]] == quote), said[0] if said else None)


def _lit(text: str, quote: str, marks: Marks) -> Markup:
    start = text.find(quote)
    before, after = text[:start], text[start + len(quote):]
    return Markup('{}<span class="lit">{}</span>{}').format(before, marked(quote, marks), after)


def spotlit(parts: Parts, quote: str, marks: Marks) -> list[tuple[str, list[Markup]]]:
    """The parts with one quoted stretch lit and its matching words marked; nothing is lit without a quote."""
    at = _holder(parts, quote) if quote else None
    return [(label, [_lit(text, quote, marks) if at == (part, line) else marked(text) for line, text in enumerate(texts)])
            for part, (label, texts) in enumerate(parts)]
