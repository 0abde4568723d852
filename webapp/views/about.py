"""About the site: where the data come from, accessibility."""

from __future__ import annotations

from flask import Blueprint, render_template

from market.statistics import queries as statistics
from webapp.access import public
from webapp.services import services
from webapp.words.labels import SOURCE_ROWS

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


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """What the site does for every reader, and what it cannot do yet."""
    return render_template("accessibility.html")
