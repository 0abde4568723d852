"""Saved searches: kept from the search page, run again, forgotten."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from market.access import Permission
from market.notices import searches
from webapp.access import actor, needs
from webapp.alerts import ALL_FACETS, filters_of, finder, kept
from webapp.filters import Filters
from webapp.forms import pressed
from webapp.services import services
from webapp.words.accounts import SEARCH_REMOVED, SEARCH_SAVED
from webapp.words.text import filters_text

blueprint = Blueprint("searches", __name__, url_prefix="/account/searches")

PATH, SEARCH = "/account/searches", "/search"


@blueprint.get("")
@needs(Permission.SAVE_SEARCH)
def listed() -> str:
    """The reader's searches, with what each asks and how many things it has found so far."""
    with services().database.read() as session:
        rows = [(row, filters_of(row.query)) for row in searches.mine(session, actor())]
        return render_template("searches.html", rows=rows, asks=filters_text, search=SEARCH, tab_here="searches")


@blueprint.post("")
@needs(Permission.SAVE_SEARCH)
def save() -> Redirect:
    """Keeps the search whose arguments the form carries; what it finds today is not told again."""
    asked = MultiDict((name, value) for name in ("q", *ALL_FACETS) for value in request.form.getlist(name))
    filters = Filters.from_args(asked, ALL_FACETS)
    name = request.form.get("name", "").strip()[:80] or filters_text(filters)
    found = finder(services().index)(kept(filters))
    pressed(lambda act: searches.save(act, name, kept(filters), found), SEARCH_SAVED)
    return redirect(filters.address(SEARCH), 303)


@blueprint.post("/<int:search_id>/delete")
@needs(Permission.SAVE_SEARCH)
def remove(search_id: int) -> Redirect:
    """Forgets a search."""
    pressed(lambda act: searches.remove(act, search_id), SEARCH_REMOVED)
    return redirect(PATH, 303)
