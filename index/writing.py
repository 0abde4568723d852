"""Writing to the embedded index: a batch becomes a part of its own, small parts are joined, a rebuild makes one part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import IndexUnavailable, Progress
from index.columns import Rows, key_of
from index.documents import Document
from index.neighbours import Neighbours, write_vectors
from index.parts import Part, write_part
from index.queries import Space, Vectors
from index.storage import PARTS, PartName, one_writer, read_manifest, stamp, switch
from index.vocabulary import SearchVocabulary

MOST_PARTS = 8  # each part is asked on its own, so few are faster to read


@dataclass(frozen=True)
class Held:
    """A part that is there: its name, what it holds, the rows that are gone, which are live, and its vectors."""

    name: PartName
    part: Part
    gone: Rows
    live: NDArray[np.bool_]
    vectors: Neighbours | None

    def row(self, key: str) -> int:
        """The live row of an id, -1 where there is none."""
        row = self.part.row(key)
        return row if row >= 0 and self.live[row] else -1

    def vector(self, row: int) -> Vectors | None:
        """The vector of a row, or None."""
        return self.vectors.vector(row) if self.vectors else None


def open_part(folder: Path, name: PartName) -> Held:
    """Opens a part; IndexUnavailable where it is damaged."""
    try:
        gone: Rows = np.load(folder / PARTS / name.gone) if name.gone else np.zeros(0, np.int32)
    except (OSError, ValueError) as error:
        raise IndexUnavailable(f"the index is damaged ({type(error).__name__}); run `caitu index rebuild`") from error
    vectors = Neighbours(folder / PARTS / name.vectors) if name.vectors else None
    part = Part(folder / PARTS / name.folder)
    live = np.ones(part.size, np.bool_)
    live[gone] = False
    return Held(name, part, gone, live, vectors)


def space_of(held: Sequence[Held]) -> Space:
    """The space of the vectors of an index: all its parts share one."""
    return next((one.vectors.space for one in held if one.vectors), Space())


class Writer:
    """Writes to one folder; one process at a time, readers go on meanwhile."""

    def __init__(self, folder: Path, vocabulary: SearchVocabulary) -> None:
        self.folder, self.vocabulary = folder, vocabulary
        self._opened: dict[PartName, Held] = {}

    def _held(self) -> list[Held]:
        """The parts that are there; IndexUnavailable where there is no index or it cannot be read: what is written then
        must not pass for the whole of it. A part never changes under its name, so one that was open stays so."""
        held = [self._opened.get(name) or open_part(self.folder, name) for name in read_manifest(self.folder).parts]
        self._opened = {one.name: one for one in held}
        return held

    def _left(self) -> list[Held]:
        """The parts that a rebuild may take vectors from."""
        try:
            self._opened = {}
            return self._held()
        except IndexUnavailable:
            return []

    def put(self, documents: Iterable[Document]) -> int:
        """See index.Index."""
        read_manifest(self.folder)  # a lock in a folder that is not there would make the folder
        with one_writer(self.folder):
            held = self._held()
            newest: dict[str, Document] = {}
            for document in documents:
                if document.id not in newest or document.version >= newest[document.id].version:
                    newest[document.id] = document
            places = {key: place for key in newest if (place := _place(held, key))}
            changed = [d for key, d in newest.items() if key not in places or _version(held, places[key]) <= d.version]
            kept = {}
            for row, document in enumerate(changed):
                vector = _vector(held, places.get(document.id), document)
                if vector is not None:
                    kept[row] = vector
            parts = self._without(held, [places[d.id] for d in changed if d.id in places])
            if changed:
                parts.append(self._new_part(changed, kept, space_of(held).encoder))
            switch(self.folder, parts)
            self._join_small()
            return len(changed)

    def delete(self, ids: Iterable[str]) -> int:
        """See index.Index."""
        read_manifest(self.folder)
        with one_writer(self.folder):
            held = self._held()
            places = [place for key in dict.fromkeys(ids) if (place := _place(held, key))]
            switch(self.folder, self._without(held, places))
            return len(places)

    def rebuild(self, documents: Iterable[Document], progress: Progress | None) -> int:
        """See index.Index. Vectors of documents whose meaning is unchanged are kept."""
        with one_writer(self.folder):
            held, kept, done = self._left(), dict[int, Vectors](), 0

            def passing() -> Iterator[Document]:
                nonlocal done
                for document in documents:
                    vector = _vector(held, _place(held, document.id), document) if held else None
                    if vector is not None:
                        kept[done] = vector
                    done += 1
                    if progress and done % 500 == 0:
                        progress(done, 0)
                    yield document

            switch(self.folder, [self._new_part(passing(), kept, space_of(held).encoder)])
            return done

    def set_vectors(self, vectors: Mapping[str, Vectors], encoder: str) -> int:
        """See index.Index."""
        with one_writer(self.folder):
            held = self._held()
            space = Space(len(next(iter(vectors.values()))), encoder) if vectors else space_of(held)
            parts, total = [], 0
            for one in held:
                rows = {row: vector for key, vector in vectors.items() if (row := one.row(key)) >= 0}
                before = one.vectors if one.vectors and one.vectors.space == space else None
                now = {int(row): vector for row in (before.rows if before else ()) if one.live[row]
                       and before and (vector := before.vector(int(row))) is not None} | rows
                total += len(now)
                parts.append(replace(one.name, vectors=self._write_vectors(now, space.encoder)))
            switch(self.folder, parts)
            return total

    def _write_vectors(self, vectors: Mapping[int, Vectors], encoder: str) -> str:
        if not vectors:
            return ""
        name = f"vectors-{stamp()}"
        write_vectors(self.folder / PARTS / name, vectors, encoder)
        return name

    def _new_part(self, documents: Iterable[Document], vectors: Mapping[int, Vectors], encoder: str) -> PartName:
        """Writes a part; the vectors may come to be known while the documents are read."""
        name = f"part-{stamp()}"
        rows = write_part(self.folder / PARTS / name, documents, self.vocabulary)
        return PartName(name, rows, vectors=self._write_vectors(vectors, encoder))

    def _without(self, held: Sequence[Held], places: Sequence[tuple[int, int]]) -> list[PartName]:
        """The parts with some more rows gone; a part without a row left goes as a whole."""
        parts = []
        for at, one in enumerate(held):
            rows = [row for place, row in places if place == at]
            if not rows:
                parts.append(one.name)
            elif len(gone := np.union1d(one.gone, np.array(rows, np.int32)).astype(np.int32)) < one.part.size:
                name = f"gone-{stamp()}-{at}.npy"
                np.save(self.folder / PARTS / name, gone)
                parts.append(replace(one.name, gone=name))
        return parts

    def _join_small(self) -> None:
        """Joins all parts but the first, or all of them once the others have grown to half of it."""
        held = self._held()
        if len(held) <= MOST_PARTS:
            return
        rest = sum(one.part.size for one in held[1:])
        first = 0 if rest * 2 > held[0].part.size else 1
        joined = [(one, int(row)) for one in held[first:] for row in np.flatnonzero(one.live)]
        vectors = {at: vector for at, (one, row) in enumerate(joined) if (vector := one.vector(row)) is not None}
        made = self._new_part((one.part.document(row) for one, row in joined), vectors, space_of(held).encoder)
        switch(self.folder, [*(one.name for one in held[:first]), made])


def _place(held: Sequence[Held], key: str) -> tuple[int, int] | None:
    """(part, row) of a live document."""
    return next(((at, row) for at in range(len(held) - 1, -1, -1) if (row := held[at].row(key)) >= 0), None)


def _version(held: Sequence[Held], place: tuple[int, int]) -> int:
    return int(held[place[0]].part.columns.versions[place[1]])


def _vector(held: Sequence[Held], place: tuple[int, int] | None, document: Document) -> Vectors | None:
    """The vector held for a document whose meaning is unchanged."""
    if place is None or int(held[place[0]].part.columns.meanings[place[1]]) != key_of(document.vector_text):
        return None
    return held[place[0]].vector(place[1])
