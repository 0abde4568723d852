"""The trade's tables that the matcher works with, read from data/taxonomy."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TextRule:
    """One regular expression that reads a hard constraint or an exclusion out of a clause."""

    kind: str
    value: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Vocabulary:
    """Names as they stand in the data.

    covered_by: region -> regions that include it. licence_for: service -> the licence that it needs by law.
    substitutes: (wanted service, offered service) -> fit 0..1. neighbours: (industry, industry) -> closeness 0..1.
    terms: single names that rules rest on (`any_industry`, `overseas_service`, `refused_grade` ...).
    """

    covered_by: Mapping[str, frozenset[str]]
    licence_for: Mapping[str, str]
    substitutes: Mapping[tuple[str, str], float]
    neighbours: Mapping[tuple[str, str], float]
    role_groups: Mapping[str, frozenset[str]]
    rules: tuple[TextRule, ...]
    soft_words: tuple[str, ...]
    terms: Mapping[str, str]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _pairs(text: str) -> Iterator[tuple[str, float]]:
    for part in filter(None, text.split(";")):
        name, _, value = part.rpartition(":")
        yield name, float(value)


def _neighbours(folder: Path) -> dict[tuple[str, str], float]:
    names = {row["code"]: row["name_zh"] for row in _rows(folder / "industries.csv")}
    out: dict[tuple[str, str], float] = {}
    for row in _rows(folder / "industry_neighbours.csv"):
        if row["a"] in names and row["b"] in names:
            a, b = names[row["a"]], names[row["b"]]
            out[a, b] = out[b, a] = float(row["closeness"])
    return out


def load_vocabulary(data_dir: Path) -> Vocabulary:
    """Reads the tables under data_dir/taxonomy; FileNotFoundError names a table that is missing."""
    folder = data_dir / "taxonomy"
    services = list(_rows(folder / "service_rules.csv"))
    return Vocabulary(
        covered_by={r["region"]: frozenset(filter(None, r["covered_by"].split(";")))
                    for r in _rows(folder / "region_cover.csv")},
        licence_for={r["service"]: r["licence"] for r in services if r["licence"]},
        substitutes={(r["service"], name): fit for r in services for name, fit in _pairs(r["substitutes"])},
        neighbours=_neighbours(folder),
        role_groups={r["role_family"]: frozenset(r["group"].split(";")) for r in _rows(folder / "role_groups.csv")},
        rules=tuple(TextRule(r["kind"], r["value"], re.compile(r["pattern"], re.I))
                    for r in _rows(folder / "matching_rules.csv")),
        soft_words=tuple(r["marker"] for r in _rows(folder / "text_markers.csv") if r["effect"] == "soft"),
        terms={r["term"]: r["value"] for r in _rows(folder / "matching_terms.csv")},
    )
