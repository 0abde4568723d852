"""The search for everything: institutions, orders, parks and policies by words and by meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, render_template, request

from index.queries import Answer, Hit, Query, Suggestion
from market.database import Session
from market.institutions import queries as institutions
from market.orders import queries as orders
from market.parks import queries as parks
from market.policies import queries as policies
from matching.encoders import encoder_name
from webapp.access import public
from webapp.filters import FACETS, Filters
from webapp.listing import PAGE_ROWS, Blocker, ByIds, Page, blockers, offset_asked
from webapp.panel import PanelPlan, build_panel
from webapp.progress import read_progress
from webapp.services import Services, services
from webapp.words.labels import KIND_WORDS, TAB_ALL
from webapp.words.text import found_where, hit_facts, reading_label

blueprint = Blueprint("search", __name__)

PATH = "/search"
ALL_FACETS = ("kind", *FACETS)
PANEL = PanelPlan(PATH, FACETS, opened=("service", "district", "grade"), text_box=False, card=True)
PATHS = {"institution": "/institutions", "order": "/orders", "park": "/parks", "policy": "/policies"}
NO_CONDITION = ("", "unknown")  # facets of readings that are words already
BETWEEN, MOST_WORDS = "|", 5  # stretches of a question in its address
ROWS: dict[str, ByIds] = {"institution": institutions.by_ids, "order": orders.by_ids, "park": parks.by_ids,
                          "policy": policies.by_ids}


@dataclass(frozen=True)
class Found:
    """One hit with its row: where it leads, the facts that decide, and how it was found."""

    hit: Hit
    row: Any
    address: str
    facts: tuple[str, ...]
    found: str


@dataclass(frozen=True)
class Tab:
    """One kind of thing: its hits and its address."""

    label: str
    count: int
    address: str
    on: bool


@dataclass(frozen=True)
class Manner:
    """How the question is taken, beside its filter: `by` "words" leaves meaning aside; words: stretches of it that are
    looked for as they stand and not understood as anything."""

    by: str = ""
    words: tuple[str, ...] = ()

    @classmethod
    def asked(cls, text: str) -> Manner:
        """From the address; stretches that the text does not hold are passed over."""
        words = tuple(word for word in request.args.get("words", "").split(BETWEEN) if word and word in text)
        return cls("words" if request.args.get("by") == "words" else "", words[:MOST_WORDS])

    def args(self) -> dict[str, str]:
        """The same as arguments of an address."""
        return {"by": self.by, "words": BETWEEN.join(self.words)}

    def and_as_words(self, typed: str) -> Manner:
        """With one more stretch that is only words."""
        return replace(self, words=tuple(dict.fromkeys((*self.words, typed))))

    def but_not(self, typed: str) -> Manner:
        """With one such stretch understood again."""
        return replace(self, words=tuple(word for word in self.words if word != typed))


@blueprint.get(PATH)
@public
def results() -> str:
    """Hits of every kind; `by=words` leaves meaning aside. While the encoder is not ready, words alone answer."""
    site, filters = services(), Filters.from_args(request.args, ALL_FACETS)
    manner = Manner.asked(filters.q)
    vector = site.meaning(filters.q) if filters.q and not manner.by else None
    query = replace(filters.query(()), facets=ALL_FACETS, offset=offset_asked(), limit=PAGE_ROWS, vector=vector,
                    ignored=manner.words, encoder=encoder_name(site.settings.encoder))
    answer = site.index.search(query)
    site.speeds.keep(answer.took_ms)
    with site.database.read() as session:
        page = Page([], answer.total, query.offset, PAGE_ROWS, answer.took_ms)
        return render_template(
            "search.html", filters=filters, page=page, found=_found(session, answer), exact=answer.exact,
            readings=_readings(filters, answer, manner), as_words=_as_words(filters, manner),
            tabs=_tabs(filters, answer, manner), panel=_panel(filters, answer, manner), words_only=bool(manner.by),
            meaning_ready=read_progress(site.settings.var_dir).ready,
            meaning_off=bool(filters.q) and not manner.by and vector is None,
            blocking=_blocking(site, query, filters, answer), unknown=_unknown(site, query, filters, answer),
            page_address=lambda start: filters.address(PATH, **manner.args(), **{"from": str(start or "")}))


def _panel(filters: Filters, answer: Answer, manner: Manner) -> object:
    kinds = tuple(("kind", kind) for kind in filters.wanted.get("kind", ()))
    kept = tuple((name, value) for name, value in manner.args().items() if value)
    return build_panel(replace(PANEL, keep=(*kinds, *kept)), _without_kind(filters), answer.facets, answer.total)


def _without_kind(filters: Filters) -> Filters:
    return replace(filters, wanted={name: values for name, values in filters.wanted.items() if name != "kind"})


def _tabs(filters: Filters, answer: Answer, manner: Manner) -> list[Tab]:
    """All kinds together, then each kind; a kind's count is the number of hits after the click."""
    counts, chosen = answer.facets["kind"], filters.wanted.get("kind", ())
    every, more = _without_kind(filters), manner.args()
    tabs = [Tab(TAB_ALL, sum(counts.values()), every.address(PATH, **more), not chosen)]
    for kind, word in KIND_WORDS.items():
        tabs.append(Tab(word, counts.get(kind, 0), every.with_value("kind", kind).address(PATH, **more), chosen == (kind,)))
    return tabs


