"""The embedded engine: tantivy for words, numpy for vectors, facets and places; one writer, many readers."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from index import IndexUnavailable, Progress
from index.analysis import is_chinese
from index.concepts import Question
from index.documents import Document
from index.fusion import LEAST, NEAREST, REACH, nearness, trust_in_meaning
from index.marks import quote_for
from index.phrases import Phrases
from index.plan import NAME, Corpus, plan_of
from index.queries import Answer, Hit, Points, Query, Status, Suggestion, Vectors
from index.ranking import Ranked, Ranker, Scores
from index.segment import Mask, Segment, changed_documents
from index.storage import (
    VECTORS,
    WORDS,
    live_generation,
    one_writer,
    read_documents,
    read_vectors,
    size_of,
    write_generation,
    write_vectors,
)
from index.suggestions import Terms, joined, typed_start
from index.understanding import Reader
from index.vocabulary import SearchVocabulary

NO_VECTOR = -2.0  # below any cosine


@dataclass
class Opened:
    """A generation opened for reading; stamp: what its vectors file looked like when it was read."""

    name: str
    segment: Segment
    phrases: Phrases
    ranker: Ranker
    stamp: int
    rows: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    matrix: Vectors


@dataclass(frozen=True)
class Found:
    """What a query's text found, before its filters. near: rows that meaning speaks for, and how near each is."""

    hits: Mask
    scores: Scores
    question: Question
    ranked: Ranked | None
    near: Mapping[int, float]
    by_words: Mask


