"""Parks: the list, and the page of one park with its firms, what they do, and what is missing."""

from __future__ import annotations

from flask import Blueprint, render_template

from market.institutions import queries as institutions
from market.orders import queries as orders
from market.parks import queries
from market.parks.models import Park
from webapp.access import public
from webapp.clock import today
from webapp.mix import mix_of
from webapp.services import services
from webapp.words.labels import PARK_THEMES
from webapp.words.text import mix_title

blueprint = Blueprint("parks", __name__, url_prefix="/parks")
FIRMS_SHOWN = 12
BARS_SHOWN = 10


@blueprint.get("")
@public
def listed() -> str:
    """All parks with the number of firms in each."""
    with services().database.read() as session:
        rows = queries.parks(session)
        return render_template("parks.html", parks=rows, with_firms=sum(firms > 0 for _, firms in rows))


@blueprint.get("/<key>")
@public
def one(key: str) -> str:
    """One park by id or short name."""
    with services().database.read() as session:
        park = queries.park(session, key)
        names = (park.short_name,) if park.short_name else ()
        total, firms = institutions.listed(session, (), names, 0, FIRMS_SHOWN) if names else (0, [])
        open_orders = orders.open_totals(session, today(), park.district)[0] if park.district else 0
        return render_template(
            "park.html", park=park, total=total, firms=firms, theme=PARK_THEMES.get(park.short_name or "", ""),
            sample_count=institutions.sample_count(session, park.id), open_orders=open_orders,
            **_mix(park, total))


def _mix(park: Park, total: int) -> dict[str, object]:
    """The park's services beside the city's; empty where no firm is known to sit there or the index is away."""
    index = services().index_or_none()
    if not total or index is None:
        return {"mix": (), "gaps": (), "mix_title": ""}
    mix = mix_of(index, {"park": (park.short_name or "",)})
    first = mix.bars[0]
    return {"mix": mix.bars[:BARS_SHOWN], "gaps": mix.gaps,
            "mix_title": mix_title(first.label, first.count, mix.total, mix.missing)}
