"""Writes files of fictitious institutions and orders: the same bytes for the same seed, row by row in little memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from market.imports.builders import Place
from market.imports.fiction import read_words
from market.imports.sample_firms import firm_row
from market.imports.sample_orders import order_row

Progress = Callable[[int, int], None]  # rows written, rows in all
SHOWN_EVERY = 500


@dataclass(frozen=True)
class SampleSize:
    """How many rows, and who is told how many are written; the first rows of a seed are the same for every size."""

    institutions: int
    orders: int
    seed: int
    progress: Progress | None = None


def _write(path: Path, rows: Iterable[dict[str, Any]], size: SampleSize) -> Path:
    total = size.institutions if path.stem == "institutions" else size.orders
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for number, row in enumerate(rows, 1):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            if size.progress and (number % SHOWN_EVERY == 0 or number == total):
                size.progress(number, total)
    return path


def make_sample(size: SampleSize, out: Path, data_dir: Path, place: Place) -> list[Path]:
    """institutions.jsonl and orders.jsonl in the folder `out`; place(district, rng) gives (lon, lat) in WGS-84 degrees."""
    words = read_words(data_dir)
    firms = (firm_row(Random(f"{size.seed} institution {number}"), words, number, place)
             for number in range(1, size.institutions + 1))
    orders = (order_row(size.seed, words, number) for number in range(1, size.orders + 1))
    return [_write(out / "institutions.jsonl", firms, size), _write(out / "orders.jsonl", orders, size)]
