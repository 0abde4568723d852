"""The embedded engine: tantivy for words, faiss for meaning, numpy for facets and places; one writer, many readers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np

from index import Progress
from index.analysis import is_chinese
from index.concepts import Concept, Question
from index.documents import Document
from index.fusion import LEAST, NEAREST, REACH, nearness, trust_in_meaning
from index.marks import quote_for
from index.plan import NAME, Corpus, Plan, plan_of
from index.queries import Answer, Hit, Points, Query, Space, Status, Suggestion, Vectors
from index.ranking import Ranked, Ranker, Scores, best_rows
from index.segment import Mask, Segment
from index.storage import Manifest, read_manifest, size_of, sound
from index.suggestions import SUGGESTED_KINDS, Terms, joined, typed_start
from index.understanding import Reader
from index.vocabulary import SearchVocabulary
from index.writing import Held, Writer, open_part, space_of

UNDERSTOOD = 2_000  # questions whose plan stays, a few KB each


@dataclass(frozen=True)
class Opened:
    """What is live, opened for reading."""

    manifest: Manifest
    held: tuple[Held, ...]
    segment: Segment
    ranker: Ranker
    plans: dict[tuple[str, tuple[str, ...]], tuple[Question, Plan]] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """What a query's text found, before its filters. near: rows that meaning speaks for, and how near each is."""

    hits: Mask
    scores: Scores
    question: Question
    ranked: Ranked | None
    near: Mapping[int, float]
    by_words: Mask
    unknown: tuple[Concept, ...] = ()


