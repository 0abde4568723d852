"""About the site: where the data come from, accessibility."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template

from market.access import Role
from market.database import Session
from market.orders.durations import everywhere
from market.orders.life import LIFE, STATES, TURNS, Tie
from market.statistics import queries as statistics
from webapp.access import public
from webapp.clock import today
from webapp.services import services
from webapp.words.labels import SOURCE_ROWS
from webapp.words.life import ENDED, EVENTS, FLOW_NOTICE, JOIN_SIDES, ROLES, TURN_DEEDS, span_word

blueprint = Blueprint("about", __name__)


@blueprint.get("/sources")
@public
def sources() -> str:
    """Every kind of row with its number of public and of fictitious ones, and the indicators with their sources."""
    site = services()
    with site.database.read() as session:
        counts = statistics.rows_by_source(session)
        rows = [{"label": label, "href": href, "reference": counts[kind]["reference"], "sample": counts[kind]["sample"]}
                for kind, label, href in SOURCE_ROWS]
        indicators = statistics.indicators(session)
        return render_template("sources.html", rows=rows, indicators=indicators,
                               map_approval=site.settings.map_approval)


@blueprint.get("/method/orders")
@public
def order_flow() -> str:
    """How an order goes from draft to its end: for each state whose turn it is, what may be done by whom, and until when."""
    site = services()
    with site.database.read() as session:
        return render_template("order_flow.html", stages=[_stage(session, state) for state in STATES], notice=FLOW_NOTICE)


def _stage(session: Session, state: str) -> dict[str, object]:
    day = today()
    moves = [{"event": EVENTS[move.event], "who": _roles(move.who), "to": move.target,
              "within": span_word(everywhere(session, move.clock, day)) if move.clock else ""}
             for move in LIFE if state in move.sources]
    return {"state": state, "turn": _roles(TURNS.get(state, ())), "deed": TURN_DEEDS.get(state, ""),
            "moves": moves, "ended": ENDED.get(state, "")}


def _roles(who: Sequence[tuple[Role, Tie]]) -> str:
    return JOIN_SIDES.join(dict.fromkeys(ROLES[role] for role, _ in who))


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """What the site does for every reader, and what it cannot do yet."""
    return render_template("accessibility.html")
