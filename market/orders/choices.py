"""What an order's fields may be chosen from: the words by which firms describe themselves, read from data/taxonomy."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from market.vocabulary import DISPATCH_LICENCE, HR_LICENCE, SENIORITY

GRADES = ("A", "B", "C")
LICENCES = (HR_LICENCE, DISPATCH_LICENCE)
REGION_KIND = "R-"  # codes of regions that hold several countries


@dataclass(frozen=True)
class Choices:
    """Words by field; roles: group -> role families."""

    industries: Sequence[str]
    roles: Mapping[str, Sequence[str]]
    services: Sequence[str]
    districts: Sequence[str]
    overseas: Sequence[str]
    seniority: Sequence[str] = SENIORITY
    licences: Sequence[str] = LICENCES
    grades: Sequence[str] = GRADES


def _rows(data_dir: Path, name: str) -> list[dict[str, str]]:
    with (data_dir / "taxonomy" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=4)
def choices(data_dir: Path) -> Choices:
    """The words of every field that is chosen from a list."""
    roles: dict[str, list[str]] = {}
    for row in _rows(data_dir, "role_groups"):
        roles.setdefault(row["group"].split(";")[0], []).append(row["role_family"])
    named = {name: [row["name_zh"] for row in _rows(data_dir, name)] for name in ("industries", "districts")}
    return Choices(
        named["industries"], roles, [row["service"] for row in _rows(data_dir, "service_rules")], named["districts"],
        [row["name_zh"] for row in _rows(data_dir, "overseas_regions") if row["code"].startswith(REGION_KIND)])
