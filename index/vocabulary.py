"""The trade's words that the search knows: synonyms, districts, parks, places, and how they sound."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """A word of the trade and what it stands for: other ways to say it, and a facet's value where it names one."""

    words: tuple[str, ...]
    facet: str = ""
    value: str = ""


@dataclass(frozen=True)
class SearchVocabulary:
    """terms: every way to write a term (lower case) -> the term. neighbours: district -> districts beside it.

    place_districts: a place's name -> its district. needs_licence: service -> licence without which it is not offered.
    """

    terms: Mapping[str, Term]
    neighbours: Mapping[str, tuple[str, ...]]
    place_districts: Mapping[str, str]
    stopwords: frozenset[str]
    near_words: tuple[str, ...]
    needs_licence: Mapping[str, str]
    legal_forms: tuple[str, ...]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _sub_industries(folder: Path) -> Iterator[Term]:
    for row in _rows(folder / "sub_industries.csv"):
        yield Term(tuple(dict.fromkeys([row["name_zh"], *_split(row["synonyms"])])))


def _districts(folder: Path) -> Iterator[Term]:
    for row in _rows(folder / "districts.csv"):
        yield Term(tuple(dict.fromkeys([row["short"], row["name_zh"], *_split(row["aliases"])])), "district", row["name_zh"])


def _terms(data_dir: Path) -> dict[str, Term]:
    """Later tables do not take words from earlier ones: our own synonyms, parks, districts, then sub-industries."""
    own = [Term(tuple(_split(row["words"])), row["facet"], row["value"]) for row in _rows(data_dir / "search/synonyms.csv")]
    parks = [Term(tuple(_split(row["words"])), "park", row["park"]) for row in _rows(data_dir / "search/parks.csv")]
    found: dict[str, Term] = {}
    for term in (*own, *parks, *_districts(data_dir / "taxonomy"), *_sub_industries(data_dir / "taxonomy")):
        for word in term.words:
            found.setdefault(word.lower(), term)
    return found


def _places(folder: Path) -> dict[str, str]:
    names = {row["code"]: row["name_zh"] for row in _rows(folder / "districts.csv")}
    found: dict[str, str] = {}
    for row in _rows(folder / "places.csv"):
        for word in (row["name_zh"], *_split(row["aliases"])):
            if len(word) > 1 and row["district_code"] in names:
                found.setdefault(word, names[row["district_code"]])
    return found


@lru_cache(maxsize=4)
def load_search_vocabulary(data_dir: Path) -> SearchVocabulary:
    """Reads data_dir/search and data_dir/taxonomy; FileNotFoundError names a table that is missing."""
    words = {row["kind"]: _split(row["words"]) for row in _rows(data_dir / "search" / "markers.csv")}
    return SearchVocabulary(
        _terms(data_dir),
        {row["district"]: tuple(_split(row["neighbours"])) for row in _rows(data_dir / "search/district_neighbours.csv")},
        _places(data_dir / "taxonomy"),
        frozenset(row["word"] for row in _rows(data_dir / "search" / "stopwords.csv")),
        tuple(words["near"]),
        {row["service"]: row["licence"] for row in _rows(data_dir / "taxonomy" / "service_rules.csv")
         if row["licence"] == words["dispatch_licence"][0]},
        tuple(words["legal_forms"]),
    )
