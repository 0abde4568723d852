"""One part of the embedded index on disk: documents with their columns, words and vectors; written once, never changed."""

from __future__ import annotations

import mmap
from collections.abc import Iterable
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from index import IndexUnavailable
from index.columns import Columns, ColumnWriter
from index.documents import Document
from index.marks import Lines, lines_of
from index.phrases import Phrases, PhraseWriter
from index.vocabulary import SearchVocabulary

DOCUMENTS, OFFSETS, IDS, WORDS = "documents.jsonl", "offsets.npy", "ids.json", "words"
HEAL = "run `caitu index rebuild`"
KEPT = 4096  # documents that stay read: those of the pages that are looked at again and again


def write_part(folder: Path, documents: Iterable[Document], vocabulary: SearchVocabulary) -> int:
    """Writes documents, in their order, into a new folder; gives how many. They are read once, one at a time."""
    folder.mkdir(parents=True)
    columns, words = ColumnWriter(), PhraseWriter(folder / WORDS, vocabulary)
    offsets, at = [0], 0
    ids: list[str] = []
    with (folder / DOCUMENTS).open("wb") as file:
        for document in documents:
            line = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
            file.write(line)
            at += len(line)
            offsets.append(at)
            ids.append(document.id)
            columns.add(document)
            words.add(document)
    np.save(folder / OFFSETS, np.array(offsets, np.int64))
    (folder / IDS).write_bytes(orjson.dumps(ids))
    columns.write(folder)
    words.finish()
    return len(offsets) - 1


def document_from(line: bytes) -> Document:
    """The document of one line."""
    raw = orjson.loads(line)
    for name in ("texts", "facets"):
        raw[name] = {key: tuple(lines) for key, lines in raw[name].items()}
    return Document(**raw)


class Part:
    """A part opened for reading; IndexUnavailable where its files are not as they were written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self.columns = Columns(folder)
            self.size = self.columns.size
            self._offsets: NDArray[np.int64] = np.load(folder / OFFSETS, mmap_mode="r")
            self._bytes = self._mapped(folder / DOCUMENTS)
            self.phrases = Phrases(folder / WORDS, self.size)
            if len(self._offsets) != self.size + 1 or int(self._offsets[-1]) != len(self._bytes):
                raise ValueError("documents and columns do not agree")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnavailable(f"the index is damaged ({type(error).__name__}); {HEAL}") from error
        self.document = lru_cache(maxsize=KEPT)(self._document)
        self.lines = lru_cache(maxsize=KEPT)(self._lines_of)

    @cached_property
    def ids(self) -> list[str]:
        """The id of each row; read when first asked for."""
        found: list[str] = orjson.loads((self._folder / IDS).read_bytes())
        return found

    def _mapped(self, path: Path) -> mmap.mmap | bytes:
        with path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if self.size else b""

    def _document(self, row: int) -> Document:
        """One document."""
        try:
            return document_from(self._bytes[int(self._offsets[row]) : int(self._offsets[row + 1])])
        except (orjson.JSONDecodeError, TypeError, KeyError) as error:
            raise IndexUnavailable(f"the index is damaged ({type(error).__name__}); {HEAL}") from error

    def _lines_of(self, row: int) -> Lines:
        """The lines of one document, ready to be quoted."""
        return lines_of(self.document(row))

    def row(self, key: str) -> int:
        """The row of an id, -1 where this part does not hold it."""
        row = self.columns.row(key)
        return row if row >= 0 and self.document(row).id == key else -1
