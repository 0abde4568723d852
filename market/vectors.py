"""Vectors of texts, kept under the encoder's name and a hash of the text, so that nothing is encoded twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import LargeBinary, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from market.database import Database, Table

Vectors = NDArray[np.float32]
CHUNK = 500  # hashes in one IN clause: SQLite allows 999 variables by default


class TextVector(Table):
    """The vector of one text by one encoder, float16 little-endian; role: whether the text asks or is searched."""

    __tablename__ = "text_vectors"

    encoder: Mapped[str] = mapped_column(Text, primary_key=True)
    role: Mapped[str] = mapped_column(Text, primary_key=True)
    text_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


def text_hash(text: str) -> str:
    """What a text is stored under."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _stored(session: Session, encoder: str, role: str, hashes: Sequence[str]) -> dict[str, Vectors]:
    found: dict[str, Vectors] = {}
    for start in range(0, len(hashes), CHUNK):
        rows = session.execute(select(TextVector.text_hash, TextVector.vector).where(
            TextVector.encoder == encoder, TextVector.role == role,
            TextVector.text_hash.in_(hashes[start : start + CHUNK])))
        found.update((key, np.frombuffer(data, "<f2").astype(np.float32)) for key, data in rows)
    return found


def stored(session: Session, encoder: str, role: str, texts: Sequence[str]) -> dict[str, Vectors]:
    """The vectors that are there: text -> float32 of shape (dims,)."""
    keys = {text_hash(text): text for text in texts}
    return {keys[key]: vector for key, vector in _stored(session, encoder, role, list(keys)).items()}


def count(session: Session, encoder: str, role: str) -> int:
    """How many vectors of an encoder are there."""
    return session.scalar(select(func.count()).where(TextVector.encoder == encoder, TextVector.role == role)) or 0


def missing(session: Session, encoder: str, role: str, texts: Sequence[str]) -> list[str]:
    """The texts whose vector is not there yet, each once, in order."""
    have = stored(session, encoder, role, texts)
    return [text for text in dict.fromkeys(texts) if text not in have]


def save(session: Session, encoder: str, role: str, vectors: dict[str, Vectors]) -> None:
    """Keeps vectors; one that is there already stays."""
    for text in missing(session, encoder, role, list(vectors)):
        session.add(TextVector(encoder=encoder, role=role, text_hash=text_hash(text),
                               vector=vectors[text].astype("<f2").tobytes()))


def fill(database: Database, encoder: str, role: str, texts: Sequence[str],
         encode: Callable[[Sequence[str]], Vectors]) -> Iterator[int]:
    """Encodes what is missing, batch by batch, each batch kept before the next: may be stopped at any time.

    Yields the number of texts whose vector is there, beginning with those that were.
    """
    with database.read() as session:
        left = missing(session, encoder, role, texts)
    done = len(set(texts)) - len(left)
    yield done
    left.sort(key=len)  # texts of like length make the fullest batches
    for start in range(0, len(left), 64):
        part = left[start : start + 64]
        vectors = dict(zip(part, encode(part), strict=True))
        with database.write() as session:
            save(session, encoder, role, vectors)
        done += len(part)
        yield done
