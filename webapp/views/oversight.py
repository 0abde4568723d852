"""What the numbers on the desks of district officers and park operators open: firms, and orders that tenants fit."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from market.access import Permission
from market.errors import NotFound
from market.institutions.queries import by_ids
from market.orders import oversight
from webapp.access import actor, needs
from webapp.exports import Sheet, workbook
from webapp.listing import PAGE_ROWS, Page, offset_asked
from webapp.services import services
from webapp.suiting import fitting_of
from webapp.views.desk import scope_name
from webapp.words.accounts import VERIFICATIONS
from webapp.words.exports import list_lines
from webapp.words.labels import SOURCE_KINDS
from webapp.words.oversight import (
    FIRM_HEADS,
    FIRM_TITLE,
    FITTING_HEADS,
    FITTING_TITLE,
    SHOW_NOTES,
    SHOW_WORDS,
    end_word,
    firm_line,
    fitting_line,
)
from webapp.words.text import moment

blueprint = Blueprint("oversight", __name__, url_prefix="/desk")

PATH = "/desk/firms"


def _show() -> str:
    """The list that the address asks for; all firms where it asks for none."""
    show = request.args.get("show", oversight.ALL)
    return show if show in oversight.SHOWS else oversight.ALL


@blueprint.get("/firms")
@needs(Permission.OVERSEE)
def firms() -> str:
    """The firms of the reader's district or park, those whose licence or verification ends first before the others."""
    site, show, offset = services(), _show(), offset_asked()
    with site.database.read() as session:
        rows = oversight.watched(session, actor(), show, site.clock())
        page = Page([(row, None) for row in rows[offset:offset + PAGE_ROWS]], len(rows), offset, PAGE_ROWS)
        return render_template(
            "scope_firms.html", page=page, show=show, shows=SHOW_WORDS, note=SHOW_NOTES[show], scope=scope_name(session),
            counts=oversight.counts(session, actor(), site.clock()), end_word=end_word, labels=VERIFICATIONS,
            page_address=lambda start: f"{PATH}?show={show}" + (f"&from={start}" if start else ""))


@blueprint.get("/firms.xlsx")
@needs(Permission.OVERSEE)
def firms_file() -> Response:
    """The same rows as an Excel file."""
    site, show = services(), _show()
    with site.database.read() as session:
        rows = [firm_line(row, SOURCE_KINDS[row.firm.source_kind])
                for row in oversight.watched(session, actor(), show, site.clock())]
        title = FIRM_TITLE.format(scope_name(session))
    return workbook(Sheet(FIRM_HEADS, rows, list_lines(title, SHOW_WORDS[show], len(rows))), f"caitu-firms-{show}")


@blueprint.get("/fitting")
@needs(Permission.OVERSEE)
def fitting() -> str:
    """The open orders in the district of the reader's park that tenants fit."""
    with services().database.read() as session:
        if not actor().scope.park_id:
            raise NotFound("park")
        rows = fitting_of(session)
        names = by_ids(session, sorted({key for one in rows or () for key in one.tenants}))
        return render_template("scope_fitting.html", rows=rows, names=names, scope=scope_name(session),
                               district=oversight.district_of(session, actor()))


@blueprint.get("/fitting.xlsx")
@needs(Permission.OVERSEE)
def fitting_file() -> Response:
    """The same rows as an Excel file."""
    with services().database.read() as session:
        if not actor().scope.park_id:
            raise NotFound("park")
        found = fitting_of(session) or []
        firms = by_ids(session, sorted({key for one in found for key in one.tenants}))
        names = {key: firm.name for key, firm in firms.items()}
        rows = [fitting_line(one, names, moment(one.order.bids_close_at)) for one in found]
        title = FITTING_TITLE.format(scope_name(session))
    return workbook(Sheet(FITTING_HEADS, rows, list_lines(title, "", len(rows))), "caitu-fitting")
