"""Every word that a page takes from code; the templates hold the rest."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from market.accounts.queries import identity
from market.notices.inbox import unread
from market.vocabulary import PARK_LEVELS
from webapp.access import actor
from webapp.clock import today
from webapp.services import services
from webapp.words import bids, editor, lookup, text
from webapp.words.audit import audit_object, audit_word
from webapp.words.labels import (
    BAND_WORDS,
    FACET_LABELS,
    KIND_ICONS,
    KIND_WORDS,
    ORDER_STATES,
    PLACES,
    REASON_KINDS,
    SIGNED_IN_PLACES,
    Tone,
)
from webapp.words.levers import lift_word, what_if_word
from webapp.words.life import EVENTS, FIELDS, ROLES
from webapp.words.matches import reason_counts, reason_word

UNKNOWN_LEVEL = "性质未写明"


def _greeting() -> dict[str, Any]:
    """Who is signed in, what waits in their inbox, and the places of their top bar."""
    if actor().person_id is None:
        return {"places": PLACES, "identity": None, "me": actor()}
    with services().database.read() as session:
        return {"places": SIGNED_IN_PLACES, "identity": identity(session, actor()), "unread": unread(session, actor()),
                "me": actor()}


def register(app: Flask) -> None:
    """Gives the words to the templates."""
    app.jinja_env.filters.update(
        named=text.named, n=text.number, marked=text.marked, excerpt=text.excerpt, day=text.day,
        joined=text.joined, days_left=text.days_left, chip_label=text.chip_label, facet_value=text.facet_value,
        band_word=lambda n: BAND_WORDS[n], kind_word=lambda reason: REASON_KINDS[reason.kind],
        state_tone=lambda state: ORDER_STATES.get(state, Tone(state, "", "clock")),
        kind_name=KIND_WORDS.get, kind_icon=KIND_ICONS.get, reason_word=reason_word, reason_counts=reason_counts,
        what_if_word=what_if_word, quotes_in=text.quotes_in, lift_word=lift_word, services_short=text.services_short,
        short_name=text.short_name, bracketed=text.bracketed, licence_state=lambda firm: text.licence_state(firm, today()),
        place_word=text.place_word, area=text.area, park_level=lambda level: PARK_LEVELS.get(level, level or UNKNOWN_LEVEL),
    )
    app.jinja_env.globals.update(facet_labels=FACET_LABELS, lookup_words=lookup, stages=bids.STAGES, bid_faults=bids.BID_FAULTS,
                                 missing_words=bids.MISSING, outcomes=bids.OUTCOMES, award_states=bids.AWARD_STATES)

    app.jinja_env.filters.update(
        role_word=lambda role: ROLES.get(str(role), str(role)), event_word=lambda event: EVENTS.get(event, event),
        field_word=lambda name: FIELDS.get(name, name), moment=text.moment, day_word=text.day_word, until=text.until, yuan=text.yuan,
        percent=text.percent, audit_word=audit_word, audit_object=audit_object, check_line=bids.check_line,
        conflict_word=bids.conflict_word, judge_word=bids.judge_word)

    app.jinja_env.filters.update(
        gap_word=editor.gap_word, severity_word=editor.severity_word, severity_tone=editor.severity_tone,
        value_word=editor.value_word, days_word=editor.days_word, names_word=editor.names_word)

    @app.context_processor
    def frame() -> dict[str, Any]:
        theme = request.cookies.get("theme", "")
        return {**_greeting(), "demo": services().settings.demo, "theme_choice": theme if theme in ("light", "dark") else "", "today": today(), "now": services().clock()}
