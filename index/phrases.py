"""Words of the documents of one part in tantivy: which documents hold a phrase, and in which field."""

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
WORD_FIELDS = (BODY, TAGS, NAME)
WRITER_BYTES = 200_000_000
OFTEN = 1_000  # documents; rows of a word of the trade that stands in more of them are written down with a large part
LARGE = 20_000  # documents of a part; in a smaller one frequent words are read fast enough, and joining parts stays cheap
OFTEN_FILE = "often.npz"
REMEMBERED = 8_192  # answers that stay; those of words in more documents than OFTEN are kept below this many rows in all
MOST_ROWS = 20_000_000

Rows = NDArray[np.int32]
NONE: Rows = np.zeros(0, np.int32)


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


class PhraseWriter:
    """Writes the word index of documents, in their order, into a new folder."""

    def __init__(self, folder: Path, vocabulary: SearchVocabulary) -> None:
        folder.mkdir(parents=True)
        self._folder, self._vocabulary, self._row = folder, vocabulary, 0
        self._writer = _with_tokenizer(tantivy.Index(_schema(), path=str(folder))).writer(WRITER_BYTES, num_threads=1)

    def add(self, document: Document) -> None:
        """Takes the next document."""
        self._writer.add_document(tantivy.Document(row=self._row, **fields_of(document, self._vocabulary)))
        self._row += 1

    def finish(self) -> None:
        """Makes the index durable, and writes down where the trade's frequent words stand."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        if self._row < LARGE:
            return
        made = Phrases(self._folder, self._row)
        words = dict.fromkeys(normalise(word) for word in self._vocabulary.terms)
        found = {f"{field}\t{word}": made.phrase(field, word) for field in WORD_FIELDS for word in words
                 if made.count((field,), word) > OFTEN}
        np.savez(self._folder / OFTEN_FILE, **found)  # type: ignore[arg-type]


class Phrases:
    """The word index of one part, opened for reading; ValueError or OSError where it is not as it was written."""

    def __init__(self, folder: Path, size: int) -> None:
        self._index = _with_tokenizer(tantivy.Index.open(str(folder)))
        self._searcher = self._index.searcher()
        self._size = size
        self._often: dict[str, Rows] = {}
        if (folder / OFTEN_FILE).exists():
            with np.load(folder / OFTEN_FILE) as file:
                self._often = dict(file.items())
        self._found: dict[tuple[str, tuple[str, ...]], Rows] = {}
        self._kept = 0
        # One reader asks the same phrases again and again while a question is read and ranked.
        self.count = lru_cache(maxsize=REMEMBERED)(self._count)

    def _query(self, field: str, words: Sequence[str]) -> tantivy.Query:
        if len(words) == 1:
            return tantivy.Query.term_query(_schema(), field, words[0])
        return tantivy.Query.phrase_query(_schema(), field, list(words))

    def find(self, field: str, words: tuple[str, ...]) -> Rows:
        """Rows, in order, that hold the words one after another in a field."""
        key = (field, words)
        found = self._found.get(key)
        if found is None:
            found = self._rows(self._query(field, words), self._size) if words else NONE
            if self._kept + len(found) > MOST_ROWS or len(self._found) >= REMEMBERED:
                self._found, self._kept = {}, 0
            self._found[key] = found
            self._kept += len(found)
        return found

    def _rows(self, query: tantivy.Query, most: int) -> Rows:
        hits = self._searcher.search(query, limit=most, count=False).hits if self._size else ()
        if not hits:
            return NONE
        return np.sort(np.array(self._searcher.fast_field_values("row", [address for _, address in hits]), np.int32))

    def phrase(self, field: str, phrase: str) -> Rows:
        """Rows that hold a normalised phrase in a field: its runs must all stand there, each unbroken."""
        often = self._often.get(f"{field}\t{phrase}")
        if often is not None:
            return often
        parts = [self.find(field, tuple(pairs(run))) for run in runs(phrase)]
        rows = parts[0] if parts else NONE
        for other in parts[1:]:
            rows = np.intersect1d(rows, other, assume_unique=True)
        return rows

    def starting(self, start: str, most: int) -> Rows:
        """At most so many rows of documents whose name may begin so; only letters, digits and Chinese characters."""
        query = tantivy.Query.regex_query(_schema(), STARTS, re.escape(start) + ".*")
        return self._rows(query, most)

    def _count(self, fields: Iterable[str], phrase: str) -> int:
        """The number of documents that hold a phrase in one of some fields, without reading which."""
        if not runs(phrase) or not self._size:
            return 0
        words = [pairs(run) for run in runs(phrase)]
        in_field = [tantivy.Query.boolean_query([(tantivy.Occur.Must, self._query(field, word)) for word in words])
                    for field in fields]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in in_field])
        return int(self._searcher.search(query, limit=1, count=True).count)
