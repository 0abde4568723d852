"""The trade's tables that the matcher works with, read from data/taxonomy."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from matching.subindustries import SubIndustries, load_sub_industries
from matching.text import tokens

PLACE_KINDS, PLACE_LONGEST = ("area", "street_town"), 3  # longer names hold words that are no place, such as "park"


@dataclass(frozen=True, eq=False)
class TextRule:
    """One regular expression that reads a hard constraint or an exclusion out of a clause."""

    kind: str
    value: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None

    def read(self, clause: str) -> str | None:
        """The value that a clause states, or None: it says nothing of the kind, or takes it back."""
        match = self.pattern.search(clause)
        if match is None or (self.unless and self.unless.search(clause)):
            return None
        return match.expand(self.value)


@dataclass(frozen=True)
class Vocabulary:
    """Names as they stand in the data.

    covered_by: region -> regions that include it. region_words: (region, how texts name it). branches: sub-industries.
    licence_for: service -> the licence that it needs by law.
    substitutes: (wanted service, offered service) -> fit 0..1. neighbours: (industry, industry) -> closeness 0..1.
    terms: single names that rules rest on (`any_industry`, `overseas_service`, `refused_grade` ...). places: tokens of
    place names, which two texts may share without speaking of the same work.
    """

    covered_by: Mapping[str, frozenset[str]]
    region_words: tuple[tuple[str, re.Pattern[str]], ...]
    licence_for: Mapping[str, str]
    substitutes: Mapping[tuple[str, str], float]
    neighbours: Mapping[tuple[str, str], float]
    role_groups: Mapping[str, frozenset[str]]
    rules: tuple[TextRule, ...]
    soft_words: tuple[str, ...]
    terms: Mapping[str, str]
    branches: SubIndustries
    places: frozenset[str]

    @cached_property
    def firm_rules(self) -> tuple[TextRule, ...]:
        """The rules that read what a firm does not take."""
        return tuple(rule for rule in self.rules if rule.kind == "firm_refuses")

    @cached_property
    def order_rules(self) -> tuple[TextRule, ...]:
        """The rules that read an order; wishes stand apart."""
        return tuple(rule for rule in self.rules if not rule.kind.startswith("firm_") and rule.kind != "wish")

    @cached_property
    def wishes(self) -> tuple[TextRule, ...]:
        """The rules by which a clause is a wish and no must."""
        return tuple(rule for rule in self.rules if rule.kind == "wish")


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


def _rule(kind: str, value: str, pattern: str, unless: str = "") -> TextRule:
    return TextRule(kind, value, re.compile(pattern, re.I), re.compile(unless, re.I) if unless else None)


def _rules(folder: Path) -> Iterator[TextRule]:
    """The rules as they stand, and those with a gap (kinds firm_no, firm_lacks) once for each topic of the trade."""
    topics = list(_rows(folder / "matching_topics.csv"))
    for row in _rows(folder / "matching_rules.csv"):
        if row["kind"] not in ("firm_no", "firm_lacks"):
            yield _rule(row["kind"], row["value"], row["pattern"], row["unless"])
            continue
        for topic in topics:
            if row["kind"] == "firm_no" or topic["lack"]:
                yield _rule("firm_refuses", topic["topic"], row["pattern"].replace("{words}", topic["words"]), row["unless"])


def _places(folder: Path) -> Iterator[str]:
    for row in _rows(folder / "places.csv"):
        if row["kind"] in PLACE_KINDS:
            names = (row["name_zh"], *row["aliases"].split(";"))
            yield from (token for name in names if len(name) <= PLACE_LONGEST for token in tokens(name))
    for row in _rows(folder / "overseas_regions.csv"):
        for name in (row["name_zh"], *row["aliases"].split(";")):
            yield from tokens(name) if 1 < len(name) <= PLACE_LONGEST and not name.isascii() else ()
    for row in _rows(folder / "region_cover.csv"):
        yield from tokens(row["region"])
        yield from tokens(row["said"].replace("|", " "))


def load_vocabulary(data_dir: Path) -> Vocabulary:
    """Reads the tables under data_dir/taxonomy; FileNotFoundError names a table that is missing."""
    folder = data_dir / "taxonomy"
    services = list(_rows(folder / "service_rules.csv"))
    return Vocabulary(
        covered_by={r["region"]: frozenset(filter(None, r["covered_by"].split(";")))
                    for r in _rows(folder / "region_cover.csv")},
        region_words=tuple((r["region"], re.compile(r["said"])) for r in _rows(folder / "region_cover.csv") if r["said"]),
        licence_for={r["service"]: r["licence"] for r in services if r["licence"]},
        substitutes={(r["service"], name): fit for r in services for name, fit in _pairs(r["substitutes"])},
        neighbours=_neighbours(folder),
        role_groups={r["role_family"]: frozenset(r["group"].split(";")) for r in _rows(folder / "role_groups.csv")},
        rules=tuple(_rules(folder)),
        soft_words=tuple(r["marker"] for r in _rows(folder / "text_markers.csv") if r["effect"] == "soft"),
        terms={r["term"]: r["value"] for r in _rows(folder / "matching_terms.csv")},
        branches=load_sub_industries(folder),
        places=frozenset(_places(folder)),
    )
