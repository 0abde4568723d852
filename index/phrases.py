"""Words of the documents in tantivy: which documents hold a phrase, in which field, and how much it weighs there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import tantivy
from numpy.typing import NDArray

from index.analysis import is_chinese, normalise, pairs, runs, syllables, tokens
from index.denials import offered
from index.documents import Document
from index.plan import BODY, NAME, SOUND, STARTS, TAGS
from index.suggestions import starts_of
from index.vocabulary import SearchVocabulary

NAME_TEXTS = ("name", "english_name", "title", "aliases")
BODY_TEXTS = ("profile", "track_record", "description", "summary", "notes", "address")
WRITER_BYTES = 200_000_000

Rows = NDArray[np.int64]


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for field in (NAME, TAGS, BODY, SOUND, STARTS):
        builder.add_text_field(field, tokenizer_name="spaces")
    builder.add_integer_field("row", fast=True)
    return builder.build()


def _with_tokenizer(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def field_of(text_name: str) -> str:
    """The field of the word index that a document's text goes to."""
    return NAME if text_name in NAME_TEXTS else BODY if text_name in BODY_TEXTS else TAGS


def fields_of(document: Document, vocabulary: SearchVocabulary) -> dict[str, str]:
    """The tokens of a document by field of the word index, in order, with spaces between."""
    parts: dict[str, list[str]] = {NAME: [], TAGS: [], BODY: [], SOUND: []}
    for name, lines in document.texts.items():
        for line in lines:
            plain = normalise(line)
            field = field_of(name)
            parts[field] += tokens(offered(plain, vocabulary.denials) if field == BODY else plain)
            for run in runs(plain):
                if is_chinese(run):
                    parts[SOUND] += [*syllables(run), "|"]
    return {field: " ".join(found) for field, found in parts.items()} | {STARTS: " ".join(starts_of(document, vocabulary))}


def write_phrases(folder: Path, documents: Iterable[Document], vocabulary: SearchVocabulary) -> None:
    """Writes the word index of documents, in their order, into an empty folder."""
    folder.mkdir(parents=True)
    index = _with_tokenizer(tantivy.Index(_schema(), path=str(folder)))
    writer = index.writer(heap_size=WRITER_BYTES, num_threads=1)
    for row, document in enumerate(documents):
        writer.add_document(tantivy.Document(row=row, **fields_of(document, vocabulary)))
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

    def _find(self, field: str, words: tuple[str, ...]) -> Rows:
        """Rows that hold the words one after another in a field."""
        if not words:
            return np.zeros(0, np.int64)
        return self._rows(self._query(field, words), self._size)

    def _rows(self, query: tantivy.Query, most: int) -> Rows:
        hits = self._searcher.search(query, limit=most, count=False).hits if self._size else ()
        if not hits:
            return np.zeros(0, np.int64)
        return np.array(self._searcher.fast_field_values("row", [address for _, address in hits]), np.int64)

    def phrase(self, field: str, phrase: str) -> Rows:
        """Rows that hold a normalised phrase in a field: its runs must all stand there, each unbroken."""
        parts = [self.find(field, tuple(pairs(run))) for run in runs(phrase)]
        if not parts:
            return np.zeros(0, np.int64)
        rows = parts[0]
        for other in parts[1:]:
            rows = np.intersect1d(rows, other)
        return rows

    def starting(self, start: str, most: int) -> Rows:
        """At most so many rows of documents whose name may begin so; only letters, digits and Chinese characters."""
        query = tantivy.Query.regex_query(_schema(), STARTS, re.escape(start) + ".*")
        return self._rows(query, most)

    def holding(self, phrase: str) -> int:
        """The number of documents that hold a phrase in any of their words."""
        rows = [self.phrase(field, phrase) for field in (BODY, TAGS, NAME)]
        return max(len(r) for r in rows) if sum(bool(len(r)) for r in rows) < 2 else len(np.unique(np.concatenate(rows)))

    def holds(self, phrase: str) -> bool:
        """True when any document holds a phrase."""
        return any(len(self.phrase(field, phrase)) for field in (BODY, TAGS, NAME))
