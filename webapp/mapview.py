"""What the map page shows for one state: the numbers of each district, the colours, the sentence, and what is opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from geo.choropleth import Classes, classes_for
from geo.districts import DISTRICTS
from index import Answer, Index
from index.queries import Box, Query
from market.database import Session
from market.districts import queries as districts
from market.errors import NotFound
from market.institutions import queries as institutions
from market.orders import queries as orders
from market.parks import queries as parks
from webapp.clock import today
from webapp.filters import FACETS
from webapp.mapstate import Card, MapState, box_from
from webapp.mix import mix_of
from webapp.words.text import map_sentence

ROWS_SHOWN = 20
OPEN_ORDERS = Query(filters={"kind": ("order",), "state": ("open",)}, facets=("district",), limit=0)


@dataclass(frozen=True)
class Numbers:
    """District name -> firms that the filter lets through, and open orders; total: firms with or without a district."""

    firms: Mapping[str, int]
    orders: Mapping[str, int]
    total: int

    def shaded(self, shade: str) -> Mapping[str, int]:
        """What the colours count; empty for no colour."""
        return {"orders": self.orders, "institutions": self.firms}.get(shade, {})


@dataclass(frozen=True)
class Side:
    """The list beside the map: the card that is open, and the firms that belong to it.

    more: where all of them are listed; orders: open ones of an opened district; missing: services that nobody there has.
    """

    card: Card | None = None
    subject: Any = None
    rows: Sequence[Any] = ()
    total: int = 0
    more: str = ""
    orders: int = 0
    missing: Sequence[str] = ()


def numbers_of(answer: Answer, index: Index, state: MapState) -> Numbers:
    """The numbers of all districts; a district that the filter leaves out counts no firm."""
    wanted = state.filters.wanted.get("district")
    firms = {name: count for name, count in answer.facets["district"].items() if not wanted or name in wanted}
    return Numbers(firms, index.search(OPEN_ORDERS).facets["district"], answer.total)


def numbers_from_sql(session: Session) -> Numbers:
    """The numbers without a filter: while the index is away."""
    firms = institutions.by_district(session)
    return Numbers(firms, orders.open_by_district(session, today()), sum(firms.values()))


def firms_query(state: MapState) -> Query:
    """The firms of the page's filter, with the counts of all facets."""
    return replace(state.filters.query(), facets=FACETS, limit=ROWS_SHOWN)


def classes_of(numbers: Numbers, state: MapState) -> tuple[Classes, Mapping[str, int]]:
    """The legend's classes, and the class of each district (none where nothing is shaded)."""
    shaded = numbers.shaded(state.shade)
    classes = classes_for([shaded.get(d.name, 0) for d in DISTRICTS])
    return classes, {d.name: classes.of(shaded.get(d.name, 0)) for d in DISTRICTS} if state.shade != "none" else {}


def sentence_of(numbers: Numbers, state: MapState) -> str:
    """What to see on the map, in one sentence."""
    wanted = state.filters.wanted.get("district", ())
    shown = [d for d in DISTRICTS if not wanted or d.name in wanted] or DISTRICTS
    ranked = sorted(shown, key=lambda d: (-numbers.orders.get(d.name, 0), -numbers.firms.get(d.name, 0)))
    rows = [(d.name, numbers.orders.get(d.name, 0), numbers.firms.get(d.name, 0)) for d in ranked[:2]]
    return map_sentence(rows, numbers.total, bool(state.filters))


def side_of(session: Session, index: Index, state: MapState, answer: Answer) -> Side:
    """What stands beside the map: the whole list, or what was opened on the map with the firms that belong to it."""
    card = state.card
    if card is None or card.kind == "institution":
        subject = institutions.institution(session, card.key) if card else None
        shown = [row for row in _rows(session, answer) if subject is None or row.id != subject.id]
        return Side(card, subject, shown, answer.total, state.filters.address("/institutions"))
    query, subject, more = _narrowed(session, state, card)
    found = index.search(query)
    side = Side(card, subject, _rows(session, found), found.total, more)
    if card.kind != "district":
        return side
    waiting = index.search(OPEN_ORDERS).facets["district"].get(subject.name, 0)
    return replace(side, orders=waiting, missing=mix_of(index, {"district": (subject.name,)}).missing)


def _narrowed(session: Session, state: MapState, card: Card) -> tuple[Query, Any, str]:
    """The firms of an opened district, park or cluster under the page's filter, and where all of them are listed."""
    query = replace(firms_query(state), facets=())
    if card.kind == "cluster":
        box = box_from(card.key)
        return replace(query, box=Box(box.west, box.south, box.east, box.north)), None, ""
    facet = "district" if card.kind == "district" else "park"
    subject: Any = districts.district(session, card.key) if facet == "district" else parks.park(session, card.key)
    name = subject.name if facet == "district" else subject.short_name
    if not name:
        raise NotFound(card.key)
    filters = state.filters.with_only(facet, name)
    return replace(query, filters={**query.filters, facet: (name,)}), subject, filters.address("/institutions")


def _rows(session: Session, answer: Answer) -> list[Any]:
    rows = institutions.by_ids(session, [hit.id for hit in answer.hits])
    return [rows[hit.id] for hit in answer.hits if hit.id in rows]


def district_links(state: MapState) -> Mapping[str, str]:
    """Where a click on a district leads when no script runs."""
    return {d.name: state.address(card=Card("district", d.name)) for d in DISTRICTS}


def view_query(state: MapState) -> str:
    """The filter as the part of an address that asks for points."""
    return urlencode(state.filters.to_args())
