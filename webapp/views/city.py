"""The whole city at once: the best allocation of all open orders beside the greedy one, and who gets seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request

from market.database import Session
from market.errors import InvalidInput, NotPossibleNow
from market.institutions import queries as institutions
from market.matches import queries
from market.matches.models import CityPlan
from market.orders import queries as orders
from market.orders.joint import AWARDS, BIDS, tally
from matching.encoders import EncoderNotReady
from webapp.access import public
from webapp.cityplan import firm_rows, groups, monthly, order_rows
from webapp.exports import Sheet, workbook
from webapp.listing import PAGE_ROWS, Page, offset_asked
from webapp.services import services
from webapp.words.exports import export_lines
from webapp.words.matcher import CITY_FIRM_HEADS, CITY_ORDER_HEADS, CITY_TITLE, PLANS, rule_words

blueprint = Blueprint("city", __name__, url_prefix="/matching")

ROWS = 2 * PAGE_ROWS
SHOWS = ("", "lacking", "served")  # all rows; orders that lack people; firms that get something


@blueprint.get("/city")
@public
def city() -> str:
    """The figures of both allocations; every number opens its rows."""
    with services().database.read() as session:
        plan = queries.newest_plan(session)
        lacking = sum(row.best < row.wanted for row in order_rows(plan.content)) if plan else 0
        return render_template("city.html", plan=plan, lacking=lacking, plans=PLANS, joint_bids=tally(session, BIDS),
                               joint_awards=tally(session, AWARDS))


def _needed(session: Session) -> CityPlan:
    plan = queries.newest_plan(session)
    if plan is None:
        raise NotPossibleNow("the plan of the city is not there yet")
    return plan


def _show() -> str:
    show = request.args.get("show", "")
    if show not in SHOWS:
        raise InvalidInput(f"show={show}")
    return show


def _chosen(plan: CityPlan, kind: str) -> list[Any]:
    """The rows that the URL asks for."""
    show = _show()
    if kind == "orders":
        return [row for row in order_rows(plan.content) if show != "lacking" or row.best < row.wanted]
    return [row for row in firm_rows(plan.content) if show != "served" or row.best]


def _address(kind: str, start: int) -> str:
    return f"/matching/city/{kind}?show={_show()}&from={start}"


def _order_page(session: Session, rows: Sequence[Any]) -> dict[str, Any]:
    firms = institutions.by_ids(session, list({firm for row in rows for firm, _ in row.givers}))
    return {"known": orders.by_ids(session, [row.order_id for row in rows]), "firms": firms}


@blueprint.get("/city/<any(orders, firms):kind>")
@public
def rows(kind: str) -> str:
    """The orders or the firms of the plan, some at a time."""
    with services().database.read() as session:
        plan, offset = _needed(session), offset_asked() // ROWS * ROWS
        found = _chosen(plan, kind)
        shown = found[offset : offset + ROWS]
        more = _order_page(session, shown) if kind == "orders" else {
            "firms": institutions.by_ids(session, [row.firm_id for row in shown])}
        return render_template("city_rows.html", kind=kind, rows=shown, plan=plan, page=Page((), len(found), offset, ROWS),
                               show=_show(), address=lambda start: _address(kind, max(start, 0)), **more)


@blueprint.get("/city/<any(orders, firms):kind>.xlsx")
@public
def export(kind: str) -> Response:
    """All rows of the plan as an Excel file."""
    site = services()
    with site.database.read() as session:
        plan = _needed(session)
        found = _chosen(plan, kind)
        lines = _order_lines(session, found) if kind == "orders" else _firm_lines(session, found)
    about = export_lines(f"{CITY_TITLE} {plan.made_at:%Y-%m-%d %H:%M} UTC", _show(), (len(lines), len(found)),
                         site.settings.map_approval)
    return workbook(Sheet(CITY_ORDER_HEADS if kind == "orders" else CITY_FIRM_HEADS, lines, about), f"caitu-city-{kind}")


def _order_lines(session: Session, found: Sequence[Any]) -> list[list[object]]:
    known = orders.by_ids(session, [row.order_id for row in found])
    names = institutions.by_ids(session, list({firm for row in found for firm, _ in row.givers}))
    return [[row.order_id, known[row.order_id].title, known[row.order_id].district or "", row.wanted, row.best, row.greedy,
             "; ".join(f"{names[firm].name} {places}" for firm, places in row.givers if firm in names)]
            for row in found if row.order_id in known]


def _firm_lines(session: Session, found: Sequence[Any]) -> list[list[object]]:
    names = institutions.by_ids(session, [row.firm_id for row in found])
    return [[row.firm_id, names[row.firm_id].name, names[row.firm_id].district or "", row.free, row.best, row.greedy]
            for row in found if row.firm_id in names]


@blueprint.get("/exposure")
@public
def exposure() -> str:
    """Who gets seen: month by month, and by size, age and district in the month that is asked for."""
    site = services()
    with site.database.read() as session:
        fronts = queries.fronts(session)
    try:
        pool = site.firms()
    except EncoderNotReady:
        pool = None
    profiles = pool.profiles if pool else ()
    months = monthly(fronts, profiles, site.desk.rule)
    month = request.args.get("month") or (months[0][0] if months else "")
    rule = site.desk.rule
    return render_template("exposure.html", months=months, month=month, rule=rule_words(rule), front=rule.front,
                           groups=groups(fronts.get(month, ()), profiles) if month in fronts else None)