class EmbeddedIndex:
    """An index in a folder; readers see a switch at their next question."""

    def __init__(self, folder: str, vocabulary: SearchVocabulary) -> None:
        self.folder = Path(folder)
        self.vocabulary = vocabulary
        self._reader = Reader(vocabulary)
        self._terms = Terms(vocabulary)
        self._lock = threading.Lock()
        self._opened: Opened | None = None

    def _open(self) -> Opened:
        """The live generation, opened anew when it or its vectors changed."""
        name = live_generation(self.folder)
        place = self.folder / name
        with self._lock:
            opened = self._opened
            if opened is None or opened.name != name:
                segment = Segment(read_documents(place))
                phrases = self._phrases(place, len(segment))
                opened = Opened(name, segment, phrases, Ranker(segment, phrases), 0,
                                np.zeros(0, np.int64), np.zeros((0, 0), np.float32))
            try:
                stamp = (place / VECTORS).stat().st_mtime_ns
            except FileNotFoundError:
                raise IndexUnavailable("the index is damaged; run `caitu index rebuild`") from None
            if stamp != opened.stamp:
                opened.rows, opened.matrix = read_vectors(place)
                opened.stamp = stamp
            self._opened = opened
            return opened

    def _phrases(self, place: Path, size: int) -> Phrases:
        try:
            return Phrases(place / WORDS, size)
        except (ValueError, OSError) as error:
            raise IndexUnavailable(f"the index is damaged ({error}); run `caitu index rebuild`") from error

    # writing

    def _held(self) -> tuple[dict[str, Document], dict[str, Vectors]]:
        try:
            opened = self._open()
        except IndexUnavailable:
            return {}, {}
        ids = [d.id for d in opened.segment.documents]
        return ({d.id: d for d in opened.segment.documents},
                {ids[row]: vector for row, vector in zip(opened.rows, opened.matrix, strict=True)})

    def put(self, documents: Iterable[Document]) -> int:
        """See index.Index. Writes a new generation: fit for batches, not for single rows at a million."""
        with one_writer(self.folder):
            held, vectors = self._held()
            new = changed_documents(held, list(documents))
            stale = {key for key, d in new.items() if key in held and held[key].vector_text != d.vector_text}
            kept = {key: vector for key, vector in vectors.items() if key not in stale}
            write_generation(self.folder, list({**held, **new}.values()), kept, self.vocabulary)
            return len(new)

    def delete(self, ids: Iterable[str]) -> int:
        """See index.Index."""
        with one_writer(self.folder):
            held, vectors = self._held()
            gone = set(ids) & set(held)
            write_generation(self.folder, [d for key, d in held.items() if key not in gone], vectors,
                             self.vocabulary)
            return len(gone)

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """See index.Index. Vectors of documents whose meaning is unchanged are kept."""
        with one_writer(self.folder):
            held, vectors = self._held()
            all_of_them = []
            for document in documents:
                all_of_them.append(document)
                if progress and len(all_of_them) % 500 == 0:
                    progress(len(all_of_them), 0)
            kept = {d.id: vectors[d.id] for d in all_of_them
                    if d.id in vectors and held[d.id].vector_text == d.vector_text}
            write_generation(self.folder, all_of_them, kept, self.vocabulary)
            return len(all_of_them)

    def set_vectors(self, vectors: Mapping[str, Vectors]) -> int:
        """See index.Index. A vector of another length than those held replaces them all."""
        with one_writer(self.folder):
            held, before = self._held()
            size = len(next(iter(vectors.values()))) if vectors else 0
            kept = {key: vector for key, vector in before.items() if len(vector) == size}
            now = {key: vector for key, vector in {**kept, **vectors}.items() if key in held}
            write_vectors(self.folder / live_generation(self.folder), list(held), now)
            return len(now)

    # reading

    def _cosines(self, opened: Opened, query: Query) -> Scores | None:
        if query.vector is None or not len(opened.rows) or opened.matrix.shape[1] != len(query.vector):
            return None
        out = np.full(len(opened.segment), NO_VECTOR, np.float32)
        out[opened.rows] = opened.matrix @ query.vector
        return out

    def _find(self, opened: Opened, query: Query) -> Found:
        """All hits of a query without its filters' masks: the text alone."""
        segment = opened.segment
        flat = np.zeros(len(segment), np.float32)
        if not query.text.strip():
            everything = np.ones(len(segment), np.bool_)
            return Found(everything, flat, Question(), None, {}, everything)
        question = self._reader.read(query.text, opened.phrases.holds, query.ignored)
        if not question.concepts and not question.excluded:
            return Found(segment.none(), flat, question, None, {}, segment.none())
        holding = {phrase: opened.phrases.holding(phrase) for c in question.concepts for phrase in c.alternatives}
        ranked = opened.ranker.rank(plan_of(question, Corpus(len(segment), holding), self.vocabulary))
        return self._with_meaning(question, ranked, self._cosines(opened, query))

    def _with_meaning(self, question: Question, ranked: Ranked, cosines: Scores | None) -> Found:
        """Meaning reorders the first hits and widens what words found; it never finds where words find nothing."""
        hits, scores = ranked.hits, ranked.scores
        if cosines is None or not hits.any():
            return Found(hits, scores, question, ranked, {}, hits)
        trust = np.float32(trust_in_meaning(question))
        first = np.argpartition(-cosines, min(NEAREST, len(cosines)) - 1)[:NEAREST]
        first = first[cosines[first] > NO_VECTOR]
        near = {int(row): value for row, value in nearness({int(row): float(cosines[row]) for row in first}).items()}
        rows = np.fromiter(near, np.int64, len(near))
        scores = scores.copy()
        scores[rows] += trust * np.fromiter(near.values(), np.float32, len(near))
        widened = hits
        if ranked.widened:
            more = [row for row, value in near.items() if value >= REACH and ranked.coverage[row] >= LEAST]
            widened = hits.copy()
            widened[more] = True
        return Found(widened, scores, question, ranked, near, hits)

    def search(self, query: Query) -> Answer:
        """See index.Index."""
        start = time.perf_counter()
        opened = self._open()
        found = self._find(opened, query)
        mask = opened.segment.mask(query)
        hits = found.hits & mask
        rows = opened.segment.sorted_rows(np.flatnonzero(hits), query.sort, found.scores)
        shown = rows[query.offset : query.offset + query.limit]
        answer = tuple(self._hit(opened, found, int(row)) for row in shown)
        counts = opened.segment.counts(query, found.hits)
        exact = int(np.count_nonzero(hits & found.ranked.exact)) if found.ranked else len(rows)
        took = (time.perf_counter() - start) * 1000
        return Answer(len(rows), answer, counts, took, found.question.readings(query.text), exact)

    def _hit(self, opened: Opened, found: Found, row: int) -> Hit:
        document = opened.segment.documents[row]
        hit = Hit(document.id, document.kind, document.title, float(found.scores[row]))
        if found.ranked is None:
            return hit
        ways = (("words",) if found.by_words[row] else ()) + (("meaning",) if row in found.near else ())
        field, quote, marks = quote_for(document, found.question.concepts)
        return replace(hit, found_by=ways, field=field, quote=quote, marks=marks)

    def count(self, query: Query) -> int:
        """See index.Index."""
        opened = self._open()
        return int(np.count_nonzero(self._find(opened, query).hits & opened.segment.mask(query)))

    def points(self, query: Query) -> Points:
        """See index.Index."""
        opened = self._open()
        segment = opened.segment
        rows = np.flatnonzero(self._find(opened, query).hits & segment.mask(query) & segment.placed)
        return Points(tuple(segment.documents[row].id for row in rows), segment.lon[rows], segment.lat[rows])

    def blocking(self, query: Query) -> Sequence[tuple[str, str, int]]:
        """See index.Index."""
        opened = self._open()
        hits = self._find(opened, query).hits
        found = []
        for facet, values in query.filters.items():
            freed = int(np.count_nonzero(hits & opened.segment.mask(query, without=facet)))
            found += [(facet, value, freed) for value in values if freed]
        return sorted(found, key=lambda item: -item[2])

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """See index.Index."""
        opened, start = self._open(), typed_start(prefix)
        if not start:
            return ()
        rows = list(opened.phrases.starting(start, limit))
        if len(rows) < limit and is_chinese(start) and len(start) > 1:
            kinds = opened.segment.having("kind", "institution") | opened.segment.having("kind", "park")
            rows += [row for row in opened.phrases.phrase(NAME, start) if kinds[row] and row not in rows][: limit - len(rows)]
        documents = (opened.segment.documents[row] for row in rows)
        return joined(self._terms.starting(prefix), (Suggestion(d.title, d.kind, d.id) for d in documents), limit)

    def get(self, ids: Sequence[str]) -> Mapping[str, Document]:
        """See index.Index."""
        segment = self._open().segment
        return {key: segment.documents[row] for key in ids if (row := segment.row_of.get(key)) is not None}

    def ids(self) -> Iterator[str]:
        """See index.Index."""
        return iter(self._open().segment.row_of)

    def status(self) -> Status:
        """See index.Index."""
        opened = self._open()
        built = opened.name.partition("-")[0]
        when = f"{built[:4]}-{built[4:6]}-{built[6:8]} {built[9:11]}:{built[11:13]} UTC"
        return Status("embedded", len(opened.segment), len(opened.rows), size_of(self.folder / opened.name),
                      f"{opened.name}.{opened.stamp}", when)
