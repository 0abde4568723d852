"""Reads an order's text for terms that the law forbids or that are risky, each with its basis and a better wording."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from market.orders.models import Order

NEARBY = 12  # characters before and after a hit in which its exception may stand
FORBIDDEN = "forbidden"
TEXT_FIELDS = ("title", "description", "brief", "annual_salary_range")
MANDATORY = ("title", "description", "role_family", "district", "annual_salary_range", "service_mode",
             "fee_fen", "guarantee_days", "milestones", "scorecard", "closes_at")


@dataclass(frozen=True)
class Term:
    """One row of data/taxonomy/discriminatory_terms.csv."""

    id: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    severity: str
    basis: str
    better: str


@dataclass(frozen=True)
class Finding:
    """A term found in a field of an order: severity is forbidden, risky or context (lawful when it belongs to the work)."""

    term_id: str
    field: str
    quote: str
    severity: str
    basis: str
    better: str


@lru_cache(maxsize=4)
def terms(data_dir: Path) -> tuple[Term, ...]:
    """Every term of the table."""
    with (data_dir / "taxonomy" / "discriminatory_terms.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Term(row["id"], re.compile(row["pattern"]), re.compile(row["not_if"]) if row["not_if"] else None,
                          row["severity"], row["legal_basis"], row["lawful_suggestion"]) for row in csv.DictReader(file))


def findings_in(field: str, text: str, data_dir: Path) -> list[Finding]:
    """What one text holds, in the order in which it stands there."""
    found = []
    for term in terms(data_dir):
        for hit in term.pattern.finditer(text):
            nearby = text[max(0, hit.start() - NEARBY) : hit.end() + NEARBY]
            if not (term.unless and term.unless.search(nearby)):
                found.append((hit.start(), Finding(term.id, field, hit.group(), term.severity, term.basis, term.better)))
    return [finding for _, finding in sorted(found, key=lambda item: item[0])]


def findings(order: Order, data_dir: Path) -> list[Finding]:
    """Everything found in an order's texts and its must-haves."""
    texts = [(field, getattr(order, field) or "") for field in TEXT_FIELDS]
    texts += [("must_have", word) for word in order.must_have or []]
    return [finding for field, text in texts for finding in findings_in(field, text, data_dir)]


def forbidden(order: Order, data_dir: Path) -> tuple[str, ...]:
    """What blocks an order: "field=quote" for every forbidden term."""
    return tuple(f"{found.field}={found.quote}" for found in findings(order, data_dir) if found.severity == FORBIDDEN)


def missing(order: Order) -> tuple[str, ...]:
    """Mandatory fields that are empty, or that cannot be checked: pay without a figure, weights that are no whole."""
    empty = [name for name in MANDATORY if not getattr(order, name)]
    if order.annual_salary_range and not re.search(r"\d", order.annual_salary_range):
        empty.append("annual_salary_range")
    if order.scorecard and sum(row.get("weight_bp", 0) for row in order.scorecard) != 10_000:
        empty.append("scorecard")
    return tuple(dict.fromkeys(empty))


@lru_cache(maxsize=4)
def licence_of_service(data_dir: Path) -> dict[str, str]:
    """Service -> the licence that it needs; services without one are not in it."""
    with (data_dir / "taxonomy" / "service_rules.csv").open(encoding="utf-8", newline="") as file:
        return {row["service"]: row["licence"] for row in csv.DictReader(file) if row["licence"]}
