"""Answers the queries of a file from files of firms, orders and parks, without a database or a lasting index."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import open_index
from index.plain import institution_document, order_document, park_document
from index.queries import Query, Vectors
from index.vocabulary import load_search_vocabulary

ROWS_PER_QUERY = 20
Encode = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True)
class SearchFiles:
    """The files of one run: what is searched, the queries, and the table that is written."""

    institutions: Path
    orders: Path
    parks: Path
    queries: Path
    out: Path


def _rows(path: Path, key: str) -> list[dict[str, Any]]:
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{path.name}, line {number}: no JSON ({error})") from None
        if not isinstance(row, dict) or not row.get("id") or key not in row:
            raise ValueError(f"{path.name}, line {number}: an object with id and {key} is expected")
        found.append(row)
    return found


def search_files(files: SearchFiles, data_dir: Path, queries: Encode | None, passages: Encode | None) -> int:
    """Writes query_id, id, score (tabs, with a head line), at most 20 rows a query; gives the rows written.

    queries, passages: encode texts to float32 of shape (n, dims); None: by words alone. Labels in the file of queries
    are not read.
    """
    documents = [institution_document(row) for row in _rows(files.institutions, "name")]
    documents += [order_document(row) for row in _rows(files.orders, "title")]
    documents += [park_document(row) for row in _rows(files.parks, "name")]
    asked = [(str(row["id"]), str(row["query"])) for row in _rows(files.queries, "query")]
    lines = ["query_id\tid\tscore"]
    with tempfile.TemporaryDirectory() as folder:
        index = open_index(f"embedded:{folder}", load_search_vocabulary(data_dir))
        index.rebuild(documents)
        vectors = queries([text for _, text in asked]) if queries and asked else None
        if passages:
            meant = [d for d in documents if d.vector_text]
            index.set_vectors(dict(zip((d.id for d in meant), passages([d.vector_text for d in meant]), strict=True)))
        for place, (key, text) in enumerate(asked):
            vector = None if vectors is None else vectors[place]
            for hit in index.search(Query(text=text, limit=ROWS_PER_QUERY, vector=vector)).hits:
                lines.append(f"{key}\t{hit.id}\t{hit.score:.6f}")
    files.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines) - 1
