"""Ranks the firms of one file for the orders of another: lines of JSON in, a table of tabs out, no database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matching.encoders import Encoder, EncoderVectors, Progress
from matching.profiles import Constraints, Demand, Profile
from matching.ranking import Matcher
from matching.vocabulary import load_vocabulary
from matching.weights import load_weights

ROWS_PER_ORDER = 20


class UnreadableLine(ValueError):
    """A line that is no record; the message names file, line, field and what is wrong."""


def _texts(value: Any, field: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,) if value else ()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise UnreadableLine(f"{field}: a list of texts is expected")


def _number(value: Any, field: str) -> int:
    try:
        return int(value or 0)
    except (TypeError, ValueError):
        raise UnreadableLine(f"{field}: {value!r} is no whole number") from None


def _licences(value: Any) -> frozenset[str]:
    if isinstance(value, dict):
        return frozenset(name for name, held in value.items() if held)
    return frozenset(_texts(value, "licences"))


def profile_of(row: Mapping[str, Any]) -> Profile:
    """A firm from a mapping with the fields of data/sample/institutions.jsonl; what is missing counts as empty."""
    lists = {name: _texts(row.get(name), name) for name in (
        "services", "industries", "role_families", "regions", "seniority", "languages", "track_record")}
    numbers = {name: _number(row.get(name), name) for name in ("capacity_per_quarter", "promised", "delivered", "asked")}
    park = str(row.get("park") or "")
    return Profile(
        id=str(row["id"]), name=str(row.get("name") or ""), district=str(row.get("district") or ""),
        park="" if park == "none" else park,
        credit_grade=str(row.get("credit_grade") or ""), licences=_licences(row.get("licences")),
        profile=str(row.get("profile") or ""), **lists, **numbers,  # type: ignore[arg-type]
    )


def constraints_of(row: Mapping[str, Any]) -> Constraints:
    """The hard constraints that an order states in its fields."""
    return Constraints(
        frozenset(_texts(row.get("required_licences"), "required_licences")), row.get("credit_min") or None,
        _texts(row.get("must_cover"), "must_cover"), bool(row.get("needs_overseas_sourcing")),
        _texts(row.get("overseas_regions_any"), "overseas_regions_any"), bool(row.get("multi_firm_collaboration")),
    )


def demand_of(row: Mapping[str, Any]) -> Demand:
    """An order from a mapping with the fields of data/sample/orders.jsonl; what is missing counts as empty."""
    words = {name: str(row.get(name) or "") for name in (
        "title", "description", "enterprise", "industry", "role_family", "city", "district", "annual_salary_range")}
    numbers = {name: _number(row.get(name), name) for name in ("headcount", "deadline_days")}
    lists = {name: _texts(row.get(name), name) for name in ("seniority", "service_mode", "must_have")}
    return Demand(id=str(row["id"]), constraints=constraints_of(row.get("constraints") or {}),
                  **words, **numbers, **lists)  # type: ignore[arg-type]


def read_lines(path: Path, key: str = "id") -> Iterator[tuple[int, dict[str, Any]]]:
    """The records of a file of JSON lines with their line numbers; UnreadableLine names the first bad one."""
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                raise UnreadableLine(f"{path.name}, line {number}: no JSON ({error})") from None
            if not isinstance(row, dict) or not row.get(key):
                raise UnreadableLine(f"{path.name}, line {number}: an object with an id is expected")
            yield number, row


def read_all(path: Path, make: Any) -> list[Any]:
    """The records of a file, each made by `make`; UnreadableLine names line and field of the first bad one."""
    found, seen = [], set()
    for number, row in read_lines(path):
        try:
            made = make(row)
        except UnreadableLine as error:
            raise UnreadableLine(f"{path.name}, line {number}, {error}") from None
        if made.id in seen:
            raise UnreadableLine(f"{path.name}, line {number}, id: {made.id} stands there twice")
        seen.add(made.id)
        found.append(made)
    return found


@dataclass(frozen=True)
class MatchFiles:
    """The files of one run: firms and orders in, the ranking out."""

    institutions: Path
    orders: Path
    out: Path


def match_files(files: MatchFiles, data_dir: Path, encoder: Encoder, progress: Progress | None = None) -> int:
    """Writes order_id, institution_id, score (tabs, with a head line), at most 20 firms an order; gives the rows written.

    Only firms that meet every must-have are written, so an order may have fewer rows, or none.
    """
    profiles, demands = read_all(files.institutions, profile_of), read_all(files.orders, demand_of)
    matcher = Matcher(load_vocabulary(data_dir), load_weights(data_dir), EncoderVectors(encoder, progress))
    lines = ["order_id\tinstitution_id\tscore"]
    if profiles:
        pool = matcher.pool(profiles)
        for demand in demands:
            for match in matcher.rank(demand, pool, ROWS_PER_ORDER).matches:
                lines.append(f"{demand.id}\t{match.institution_id}\t{match.score:.6f}")
    files.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines) - 1