class EmbeddedIndex:
    """An index in a folder; readers see a switch at their next question."""

    def __init__(self, folder: str, vocabulary: SearchVocabulary) -> None:
        self.folder = Path(folder)
        self.vocabulary = vocabulary
        self._writer = Writer(self.folder, vocabulary)
        self._reader, self._terms = Reader(vocabulary), Terms(vocabulary)
        self._lock = threading.Lock()
        self._opened: Opened | None = None

    def _open(self) -> Opened:
        """What is live; parts that were open already stay so, with what they remember."""
        manifest = read_manifest(self.folder)
        with self._lock:
            before = self._opened
            if before is None or before.manifest.name != manifest.name:
                known = {one.name: one for one in before.held} if before else {}
                held = tuple(known.get(name) or open_part(self.folder, name) for name in manifest.parts)
                segment = Segment([one.part for one in held], [one.gone for one in held])
                self._opened = before = Opened(manifest, held, segment, Ranker(segment))
            return before

    # writing

    def put(self, documents: Iterable[Document]) -> int:
        """See index.Index. What a batch changes becomes a part of its own: the cost is the batch's, not the index's."""
        return self._writer.put(documents)

    def delete(self, ids: Iterable[str]) -> int:
        """See index.Index."""
        return self._writer.delete(ids)

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """See index.Index. Vectors of documents whose meaning is unchanged are kept."""
        return self._writer.rebuild(documents, progress)

    def set_vectors(self, vectors: Mapping[str, Vectors], encoder: str = "") -> int:
        """See index.Index."""
        return self._writer.set_vectors(vectors, encoder)

    # asking

    def _find(self, opened: Opened, query: Query) -> Found:
        """All hits of a query without its filters' masks: the text alone."""
        segment = opened.segment
        if not query.text.strip():
            return Found(segment.alive, np.zeros(len(segment), np.float32), Question(), None, {}, segment.alive)
        question, plan = self._planned(opened, query)
        if not question.concepts and not question.excluded:
            return Found(segment.none(), np.zeros(len(segment), np.float32), question, None, {}, segment.none())
        return replace(self._with_meaning(opened, query, question, opened.ranker.rank(plan)), unknown=plan.unknown)

    def _planned(self, opened: Opened, query: Query) -> tuple[Question, Plan]:
        """What a text was understood as, and its plan: one page asks the same text several times."""
        key = (query.text, tuple(query.ignored))
        planned = opened.plans.get(key)
        if planned is None:
            segment = opened.segment
            question = self._reader.read(query.text, lambda phrase: segment.holding(phrase) > 0, query.ignored)
            holding = {phrase: segment.holding(phrase) for c in question.concepts for phrase in c.alternatives}
            planned = question, plan_of(question, Corpus(segment.living, holding), self.vocabulary)
            if len(opened.plans) >= UNDERSTOOD:
                opened.plans.clear()
            opened.plans[key] = planned
        return planned

    def _nearest(self, opened: Opened, vector: Vectors, space: Space) -> dict[int, float]:
        """Cosines of the documents nearest in meaning, by row."""
        found: dict[int, float] = {}
        for one, start in zip(opened.held, opened.segment.starts, strict=False):
            if one.vectors and one.vectors.space == space:
                rows, cosines = one.vectors.nearest(vector, NEAREST)
                living = one.live[rows]
                found.update(zip((rows[living] + start).tolist(), cosines[living].tolist(), strict=True))
        return dict(sorted(found.items(), key=lambda item: -item[1])[:NEAREST])

    def _with_meaning(self, opened: Opened, query: Query, question: Question, ranked: Ranked) -> Found:
        """Meaning reorders the first hits and widens what words found; it never finds where words find nothing."""
        hits, scores = ranked.hits, ranked.scores
        if query.vector is None or not hits.any():
            return Found(hits, scores, question, ranked, {}, hits)
        near = nearness(self._nearest(opened, query.vector, query.space))
        rows = np.fromiter(near, np.int64, len(near))
        scores[rows] += np.float32(trust_in_meaning(question)) * np.fromiter(near.values(), np.float32, len(near))
        widened = hits
        if ranked.widened:
            more = [row for row, value in near.items() if value >= REACH and ranked.coverage[row] >= LEAST]
            widened = hits.copy()
            widened[more] = True
        return Found(widened, scores, question, ranked, near, hits)

    @sound()
    def search(self, query: Query) -> Answer:
        """See index.Index."""
        start = time.perf_counter()
        opened = self._open()
        found = self._find(opened, query)
        mask = opened.segment.mask(query)
        counts = opened.segment.counts(query, found.hits, mask)
        mask &= found.hits
        rows = np.flatnonzero(mask)
        shown = best_rows(opened.segment, rows, query, found.scores)
        answer = tuple(self._hit(opened, found, int(row)) for row in shown)
        exact = int(np.count_nonzero(mask & found.ranked.exact)) if found.ranked else len(rows)
        took = (time.perf_counter() - start) * 1000
        return Answer(len(rows), answer, counts, took, found.question.readings(query.text, found.unknown), exact)

    def _hit(self, opened: Opened, found: Found, row: int) -> Hit:
        document = opened.segment.document(row)
        score = float(found.scores[row])
        if found.ranked is None:
            return Hit(document.id, document.kind, document.title, score)
        ways = (("words",) if found.by_words[row] else ()) + (("meaning",) if row in found.near else ())
        quoted = quote_for(opened.segment.lines(row), found.question.concepts)
        return Hit(document.id, document.kind, document.title, score, ways, *quoted)

    @sound()
    def count(self, query: Query) -> int:
        """See index.Index."""
        opened = self._open()
        return int(np.count_nonzero(self._find(opened, query).hits & opened.segment.mask(query)))

    @sound()
    def points(self, query: Query) -> Points:
        """See index.Index."""
        opened = self._open()
        segment = opened.segment
        rows = np.flatnonzero(self._find(opened, query).hits & segment.mask(query) & segment.placed)
        return Points(segment.ids(rows), segment.lon[rows], segment.lat[rows])

    @sound()
    def blocking(self, query: Query) -> Sequence[tuple[str, str, int]]:
        """See index.Index."""
        opened = self._open()
        hits = self._find(opened, query).hits
        found = []
        for facet, values in query.filters.items():
            freed = int(np.count_nonzero(hits & opened.segment.mask(query, without=facet)))
            found += [(facet, value, freed) for value in values if freed]
        return sorted(found, key=lambda item: -item[2])

    @sound()
    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """See index.Index."""
        segment, start = self._open().segment, typed_start(prefix)
        if not start:
            return ()
        rows = segment.starting(start, limit).tolist()
        if len(rows) < limit and is_chinese(start) and len(start) > 1:
            named = (row for row in segment.phrase(NAME, start).tolist() if segment.alive[row] and row not in rows)
            rows += islice((row for row in named if segment.document(row).kind in SUGGESTED_KINDS), limit - len(rows))
        documents = (segment.document(row) for row in rows)
        return joined(self._terms.starting(prefix), (Suggestion(d.title, d.kind, d.id) for d in documents), limit)

    @sound()
    def get(self, ids: Sequence[str]) -> Mapping[str, Document]:
        """See index.Index."""
        segment = self._open().segment
        return {key: segment.document(row) for key in ids if (row := segment.row_of(key)) >= 0}

    @sound()
    def ids(self) -> Iterator[str]:
        """See index.Index."""
        segment = self._open().segment
        return iter(segment.ids(np.flatnonzero(segment.alive)))

    @sound()
    def status(self) -> Status:
        """See index.Index."""
        opened = self._open()
        built = opened.manifest.name.partition("-")[0]
        when = f"{built[:4]}-{built[4:6]}-{built[6:8]} {built[9:11]}:{built[11:13]} UTC"
        vectors = sum(int(np.count_nonzero(one.live[one.vectors.rows])) for one in opened.held if one.vectors)
        size = size_of(self.folder, opened.manifest)
        encoder = space_of(opened.held).encoder
        return Status("embedded", opened.segment.living, vectors, size, opened.manifest.name, when, encoder)
