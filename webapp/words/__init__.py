"""Every word that a page takes from code; the templates hold the rest."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from market.vocabulary import PARK_LEVELS
from webapp.clock import today
from webapp.words import lookup, text
from webapp.words.labels import BAND_WORDS, FACET_LABELS, KIND_ICONS, KIND_WORDS, ORDER_STATES, PLACES, REASON_KINDS, Tone
from webapp.words.matches import reason_counts, reason_word

UNKNOWN_LEVEL = "性质未写明"


def register(app: Flask) -> None:
    """Gives the words to the templates."""
    app.jinja_env.filters.update(
        named=text.named, n=text.number, marked=text.marked, excerpt=text.excerpt, day=text.day,
        joined=text.joined, days_left=text.days_left, chip_label=text.chip_label, facet_value=text.facet_value,
        band_word=lambda n: BAND_WORDS[n], kind_word=lambda reason: REASON_KINDS[reason.kind],
        state_tone=lambda state: ORDER_STATES.get(state, Tone(state, "", "clock")),
        kind_name=KIND_WORDS.get, kind_icon=KIND_ICONS.get, reason_word=reason_word, reason_counts=reason_counts,
        services_short=text.services_short,
        short_name=text.short_name, bracketed=text.bracketed, licence_state=lambda firm: text.licence_state(firm, today()),
        place_word=text.place_word, area=text.area, park_level=lambda level: PARK_LEVELS.get(level, level or UNKNOWN_LEVEL),
    )
    app.jinja_env.globals.update(facet_labels=FACET_LABELS, lookup_words=lookup)

    @app.context_processor
    def frame() -> dict[str, Any]:
        theme = request.cookies.get("theme", "")
        return {"places": PLACES, "theme_choice": theme if theme in ("light", "dark") else "", "today": today()}
