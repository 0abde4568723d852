"""The Elasticsearch engine: the same analysis, plans and fusion as the embedded one; the cluster keeps and counts."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from index import Progress
from index.analysis import is_chinese
from index.asked import Asked
from index.clauses import (
    EVERYTHING,
    NOTHING,
    Dsl,
    by_meaning,
    counts_from,
    either,
    exact,
    facet_counts,
    in_words,
    inside,
    loose,
    phrase,
    scored,
    wanted,
)
from index.cluster import Cluster, read_address, speaking
from index.concepts import Question
from index.documents import Document
from index.elastic_writing import ElasticWriter
from index.fusion import ENOUGH_EXACT, NEAREST, REACH, nearness, trust_in_meaning
from index.mapping import document_of, vector_field
from index.marks import lines_of, quote_for
from index.plan import NAME, STARTS, Corpus, plan_of
from index.queries import Answer, Hit, Points, Query, Space, Status, Suggestion, Vectors
from index.suggestions import SUGGESTED_KINDS, Terms, joined, typed_start
from index.understanding import Reader
from index.vocabulary import SearchVocabulary

CANDIDATES = 2 * NEAREST  # looked at in the graph of vectors; the best are judged again by their full values
PAGE = 10_000  # rows of one request where all are read
KNOWN_S = 10.0  # how long a count of documents may be used again while a question is read
BEST_FIRST = ({"_score": "desc"}, {"id": "asc"})


class ElasticIndex:
    """An index in a cluster."""

    def __init__(self, url: str, vocabulary: SearchVocabulary, api_key: str = "") -> None:
        self.cluster = Cluster(read_address(url), api_key)
        self.vocabulary = vocabulary
        self._writer = ElasticWriter(self.cluster, vocabulary)
        self._reader, self._terms = Reader(vocabulary), Terms(vocabulary)
        self._known: dict[str, int] = {}
        self._known_until = 0.0
        self._space = Space()

    # writing

    def put(self, documents: Iterable[Document]) -> int:
        """See index.Index."""
        self._known_until = 0.0
        return self._writer.put(documents)

    def delete(self, ids: Iterable[str]) -> int:
        """See index.Index."""
        self._known_until = 0.0
        return self._writer.delete(ids)

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """See index.Index. Vectors of documents whose meaning is unchanged are kept."""
        self._known_until = 0.0
        return self._writer.rebuild(documents, progress)

    def set_vectors(self, vectors: Mapping[str, Vectors], encoder: str = "") -> int:
        """See index.Index."""
        self._known_until = 0.0
        self._writer.set_vectors(vectors, encoder)
        return self.status().vectors

    # asking

    def _search(self, **body: Any) -> Mapping[str, Any]:
        with speaking(self.cluster.address):
            return dict(self.cluster.client.search(index=self.cluster.address.alias, **body))

    def _counted(self, phrases: Iterable[str]) -> dict[str, int]:
        """How many documents hold each phrase, and under "" how many there are; one request for all that is not known."""
        if time.monotonic() > self._known_until:
            self._space = self._writer.space(self.cluster.live())
            self._known, self._known_until = {}, time.monotonic() + KNOWN_S
        known = self._known
        missing = [text for text in dict.fromkeys(("", *phrases)) if text not in known]
        if missing:
            filters = {str(at): in_words(text) if text else EVERYTHING for at, text in enumerate(missing)}
            found = self._search(size=0, aggs={"held": {"filters": {"filters": filters}}})["aggregations"]["held"]["buckets"]
            known.update((text, int(found[str(at)]["doc_count"])) for at, text in enumerate(missing))
        return known

    def _read(self, query: Query) -> Question:
        """Reads a question; what reading will ask about is counted beforehand in one request."""
        asked: set[str] = set()

        def none(text: str) -> bool:
            asked.add(text)
            return False

        def every(text: str) -> bool:
            asked.add(text)
            return True

        for holds in (none, every):
            self._reader.read(query.text, holds, query.ignored)
        self._counted(asked)
        return self._reader.read(query.text, lambda text: self._counted((text,))[text] > 0, query.ignored)

    def _ask(self, query: Query) -> Asked:
        if not query.text.strip():
            return Asked(Question(), EVERYTHING, EVERYTHING, EVERYTHING, {})
        question = self._read(query)
        if not question.concepts and not question.excluded:
            return Asked(question, NOTHING, NOTHING, NOTHING, {})
        phrases = [text for concept in question.concepts for text in concept.alternatives]
        counted = self._counted(phrases)
        plan = plan_of(question, Corpus(counted[""], counted), self.vocabulary)
        full, some = exact(plan), either(exact(plan), loose(plan))
        in_full, in_part, near = self._first_look(query, full, some)
        hits = full if plan.has_conditions and in_full >= ENOUGH_EXACT else some
        more = [key for key, value in near.items() if value >= REACH]
        if not (more and in_part and min(in_full, in_part) < ENOUGH_EXACT):
            return Asked(question, hits, full, scored(plan, hits), near if in_part else {}, plan.unknown)
        wide = either(hits, by_meaning(plan, more))
        return Asked(question, wide, full, scored(plan, wide), near, plan.unknown, hits)

    def _first_look(self, query: Query, full: Dsl, some: Dsl) -> tuple[int, int, dict[str, float]]:
        """(hits in full, hits in full or in part, how near the nearest are), in one request."""
        alias, vector = {"index": self.cluster.address.alias}, query.vector
        counts = {"size": 0, "track_total_hits": True, "query": some, "aggs": {"full": {"filter": full}}}
        searches: list[Mapping[str, Any]] = [alias, counts]
        if vector is not None and query.space == self._space:
            field = vector_field(self._space)
            knn = {"field": field, "query_vector": [float(v) for v in vector], "k": NEAREST, "num_candidates": CANDIDATES,
                   "rescore_vector": {"oversample": 2.0}}
            searches += [alias, {"knn": knn, "size": NEAREST, "_source": False}]
        with speaking(self.cluster.address):
            answers = self.cluster.client.msearch(searches=searches)["responses"]
            for answer in answers:
                self.cluster.check(answer)
        cosines = {hit["_id"]: 2 * hit["_score"] - 1 for answer in answers[1:] for hit in answer["hits"]["hits"]}
        first = answers[0]
        return (int(first["aggregations"]["full"]["doc_count"]), int(first["hits"]["total"]["value"]), nearness(cosines))

    def search(self, query: Query) -> Answer:
        """See index.Index."""
        start = time.perf_counter()
        asked = self._ask(query)
        fused = bool(asked.near) and not query.sort
        body: dict[str, Any] = {
            "query": {"bool": {"must": [asked.scored], "filter": inside(query)}},
            "post_filter": {"bool": {"filter": wanted(query)}}, "track_total_hits": True, "sort": _sort(query.sort),
            "aggs": {**facet_counts(query), "exact": {"filter": {"bool": {"filter": [asked.exact, *wanted(query)]}}}},
        }
        if fused:
            found = self._search(**body, size=max(NEAREST, query.offset + query.limit), source=False)
            shown = self._fused(query, asked, found["hits"]["hits"])
        else:
            found = self._search(**body, from_=query.offset, size=query.limit, source_includes=["document"])
            shown = [(hit, float(hit["_score"] or 0)) for hit in found["hits"]["hits"]]
        said = self._by_words(asked, [hit["_id"] for hit, _ in shown])
        hits = tuple(self._hit(asked, hit, score, by_words=hit["_id"] in said) for hit, score in shown)
        counts = found["aggregations"]
        took = (time.perf_counter() - start) * 1000
        return Answer(int(found["hits"]["total"]["value"]), hits, counts_from(query, counts), took,
                      asked.question.readings(query.text, asked.unknown), int(counts["exact"]["doc_count"]))

    def _fused(self, query: Query, asked: Asked, first: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], float]]:
        """The page that is wanted of the first hits by words and the near ones, in the order of both together."""
        there = {hit["_id"]: hit for hit in first}
        rest = [key for key in asked.near if key not in there]
        if rest:
            only = {"bool": {"must": [asked.scored], "filter": [{"ids": {"values": rest}}, *inside(query), *wanted(query)]}}
            there |= {hit["_id"]: hit for hit in self._search(query=only, size=len(rest), source=False)["hits"]["hits"]}
        trust = trust_in_meaning(asked.question)
        scores = {key: hit["_score"] + trust * asked.near.get(key, 0.0) for key, hit in there.items()}
        order = sorted(there, key=lambda key: (-scores[key], key))[query.offset : query.offset + query.limit]
        bodies = self.cluster.held(self.cluster.address.alias, order, ("document",))
        return [({**there[key], **bodies[key]}, scores[key]) for key in order if key in bodies]

    def _by_words(self, asked: Asked, keys: Sequence[str]) -> frozenset[str]:
        """Those of some hits that words find. A named part of the query would not say: its name disregards `min_score`."""
        if asked.words is None or not keys:
            return frozenset(keys)
        only = {"bool": {"filter": [{"ids": {"values": list(keys)}}, asked.words]}}
        return frozenset(hit["_id"] for hit in self._search(query=only, size=len(keys), source=False)["hits"]["hits"])

    def _hit(self, asked: Asked, hit: Mapping[str, Any], score: float, *, by_words: bool) -> Hit:
        document = document_of(hit["_source"])
        found = Hit(document.id, document.kind, document.title, score)
        if not asked.question.concepts:
            return found
        ways = (("words",) if by_words else ()) + (("meaning",) if document.id in asked.near else ())
        field, quote, marks = quote_for(lines_of(document), asked.question.concepts)
        return replace(found, found_by=ways, field=field, quote=quote, marks=marks)

    def _all(self, query: Query, without: str = "") -> Dsl:
        return {"bool": {"filter": [self._ask(query).hits, *inside(query), *wanted(query, without)]}}

    def count(self, query: Query) -> int:
        """See index.Index."""
        return int(self._search(query=self._all(query), size=0, track_total_hits=True)["hits"]["total"]["value"])

    def points(self, query: Query) -> Points:
        """See index.Index."""
        placed = {"bool": {"filter": [self._all(query), {"exists": {"field": "lon"}}]}}
        hits = list(self._every(placed, ("lon", "lat")))
        places = [(hit["fields"]["lon"][0], hit["fields"]["lat"][0]) for hit in hits]
        lonlat = np.array(places, np.float64).reshape(len(hits), 2)
        return Points(tuple(hit["_id"] for hit in hits), lonlat[:, 0], lonlat[:, 1])

    def _every(self, query: Dsl, fields: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        """All hits of a query with some of their fields, page after page by id."""
        after: dict[str, Any] = {}
        while True:
            hits = self._search(query=query, size=PAGE, sort=[{"id": "asc"}], source=False, fields=list(fields),
                                track_total_hits=False, **after)["hits"]["hits"]
            yield from hits
            if len(hits) < PAGE:
                return
            after = {"search_after": hits[-1]["sort"]}

    def blocking(self, query: Query) -> Sequence[tuple[str, str, int]]:
        """See index.Index."""
        facets = [facet for facet, values in query.filters.items() if values]
        if not facets:
            return []
        aggs = {facet: {"filter": {"bool": {"filter": wanted(query, without=facet)}}} for facet in facets}
        base = {"bool": {"filter": [self._ask(query).hits, *inside(query)]}}
        freed = self._search(query=base, size=0, aggs=aggs)["aggregations"]
        found = [(facet, value, int(freed[facet]["doc_count"])) for facet in facets for value in query.filters[facet]
                 if freed[facet]["doc_count"]]
        return sorted(found, key=lambda item: -item[2])

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """See index.Index."""
        start = typed_start(prefix)
        if not start:
            return ()
        ways: list[Dsl] = [{"constant_score": {"filter": {"prefix": {STARTS: start}}, "boost": 2.0}}]
        if is_chinese(start) and len(start) > 1:
            kinds = {"terms": {"facets.kind": list(SUGGESTED_KINDS)}}
            ways.append({"constant_score": {"filter": {"bool": {"filter": [phrase(NAME, start), kinds]}}, "boost": 1.0}})
        found = self._search(query={"dis_max": {"queries": ways}}, size=limit, sort=BEST_FIRST, track_total_hits=False,
                             source_includes=["document.title", "document.kind"])["hits"]["hits"]
        named = (Suggestion(h["_source"]["document"]["title"], h["_source"]["document"]["kind"], h["_id"]) for h in found)
        return joined(self._terms.starting(prefix), named, limit)

    def get(self, ids: Sequence[str]) -> Mapping[str, Document]:
        """See index.Index."""
        live = self.cluster.live()
        return {key: document_of(doc["_source"]) for key, doc in self.cluster.held(live, ids, ("document",)).items()}

    def ids(self) -> Iterator[str]:
        """See index.Index."""
        return (hit["_id"] for hit in self._every(EVERYTHING, ()))

    def status(self) -> Status:
        """See index.Index."""
        live = self.cluster.live()
        space = self._writer.space(live)
        with speaking(self.cluster.address):
            client = self.cluster.client
            documents = client.count(index=live)["count"]
            vectors = client.count(index=live, query={"exists": {"field": vector_field(space)}})["count"] if space.dims else 0
            size = client.indices.stats(index=live, metric="store")["_all"]["total"]["store"]["size_in_bytes"]
        stamp = live.removeprefix(f"{self.cluster.address.alias}-")
        when = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]} {stamp[8:10]}:{stamp[10:12]} UTC"
        return Status("elasticsearch", documents, vectors, size, live, when, space.encoder)


def _sort(key: str) -> list[Mapping[str, Any]]:
    """By a sort key, what has none last; then, or without one, the best first."""
    if not key:
        return list(BEST_FIRST)
    way = "desc" if key.startswith("-") else "asc"
    return [{f"order.{key.lstrip('-')}": {"order": way, "missing": "_last", "unmapped_type": "double"}}, *BEST_FIRST]


def remove_index(url: str, api_key: str = "") -> None:
    """Takes every index of an address away."""
    Cluster(read_address(url), api_key).remove()
