"""Vectors of one part on disk, and the documents nearest to a question: exact up to some tens of thousands, then by cells."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import IndexUnavailable
from index.queries import Space, Vectors

FLAT_MOST = 30_000  # rows that are compared one by one; above it a scan takes longer than looking into some cells
ROWS_A_CELL, MOST_CELLS = 100, 2048
LOOKED_AT = 32  # of the cells: one in this many is looked at, and never fewer than this many
TRAINED_ON = 40  # vectors a cell that the cells are learned from
ROWS, MATRIX, CELLS, ENCODER = "rows.npy", "matrix.npy", "cells.faiss", "encoder.txt"


def write_vectors(folder: Path, vectors: Mapping[int, Vectors], encoder: str) -> None:
    """Writes vectors by row into a new folder, as float16, whose they are, and their cells where they are many."""
    folder.mkdir(parents=True)
    (folder / ENCODER).write_text(encoder, encoding="utf-8")
    rows = np.array(sorted(vectors), np.int32)
    matrix = np.array([vectors[int(row)] for row in rows], np.float16) if len(rows) else np.zeros((0, 0), np.float16)
    np.save(folder / ROWS, rows)
    np.save(folder / MATRIX, matrix)
    if len(rows) > FLAT_MOST:
        _write_cells(folder / CELLS, matrix)


def _write_cells(path: Path, matrix: NDArray[np.float16]) -> None:
    import faiss

    cells = min(max(len(matrix) // ROWS_A_CELL, 16), MOST_CELLS)
    made = faiss.index_factory(matrix.shape[1], f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
    chosen = np.random.default_rng(7).choice(len(matrix), min(len(matrix), cells * TRAINED_ON), replace=False)
    made.train(matrix[np.sort(chosen)].astype(np.float32))
    for start in range(0, len(matrix), 50_000):
        made.add(matrix[start : start + 50_000].astype(np.float32))
    faiss.write_index(made, str(path))


class Neighbours:
    """The vectors of one part, opened for reading."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self.rows: NDArray[np.int32] = np.load(folder / ROWS)
            self.matrix: NDArray[np.float16] = np.load(folder / MATRIX, mmap_mode="r")
            encoder = (folder / ENCODER).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise IndexUnavailable(f"the index is damaged ({type(error).__name__}); run `caitu index rebuild`") from error
        self.dims = self.matrix.shape[1] if len(self.rows) else 0
        self.space = Space(self.dims, encoder)

    @cached_property
    def _searcher(self) -> Any:
        import faiss

        faiss.omp_set_num_threads(1)  # one question, one thread: more of them wait for each other as soon as two ask
        if len(self.rows) <= FLAT_MOST:
            flat = faiss.IndexFlatIP(self.dims)
            flat.add(self.matrix.astype(np.float32))
            return flat
        cells: Any = faiss.read_index(str(self._folder / CELLS), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        # Threads that read ahead cost five times the search itself, and the page cache has the cells anyway.
        kept: Any = faiss.downcast_InvertedLists(cells.invlists)
        kept.prefetch_nthread = 0
        cells.nprobe = max(LOOKED_AT, cells.nlist // LOOKED_AT)
        return cells

    def nearest(self, vector: Vectors, most: int) -> tuple[NDArray[np.int32], Vectors]:
        """(rows, cosines) of at most so many documents nearest to a vector of unit length."""
        cosines, found = self._searcher.search(np.ascontiguousarray(vector[None, :], np.float32), min(most, len(self.rows)))
        there = found[0] >= 0
        places, nearest = found[0][there], cosines[0][there]
        if len(self.rows) > FLAT_MOST:  # cells keep 8 bits a number: enough to find, not to judge
            nearest = self.matrix[places].astype(np.float32) @ vector
        return self.rows[places], nearest

    def vector(self, row: int) -> Vectors | None:
        """The vector of a row, or None."""
        at = int(np.searchsorted(self.rows, row))
        return self.matrix[at].astype(np.float32) if at < len(self.rows) and self.rows[at] == row else None