def _readings(filters: Filters, answer: Answer, manner: Manner) -> list[dict[str, str]]:
    """What the question was understood as, each with the address of the question without it, and of the question in which
    the same stretch is only words."""
    return [{"label": reading_label(reading), "typed": reading.typed,
             "without": replace(filters, q=reading.without).address(PATH, **manner.but_not(reading.typed).args()),
             "as_words": filters.address(PATH, **manner.and_as_words(reading.typed).args())
             if reading.facet not in NO_CONDITION and reading.typed in filters.q else ""} for reading in answer.readings]


def _as_words(filters: Filters, manner: Manner) -> list[tuple[str, str]]:
    """Stretches that are only words, each with the address at which it is understood again."""
    return [(typed, filters.address(PATH, **manner.but_not(typed).args())) for typed in manner.words]


def _unknown(site: Services, query: Query, filters: Filters, answer: Answer) -> list[Blocker]:
    """For a question without hits: each word that stands nowhere, and how many hits come without it."""
    strangers = [] if answer.total else [r for r in answer.readings if r.facet == "unknown" and r.without]
    asked = [(r, site.index.count(replace(query, text=r.without))) for r in strangers]
    return [Blocker(r.typed, hits, replace(filters, q=r.without).address(PATH)) for r, hits in asked if hits]


@blueprint.get("/suggest")
@public
def suggest() -> str:
    """Firms, parks, services and districts whose name begins as typed: a list that the search box shows under itself."""
    site, text = services(), request.args.get("q", "").strip()[:40]
    index = site.index_or_none()
    found = index.suggest(text) if index and text else ()
    rows = [{"text": one.text, "kind": one.kind, "address": _address_of(one)} for one in found]
    return render_template("partials/suggestions.html", rows=rows)


def _address_of(suggestion: Suggestion) -> str:
    if suggestion.id:
        return f"{PATHS[suggestion.kind]}/{suggestion.id}"
    return Filters("", {suggestion.kind: (suggestion.text,)}).address("/institutions")


def _found(session: Session, answer: Answer) -> list[Found]:
    rows: dict[str, Mapping[str, Any]] = {
        kind: by_ids(session, [hit.id for hit in answer.hits if hit.kind == kind]) for kind, by_ids in ROWS.items()}
    return [Found(hit, rows[hit.kind][hit.id], f"{PATHS[hit.kind]}/{hit.id}", hit_facts(hit.kind, rows[hit.kind][hit.id]),
                  found_where(hit)) for hit in answer.hits if hit.id in rows[hit.kind]]


def _blocking(site: Services, query: Query, filters: Filters, answer: Answer) -> list[Any]:
    return [] if answer.total else blockers(site, query, filters, PATH)
