"""The page of one district: its firms by service beside the city's, its parks and its open orders."""

from __future__ import annotations

from flask import Blueprint, render_template

from market.database import Session
from market.districts import queries
from market.institutions import queries as institutions
from market.orders import queries as orders
from market.parks import queries as parks
from webapp.access import public
from webapp.clock import today
from webapp.mix import Mix, mix_of
from webapp.services import services
from webapp.words.text import district_sentence

blueprint = Blueprint("districts", __name__, url_prefix="/districts")
ORDERS_SHOWN = 6


@blueprint.get("/<key>")
@public
def one(key: str) -> str:
    """One district by full name, short name or code."""
    site = services()
    with site.database.read() as session:
        district = queries.district(session, key)
        index = site.index_or_none()
        mix = mix_of(index, {"district": (district.name,)}) if index else _without_index(session, district.name)
        count, headcount = orders.open_totals(session, today(), district.name)
        return render_template(
            "district.html", index_away=index is None, district=district, total=mix.total, city_total=mix.city_total,
            mix=mix.bars, sentence=district_sentence(district.name, mix.total, count, mix.missing), open_orders=count,
            headcount=headcount, parks=parks.of_district(session, district.name),
            orders=orders.open_orders(session, today(), district.name, ORDERS_SHOWN))


def _without_index(session: Session, district: str) -> Mix:
    """The numbers of firms alone: the index counts by service."""
    of_district = institutions.by_district(session)
    return Mix(of_district.get(district, 0), sum(of_district.values()), ())
