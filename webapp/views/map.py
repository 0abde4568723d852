"""The map of the city: the page, its points for a view, and its built files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, render_template, request, send_from_directory
from markupsafe import Markup

from geo.districts import DISTRICTS
from geo.svg import Scene, draw
from geo.views import view_of
from index import Answer, Index
from market.orders import queries as orders
from market.parks import queries as parks
from webapp.access import public
from webapp.answers import json_answer
from webapp.atlas import as_json, atlas, first_views
from webapp.clock import today
from webapp.filters import FACETS, Filters
from webapp.mapstate import MapState, box_from, zoom_from
from webapp.mapview import (
    Numbers,
    Side,
    classes_of,
    district_links,
    firms_query,
    numbers_from_sql,
    numbers_of,
    sentence_of,
    side_of,
    view_query,
)
from webapp.panel import PanelPlan, build_panel
from webapp.services import Services, services
from webapp.words.labels import LEGEND_TITLES, NO_APPROVAL, SHADE_WORDS
from webapp.words.text import district_title

blueprint = Blueprint("map", __name__)
OPENED = ("service", "grade", "park")
NOTHING = Answer(0, (), {name: {} for name in FACETS})


@blueprint.get("/")
@public
def page() -> str:
    """The map with its filter, its list and its table; without a script the server's drawing is the map."""
    site, state = services(), MapState.from_args(request.args)
    index = site.index_or_none()
    answer = index.search(firms_query(state)) if index else NOTHING
    with site.database.read() as session:
        numbers = numbers_of(answer, index, state) if index else numbers_from_sql(session)
        side = side_of(session, index, state, answer) if index else Side(total=numbers.total, more="/institutions")
        panel = build_panel(PanelPlan("/", FACETS, OPENED, state.kept()), state.filters, answer.facets, numbers.total)
        return render_template(
            "map.html", state=state, panel=panel, side=side, numbers=numbers, index_away=index is None,
            sentence=sentence_of(numbers, state), approval=site.settings.map_approval or NO_APPROVAL,
            headcounts=orders.headcount_by_district(session, today()) if state.view == "table" else {},
            **_drawing(site, state, index, numbers), map_parks=_parks(session), districts=DISTRICTS)


def _drawing(site: Services, state: MapState, index: Index | None, numbers: Numbers) -> dict[str, Any]:
    """Picture, legend and what the browser's script starts from."""
    classes, of_district = classes_of(numbers, state)
    marks = first_views(atlas(site).pinned(index, state.filters), numbers.firms) if index else ()
    titles = {d.name: district_title(d.name, numbers.orders.get(d.name, 0), numbers.firms.get(d.name, 0)) for d in DISTRICTS}
    chosen = frozenset({state.district} - {""})
    scene = Scene(of_district, titles, district_links(state), chosen, marks)
    built = atlas(site).assets
    # The drawing escapes what it is given; only our own markup is passed on as such.
    picture = Markup(draw(built.paths, scene, LEGEND_TITLES[state.shade] or titles[DISTRICTS[0].name]))
    script = {"classes": of_district, "titles": titles, "chosen": sorted(chosen), "query": view_query(state), "at": state.at,
              "fine": f"/map/files/{built.fine}", "card": str(state.card or "")}
    return {"picture": picture, "legend": classes.spans() if of_district else (), "legend_title": LEGEND_TITLES[state.shade],
            "shades": SHADE_WORDS, "script": script, "map_script": f"/map/files/{built.script}"}


def _parks(session: Any) -> list[dict[str, Any]]:
    """The parks whose place is known, for the browser's map."""
    return [{"id": park.id, "name": park.short_name or park.name, "lon": park.lon, "lat": park.lat}
            for park, _ in parks.parks(session) if park.lon is not None]


@blueprint.get("/map/view")
@public
def view() -> Response:
    """Bubbles and labels of a box at a zoom, for the filter of the URL; counts add up to the firms within the box."""
    site, filters = services(), Filters.from_args(request.args)
    box, zoom = box_from(request.args.get("box", "")), zoom_from(request.args.get("zoom", ""))
    pinned = atlas(site).pinned(site.index, filters)
    counts = site.index.search(replace(filters.query(), facets=("district",), limit=0)).facets["district"]
    wanted = filters.wanted.get("district")
    mine = {name: count for name, count in counts.items() if not wanted or name in wanted}
    return json_answer(as_json(view_of(pinned.pyramid, mine, box, zoom), pinned.ids, zoom))


@blueprint.get("/map/files/<name>")
@public
def files(name: str) -> Response:
    """A built file of the map, named by its hash."""
    answer = send_from_directory(services().settings.var_dir / "map", name)
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.direct_passthrough = False  # so that it is compressed like every text
    return answer
