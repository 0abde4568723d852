"""The documents of one part as columns on disk: facets both ways, places, sort keys, versions; read without copying."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from index.documents import Document
from index.facets import facets_of

Rows = NDArray[np.int32]
NOWHERE = float("nan")
NUMBERS, TABLE = "columns.npy", "columns.json"


def key_of(text: str) -> int:
    """64 bits that stand for a text: an id, or what a vector was made from (0 for none)."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little") if text else 0


def _mapped(path: Path) -> NDArray[Any]:
    """A file's numbers, read where they lie; as a plain array, for numpy's own class for this costs 30 us a slice."""
    found: NDArray[Any] = np.load(path, mmap_mode="r").view(np.ndarray)
    return found


class _Facet:
    """Entries (row, value) of one facet while they are gathered."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self.rows, self.values = array("i"), array("i")

    def add(self, row: int, value: str) -> None:
        self.rows.append(row)
        self.values.append(self.codes.setdefault(value, len(self.codes)))


class ColumnWriter:
    """Gathers documents one by one, then writes their columns."""

    def __init__(self) -> None:
        self._facets: dict[str, _Facet] = {}
        self._orders: dict[str, tuple[array[int], array[float]]] = {}
        self._lon, self._lat = array("d"), array("d")
        self._versions, self._ids, self._meanings = array("q"), array("Q"), array("Q")

    def add(self, document: Document) -> None:
        """Takes the next document."""
        row = len(self._versions)
        for name, values in facets_of(document).items():
            facet = self._facets.setdefault(name, _Facet())
            for value in dict.fromkeys(values):
                facet.add(row, value)
        for name, number in document.order.items():
            rows, numbers = self._orders.setdefault(name, (array("i"), array("d")))
            rows.append(row)
            numbers.append(number)
        self._lon.append(NOWHERE if document.lon is None else document.lon)
        self._lat.append(NOWHERE if document.lat is None else document.lat)
        self._versions.append(document.version)
        self._ids.append(key_of(document.id))
        self._meanings.append(key_of(document.vector_text))

    def write(self, folder: Path) -> None:
        """Writes one file of whole numbers for all facets, and one small file for each other column."""
        numbers: list[Rows] = []
        table: dict[str, Any] = {}
        at = 0
        for name, facet in self._facets.items():
            rows, codes = np.array(facet.rows, np.int32), np.array(facet.values, np.int32)
            counts = np.bincount(codes, minlength=len(facet.codes))
            table[name] = {"values": list(facet.codes), "at": at, "entries": len(rows), "counts": counts.tolist()}
            numbers += [rows, codes, rows[np.argsort(codes, kind="stable")]]
            at += 3 * len(rows)
        np.save(folder / NUMBERS, np.concatenate(numbers) if numbers else np.zeros(0, np.int32))
        own = {"lon": self._lon, "lat": self._lat, "version": self._versions, "meaning": self._meanings}
        for name, gathered in own.items():
            np.save(folder / f"{name}.npy", np.array(gathered))
        ids = np.array(self._ids, np.uint64)
        order = np.argsort(ids).astype(np.int32)
        np.save(folder / "id_order.npy", order)
        np.save(folder / "id_key.npy", ids[order])
        for name, (rows_of, numbers_of) in self._orders.items():
            numbers_by_row = np.full(len(self._versions), -np.inf)
            numbers_by_row[np.array(rows_of)] = np.array(numbers_of)
            np.save(folder / f"order-{name}.npy", numbers_by_row)
        (folder / TABLE).write_bytes(orjson.dumps({"rows": len(self._versions), "facets": table}))


class Columns:
    """The columns of one part."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        found = orjson.loads((folder / TABLE).read_bytes())
        self.size: int = found["rows"]
        self._table: Mapping[str, Any] = found["facets"]
        self._numbers: Rows = _mapped(folder / NUMBERS)
        self._codes = {name: {value: code for code, value in enumerate(facet["values"])}
                       for name, facet in self._table.items()}
        self._starts = {name: np.concatenate([[0], np.cumsum(facet["counts"])]).tolist()
                        for name, facet in self._table.items()}
        self._entries: dict[str, NDArray[np.int32]] = {}

    def _column(self, name: str) -> NDArray[Any]:
        return _mapped(self._folder / f"{name}.npy")

    @cached_property
    def lon(self) -> NDArray[np.float64]:
        """Degrees, NaN where there is no place."""
        return self._column("lon")

    @cached_property
    def lat(self) -> NDArray[np.float64]:
        """Degrees, NaN where there is no place."""
        return self._column("lat")

    @cached_property
    def versions(self) -> NDArray[np.int64]:
        """The version of each document."""
        return self._column("version")

    @cached_property
    def meanings(self) -> NDArray[np.uint64]:
        """What each document's vector is made from, as key_of; 0 where it has none."""
        return self._column("meaning")

    @cached_property
    def _by_id(self) -> tuple[NDArray[np.uint64], Rows]:
        return self._column("id_key"), self._column("id_order")

    def row(self, key: str) -> int:
        """The row that an id may lie in, -1 for none; two ids may share a key, so the document itself decides."""
        keys, order = self._by_id
        wanted = np.uint64(key_of(key))
        at = int(np.searchsorted(keys, wanted))
        return int(order[at]) if at < len(keys) and keys[at] == wanted else -1

    def order(self, name: str) -> NDArray[np.float64] | None:
        """A sort key of every document, -inf where it has none; None where nobody has it."""
        return self._column(f"order-{name}") if (self._folder / f"order-{name}.npy").exists() else None

    def rows(self, facet: str, value: str) -> Rows:
        """Rows with a facet's value, in order."""
        code = self._codes.get(facet, {}).get(value)
        if code is None:
            return np.zeros(0, np.int32)
        start, end = self._starts[facet][code], self._starts[facet][code + 1]
        at = self._table[facet]["at"] + 2 * self._table[facet]["entries"]
        return self._numbers[at + start : at + end]

    def _entries_of(self, facet: str) -> NDArray[np.int32]:
        """Where each row's entries of a facet begin, and behind the last one; shape (size + 1,)."""
        if facet not in self._entries:
            entry = self._table[facet]
            rows = self._numbers[entry["at"] : entry["at"] + entry["entries"]]
            self._entries[facet] = np.searchsorted(rows, np.arange(self.size + 1, dtype=np.int32)).astype(np.int32)
        return self._entries[facet]

    def counts(self, facet: str, among: NDArray[np.int64]) -> dict[str, int]:
        """Value -> how many of some rows, in order, have it. Only the entries of those rows are read."""
        entry = self._table.get(facet)
        if entry is None:
            return {}
        entries = self._entries_of(facet)
        begins = entries[among]
        many = entries[among + 1] - begins
        ends = np.cumsum(many)
        places = np.repeat(begins - (ends - many), many) + np.arange(ends[-1] if len(ends) else 0)
        codes = self._numbers[entry["at"] + entry["entries"] :][places]
        counts = np.bincount(codes, minlength=len(entry["values"]))
        return dict(zip(entry["values"], counts.tolist(), strict=True))
