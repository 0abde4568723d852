"""Words of the documents in tantivy: which documents hold a phrase, in which field, and how much it weighs there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.analysis import is_chinese, normalise, pairs, runs, syllables, tokens
from index.documents import Document

NAME, TAGS, BODY, SOUND = "name", "tags", "body", "sound"
NAME_TEXTS = ("name", "english_name", "title", "aliases")
BODY_TEXTS = ("profile", "track_record", "description", "summary", "notes", "address")
WRITER_BYTES = 200_000_000

Rows = NDArray[np.int64]
Weights = NDArray[np.float32]


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in (NAME, TAGS, BODY, SOUND):
        builder.add_text_field(field, tokenizer_name="spaces")
    builder.add_integer_field("row", fast=True)
    return builder.build()


def _with_tokenizer(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def field_of(text_name: str) -> str:
    """The field of the word index that a document's text goes to."""
    return NAME if text_name in NAME_TEXTS else BODY if text_name in BODY_TEXTS else TAGS


def _fields(document: Document) -> dict[str, str]:
    parts: dict[str, list[str]] = {NAME: [], TAGS: [], BODY: [], SOUND: []}
    for name, lines in document.texts.items():
        for line in lines:
            plain = normalise(line)
            parts[field_of(name)] += tokens(plain)
            for run in runs(plain):
                if is_chinese(run):
                    parts[SOUND] += [*syllables(run), "|"]
    return {field: " ".join(found) for field, found in parts.items()}


def write_phrases(folder: Path, documents: Iterable[Document]) -> None:
    """Writes the word index of documents, in their order, into an empty folder."""
    folder.mkdir(parents=True)
    index = _with_tokenizer(tantivy.Index(_schema(), path=str(folder)))
    writer = index.writer(heap_size=WRITER_BYTES, num_threads=1)
    for row, document in enumerate(documents):
        writer.add_document(tantivy.Document(row=row, **_fields(document)))
    writer.commit()
    writer.wait_merging_threads()


class Phrases:
    """The word index of one generation, opened for reading."""

    def __init__(self, folder: Path, size: int) -> None:
        self._index = _with_tokenizer(tantivy.Index.open(str(folder)))
        self._searcher = self._index.searcher()
        self._size = size
        # One reader answers the same phrases again and again while a question is read and ranked.
        self.find = lru_cache(maxsize=2048)(self._find)

    def _query(self, field: str, words: Sequence[str]) -> tantivy.Query:
        if len(words) == 1:
            return tantivy.Query.term_query(_schema(), field, words[0])
        return tantivy.Query.phrase_query(_schema(), field, list(words))

    def _find(self, field: str, words: tuple[str, ...]) -> tuple[Rows, Weights]:
        """Rows that hold the words one after another in a field, and their BM25 scores."""
        if not words or not self._size:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        hits = self._searcher.search(self._query(field, words), limit=self._size, count=False).hits
        if not hits:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return np.array(rows, np.int64), np.array([score for score, _ in hits], np.float32)

    def phrase(self, field: str, phrase: str) -> tuple[Rows, Weights]:
        """Rows that hold a normalised phrase in a field: its runs must all stand there, each unbroken."""
        parts = [self.find(field, tuple(pairs(run))) for run in runs(phrase)]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        rows, weights = parts[0]
        for other, more in parts[1:]:
            both, a, b = np.intersect1d(rows, other, return_indices=True)
            rows, weights = both, weights[a] + more[b]
        return rows, weights

    def holds(self, phrase: str) -> bool:
        """True when any document holds a phrase."""
        return any(len(self.phrase(field, phrase)[0]) for field in (BODY, TAGS, NAME))
