"""A plan as Elasticsearch asks it: the same clauses, worths and thresholds, with the plain server's queries only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from index.analysis import pairs, runs
from index.fusion import EXACT_FIRST, LEAST
from index.plan import BODY, NAME, TAGS, Clause, Part, Plan
from index.queries import Query

Dsl = dict[str, Any]
NOTHING: Dsl = {"match_none": {}}
EVERYTHING: Dsl = {"match_all": {}}


def _words(field: str, words: Sequence[str]) -> Dsl:
    if len(words) == 1:
        return {"term": {field: words[0]}}
    return {"match_phrase": {field: " ".join(words)}}


def phrase(field: str, text: str) -> Dsl:
    """Documents that hold a normalised phrase in a field: its runs must all stand there, each unbroken."""
    parts = [_words(field, pairs(run)) for run in runs(text)]
    if len(parts) == 1:
        return parts[0]
    return {"bool": {"filter": parts}} if parts else NOTHING


def clause(one: Clause) -> Dsl:
    """Documents for which a clause holds."""
    if one.sounds:
        return _words(one.field, one.sounds)
    if one.field:
        return phrase(one.field, one.phrase)
    if one.key:
        return {"range": {f"order.{one.key}": {"gte": one.least}}}
    return {"term": {f"facets.{one.facet}": one.value}}


def in_words(text: str) -> Dsl:
    """Documents that hold a phrase in any of their words."""
    return {"bool": {"should": [phrase(field, text) for field in (BODY, TAGS, NAME)]}}


def either(*ways: Dsl) -> Dsl:
    """Documents that one of several queries finds."""
    return {"bool": {"should": list(ways), "minimum_should_match": 1}}


def any_of(clauses: Sequence[Clause]) -> Dsl:
    """Documents for which one of several clauses holds."""
    return {"bool": {"should": [clause(one) for one in clauses], "minimum_should_match": 1}} if clauses else NOTHING


def _worth(one: Clause) -> Dsl:
    return {"constant_score": {"filter": clause(one), "boost": one.worth}}


def _part(part: Part, share: float) -> Dsl:
    """The worth of a part's best clause, by its share of the whole."""
    return {"dis_max": {"queries": [_worth(one) for one in part.clauses], "boost": share}}


def _coverage(plan: Plan) -> list[Dsl]:
    return [_part(part, part.weight / plan.weight) for part in plan.parts if part.clauses]


def covered(plan: Plan, least: float) -> Dsl:
    """Documents that have at least a share of what was asked."""
    return {"function_score": {"query": {"bool": {"should": _coverage(plan)}}, "min_score": least}}


def allowed(plan: Plan) -> list[Dsl]:
    """What every hit must have, and must not."""
    return [*map(any_of, plan.must), {"bool": {"must_not": [clause(one) for one in plan.must_not]}}]


def exact(plan: Plan) -> Dsl:
    """Documents that meet a question in full."""
    if not plan.has_conditions:
        return loose(plan)
    words = [any_of(group) for group in plan.words]
    found: Dsl = {"filter": [*map(any_of, plan.exact), *allowed(plan)]}
    if plan.words_needed:
        found |= {"should": words, "minimum_should_match": plan.words_needed}
    return either({"bool": found}, {"bool": {"filter": [any_of(plan.itself), *allowed(plan)]}})


def loose(plan: Plan) -> Dsl:
    """Documents that meet enough of a question, or hold a rare word of it, or bear the name that was typed."""
    rare = [one for part in plan.parts if part.rare for one in part.clauses if one.field]
    ways = [covered(plan, plan.enough)] if plan.parts else [EVERYTHING]
    return {"bool": {"filter": allowed(plan), "should": [*ways, any_of(rare), any_of(plan.names)], "minimum_should_match": 1}}


def by_meaning(plan: Plan, ids: Sequence[str]) -> Dsl:
    """Documents near in meaning that have a little of what was asked."""
    return {"bool": {"filter": [{"ids": {"values": list(ids)}}, covered(plan, LEAST), *allowed(plan)]}}


def scored(plan: Plan, hits: Dsl) -> Dsl:
    """The hits with their scores by words."""
    extra = [_worth(one) for part in plan.parts for one in part.also] + [_worth(one) for one in plan.always]
    first = [{"constant_score": {"filter": exact(plan), "boost": EXACT_FIRST}}] if plan.has_conditions else []
    return {"bool": {"filter": [hits], "should": [*_coverage(plan), *extra, *first], "minimum_should_match": 0}}


def wanted(query: Query, without: str = "") -> list[Dsl]:
    """The filters of a query, leaving one facet's aside."""
    return [{"terms": {f"facets.{facet}": list(values)}} for facet, values in query.filters.items()
            if facet != without and values]


def inside(query: Query) -> list[Dsl]:
    """The area of a query."""
    found: list[Dsl] = []
    if query.box:
        corners = {"top_left": {"lat": query.box.north, "lon": query.box.west},
                   "bottom_right": {"lat": query.box.south, "lon": query.box.east}}
        found.append({"geo_bounding_box": {"place": corners}})
    if query.circle:
        centre = {"lat": query.circle.lat, "lon": query.circle.lon}
        found.append({"geo_distance": {"distance": f"{query.circle.km}km", "place": centre}})
    return found


MOST_VALUES = 10_000  # of one facet


def facet_counts(query: Query) -> Dsl:
    """For each facet asked for, its values among the hits that the other facets' filters let through."""
    return {facet: {"filter": {"bool": {"filter": wanted(query, without=facet)}},
                    "aggs": {"values": {"terms": {"field": f"facets.{facet}", "size": MOST_VALUES}}}}
            for facet in query.facets}


def counts_from(query: Query, answer: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """The counts of an answer to facet_counts; a value that is set shows even where it has none."""
    out = {}
    for facet in query.facets:
        found = {bucket["key"]: bucket["doc_count"] for bucket in answer[facet]["values"]["buckets"]}
        out[facet] = {**dict.fromkeys(query.filters.get(facet, ()), 0), **found}
    return out
