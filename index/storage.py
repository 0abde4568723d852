"""Generations on disk: each whole in a folder of its own, the live one named by a file that is replaced in one step."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import orjson

from index import IndexUnavailable
from index.documents import Document
from index.phrases import write_phrases
from index.queries import Vectors
from index.vocabulary import SearchVocabulary

CURRENT, DOCUMENTS, VECTORS, WORDS = "CURRENT", "documents.jsonl", "vectors.npz", "words"
HEAL = "run `caitu index rebuild`"


def live_generation(folder: Path) -> str:
    """The name of the live generation; IndexUnavailable where there is none."""
    try:
        return (folder / CURRENT).read_text().strip()
    except FileNotFoundError:
        raise IndexUnavailable(f"there is no index in {folder.name}; {HEAL}") from None


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Lets one process write at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "writer.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def write_generation(folder: Path, documents: Sequence[Document], vectors: Mapping[str, Vectors],
                     vocabulary: SearchVocabulary) -> str:
    """Writes a whole generation beside the live one, then switches to it; a writer killed before leaves the live one."""
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}"
    place = folder / name
    place.mkdir(parents=True)
    with (place / DOCUMENTS).open("wb") as file:
        for document in documents:
            file.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))
    write_phrases(place / WORDS, documents, vocabulary)
    write_vectors(place, [d.id for d in documents], vectors)
    _switch(folder, name)
    return name


def write_vectors(place: Path, ids: Sequence[str], vectors: Mapping[str, Vectors]) -> None:
    """Replaces the vectors of a generation: rows of the documents that have one, float16."""
    rows = [row for row, key in enumerate(ids) if key in vectors]
    matrix = np.array([vectors[ids[row]] for row in rows], np.float16) if rows else np.zeros((0, 0), np.float16)
    fresh = place / f".{VECTORS}.{os.getpid()}"
    with fresh.open("wb") as file:
        np.savez(file, rows=np.array(rows, np.int64), matrix=matrix)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(place / VECTORS)


def _switch(folder: Path, name: str) -> None:
    before = (folder / CURRENT).read_text().strip() if (folder / CURRENT).exists() else ""
    fresh = folder / f".{CURRENT}.{os.getpid()}"
    with fresh.open("w") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / CURRENT)
    # A reader may still be opening the generation before; older ones, and those of killed writers, can go.
    for old in folder.iterdir():
        if old.is_dir() and old.name not in (name, before):
            shutil.rmtree(old, ignore_errors=True)


def read_documents(place: Path) -> list[Document]:
    """The documents of a generation; IndexUnavailable where they cannot be read."""
    try:
        with (place / DOCUMENTS).open("rb") as file:
            return [_document(orjson.loads(line)) for line in file]
    except (OSError, orjson.JSONDecodeError, TypeError) as error:
        raise IndexUnavailable(f"the index is damaged ({type(error).__name__}); {HEAL}") from error


def _document(raw: dict[str, object]) -> Document:
    for name in ("texts", "facets"):
        values = raw[name]
        assert isinstance(values, dict)
        raw[name] = {key: tuple(lines) for key, lines in values.items()}
    return Document(**raw)  # type: ignore[arg-type]


def read_vectors(place: Path) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int64]], Vectors]:
    """Rows that have a vector, and the vectors, float32 of shape (rows, dims)."""
    try:
        with np.load(place / VECTORS) as file:
            return file["rows"], file["matrix"].astype(np.float32)
    except (OSError, ValueError, KeyError) as error:
        raise IndexUnavailable(f"the index is damaged ({type(error).__name__}); {HEAL}") from error


def size_of(place: Path) -> int:
    """Bytes on disk."""
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
