"""The city's plan as rows: what each order gets and what each firm gives, by the best allocation and by the greedy one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matching.exposure import ExposureReport, ExposureRule, exposure_report
from matching.profiles import Profile
from webapp.words.matcher import AGES, NO_DISTRICT, SIZES

SMALL, LARGE = 20, 100  # people a quarter: up to which a firm is small, above which large
YEAR = 365


@dataclass(frozen=True)
class OrderRow:
    """One order: places wanted, places it gets by each plan, and from whom by the best: (firm id, places)."""

    order_id: str
    wanted: int
    best: int
    greedy: int
    givers: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class FirmRow:
    """One firm: people free, and places that it gets by each plan."""

    firm_id: str
    free: int
    best: int
    greedy: int


def _sums(given: Sequence[Sequence[Any]], column: int) -> Counter[str]:
    sums: Counter[str] = Counter()
    for row in given:
        sums[row[column]] += row[2]
    return sums


def order_rows(content: Mapping[str, Any]) -> list[OrderRow]:
    """Every order, those first that lack most."""
    best, greedy = (_sums(content[plan]["given"], 0) for plan in ("best", "greedy"))
    givers: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for order, firm, places, _ in content["best"]["given"]:
        givers[order].append((firm, places))
    rows = [OrderRow(key, wanted, best[key], greedy[key], tuple(givers[key])) for key, wanted in content["wanted"].items()]
    return sorted(rows, key=lambda row: (row.best - row.wanted, -row.wanted, row.order_id))


def firm_rows(content: Mapping[str, Any]) -> list[FirmRow]:
    """Every firm with free people, those first that get most."""
    best, greedy = (_sums(content[plan]["given"], 1) for plan in ("best", "greedy"))
    rows = [FirmRow(key, free, best[key], greedy[key]) for key, free in content["free"].items()]
    return sorted(rows, key=lambda row: (-row.best, -row.greedy, row.firm_id))


def _size(profile: Profile) -> str:
    people = profile.capacity_per_quarter
    return "small" if people <= SMALL else "middle" if people <= LARGE else "large"


def _age(profile: Profile) -> str:
    return "unknown" if profile.listed_days is None else "new" if profile.listed_days <= YEAR else "known"


@dataclass(frozen=True)
class Group:
    """Some firms: how many, and how many of them were ever in a front."""

    word: str
    firms: int
    seen: int


def groups(fronts: Sequence[Sequence[str]], profiles: Sequence[Profile]) -> dict[str, list[Group]]:
    """Firms by size, by age and by district: how many stood ever in a front."""
    seen = {firm for front in fronts for firm in front}
    told: dict[str, dict[str, list[bool]]] = {name: defaultdict(list) for name in ("size", "age", "district")}
    for profile in profiles:
        there = profile.id in seen
        told["size"][_size(profile)].append(there)
        told["age"][_age(profile)].append(there)
        told["district"][profile.district or NO_DISTRICT].append(there)
    words = {"size": dict(SIZES), "age": dict(AGES)}
    fixed = {name: [Group(word, len(told[name][key]), sum(told[name][key])) for key, word in table.items() if told[name][key]]
             for name, table in words.items()}
    districts = [Group(name, len(rows), sum(rows)) for name, rows in sorted(told["district"].items())]
    return {**fixed, "district": districts}


def monthly(fronts: Mapping[str, Sequence[Sequence[str]]], profiles: Sequence[Profile],
            rule: ExposureRule) -> list[tuple[str, ExposureReport]]:
    """The report of each month, the newest first; firms that are gone since are left out."""
    known = {profile.id for profile in profiles}
    found = [(month, exposure_report([[firm for firm in front if firm in known] for front in rows], profiles, rule))
             for month, rows in fronts.items()]
    return sorted(found, key=lambda row: row[0], reverse=True)
