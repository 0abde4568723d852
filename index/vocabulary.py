"""The trade's words that the search knows: synonyms, districts, parks, places, and how conditions are written."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

Pair = tuple[str, str]


@dataclass(frozen=True)
class Term:
    """A word of the trade and what it stands for: other ways to say it, and a facet's value where it names one.

    hints: (facet, value) that a document about this likely has, such as the industry of a technique.
    """

    words: tuple[str, ...]
    facet: str = ""
    value: str = ""
    hints: tuple[Pair, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """How a condition is written in a question; value: "=" for what stands in the first group, ">=" for that or better."""

    facet: str
    pattern: re.Pattern[str]
    value: str


@dataclass(frozen=True)
class SearchVocabulary:
    """terms: every way to write a term (lower case) -> the term. neighbours: district -> districts beside it.

    place_districts: a place's name -> its district. needs_licence: service -> licence without which it is not offered.
    close: industry -> industries whose people change over. any_industry: what a firm without a speciality writes.
    denials: words after which a clause says what is not offered. trusted: words of our own table of synonyms.
    covered_by: region -> wider regions that hold it. cities: what firms' names begin with.
    """

    terms: Mapping[str, Term]
    neighbours: Mapping[str, tuple[str, ...]]
    place_districts: Mapping[str, str]
    stopwords: frozenset[str]
    near_words: tuple[str, ...]
    needs_licence: Mapping[str, str]
    legal_forms: tuple[str, ...]
    patterns: tuple[Pattern, ...]
    close: Mapping[str, tuple[str, ...]]
    any_industry: str
    denials: tuple[str, ...]
    trusted: frozenset[str]
    covered_by: Mapping[str, tuple[str, ...]]
    cities: tuple[str, ...]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _industries(folder: Path) -> dict[str, str]:
    return {row["code"]: row["name_zh"] for row in _rows(folder / "industries.csv")}


def _sub_industries(folder: Path) -> Iterator[Term]:
    names = _industries(folder)
    for row in _rows(folder / "sub_industries.csv"):
        hints = (("industry", names[row["parent_code"]]),) if row["parent_code"] in names else ()
        yield Term(tuple(dict.fromkeys([row["name_zh"], *_split(row["synonyms"])])), hints=hints)


def _techniques(folder: Path) -> Iterator[Term]:
    """Words that stand for an industry without being its name: techniques, tools, titles of jobs."""
    names = _industries(folder)
    for row in _rows(folder / "sub_industries.csv"):
        for word in _split(row["typical_terms"]):
            yield Term((word,), hints=(("industry", names[row["parent_code"]]),) if row["parent_code"] in names else ())


def _roles(folder: Path) -> Iterator[Term]:
    """Jobs: each with the role that firms file it under, where its family names one."""
    known = [row["role_family"] for row in _rows(folder / "role_groups.csv")]
    for row in _rows(folder / "role_families.csv"):
        said = [row["name_zh"], *_split(row["synonyms"])]
        hints = tuple(("role", role) for role in known if role in said or (len(role) > 2 and role in row["name_zh"]))
        yield from (Term((word,), hints=hints) for word in (*said, *_split(row["typical_titles"])))
    yield from (Term((role,), "role", role) for role in known)


def _overseas(folder: Path) -> Iterator[Term]:
    service = {row["term"]: row["value"] for row in _rows(folder / "matching_terms.csv")}["overseas_service"]
    rows = list(_rows(folder / "overseas_regions.csv"))
    names = {row["code"]: row["name_zh"] for row in rows}
    for row in rows:
        wider = [names[code] for code in _split(row["parent_regions"]) if code in names]
        for word in (row["name_zh"], *_split(row["aliases"])):
            if len(word) > 1:
                yield Term(tuple(dict.fromkeys([word, row["name_zh"], *wider])), hints=(("service", service),))


def _districts(folder: Path) -> Iterator[Term]:
    for row in _rows(folder / "districts.csv"):
        yield Term(tuple(dict.fromkeys([row["short"], row["name_zh"], *_split(row["aliases"])])), "district", row["name_zh"])


def _services(folder: Path, own: list[Term]) -> list[Term]:
    """Our own synonyms, each with the words of the service that shares one with it; services of their own besides."""
    terms = list(own)
    for row in _rows(folder / "services.csv"):
        words = [row["name_zh"].split("(")[0], *_split(row["synonyms"])]
        lower = {word.lower() for word in words}
        for place, term in enumerate(terms):
            if lower & {word.lower() for word in term.words}:
                terms[place] = replace(term, words=tuple(dict.fromkeys([*term.words, *words])))
                break
        else:
            terms.append(Term(tuple(dict.fromkeys(words))))
    return terms


def _terms(data_dir: Path) -> dict[str, Term]:
    """Later tables do not take words from earlier ones, but add their hints where the earlier names no facet."""
    folder = data_dir / "taxonomy"
    own = [Term(tuple(_split(row["words"])), row["facet"], row["value"]) for row in _rows(data_dir / "search/synonyms.csv")]
    parks = [Term(tuple(_split(row["words"])), "park", row["park"]) for row in _rows(data_dir / "search/parks.csv")]
    found: dict[str, Term] = {}
    for term in (*own, *parks, *_districts(folder), *_services(folder, own), *_overseas(folder), *_sub_industries(folder),
                 *_roles(folder), *_techniques(folder)):
        for word in dict.fromkeys(way for w in term.words for way in (w.lower(), *_run_together(w))):
            before = found.get(word)
            if before is None or (before.value == term.value and set(before.words) < set(term.words)):
                found[word] = term
            elif not before.facet and not term.facet:
                found[word] = replace(before, hints=tuple(dict.fromkeys((*before.hints, *term.hints))))
    return found


def _run_together(word: str) -> tuple[str, ...]:
    """An English term without its spaces, as it is also typed."""
    return (word.lower().replace(" ", ""),) if word.isascii() and " " in word else ()


def _places(folder: Path) -> dict[str, str]:
    names = {row["code"]: row["name_zh"] for row in _rows(folder / "districts.csv")}
    found: dict[str, str] = {}
    for row in _rows(folder / "places.csv"):
        for word in (row["name_zh"], *_split(row["aliases"])):
            if len(word) > 1 and row["district_code"] in names:
                found.setdefault(word, names[row["district_code"]])
    return found


def _close(folder: Path, least: float = 0.55) -> dict[str, tuple[str, ...]]:
    """Industries at least this close, in both directions."""
    names, found = _industries(folder), dict[str, tuple[str, ...]]()
    for row in _rows(folder / "industry_neighbours.csv"):
        a, b = names.get(row["a"]), names.get(row["b"])
        if a and b and float(row["closeness"]) >= least:
            found[a], found[b] = (*found.get(a, ()), b), (*found.get(b, ()), a)
    return found


@lru_cache(maxsize=4)
def load_search_vocabulary(data_dir: Path) -> SearchVocabulary:
    """Reads data_dir/search and data_dir/taxonomy; FileNotFoundError names a table that is missing."""
    search, folder = data_dir / "search", data_dir / "taxonomy"
    words = {row["kind"]: _split(row["words"]) for row in _rows(search / "markers.csv")}
    return SearchVocabulary(
        _terms(data_dir),
        {row["district"]: tuple(_split(row["neighbours"])) for row in _rows(search / "district_neighbours.csv")},
        _places(folder),
        frozenset(row["word"] for row in _rows(search / "stopwords.csv")),
        tuple(words["near"]),
        {row["service"]: row["licence"] for row in _rows(folder / "service_rules.csv")
         if row["licence"] == words["dispatch_licence"][0]},
        tuple(words["legal_forms"]),
        tuple(Pattern(row["facet"], re.compile(row["pattern"]), row["value"]) for row in _rows(search / "patterns.csv")),
        _close(folder),
        {row["term"]: row["value"] for row in _rows(folder / "matching_terms.csv")}["any_industry"],
        tuple(words["denials"]),
        frozenset(word.lower() for row in _rows(search / "synonyms.csv") for word in _split(row["words"])),
        {row["region"]: tuple(_split(row["covered_by"])) for row in _rows(folder / "region_cover.csv")},
        tuple(words["cities"]),
    )
