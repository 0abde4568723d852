"""Reads an order's text for terms that the law forbids or that are risky, each with its basis and a better wording."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from market.orders.models import Order

NEARBY = 12  # characters before and after a hit in which its exception may stand
# What keeps an order from being published. "refused": no law of its own forbids it, the site does not publish it all the
# same (age limits: equal employment is the law's rule, exceptions need the state's own regulation).
BLOCKING = frozenset({"forbidden", "refused"})
RANK = {"context": 0, "risky": 1, "refused": 2, "forbidden": 3}
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
    replacement: str


@dataclass(frozen=True)
class Finding:
    """A term found in a field of an order: severity is forbidden, refused, risky or context (lawful when it belongs to the
    work). start: where the quote stands in its text. better: advice; replacement: words to put in the quote's place ("-":
    none, the quote goes; empty: only the author knows)."""

    term_id: str
    field: str
    quote: str
    severity: str
    basis: str
    better: str
    replacement: str = ""
    start: int = 0

    @property
    def key(self) -> str:
        """What tells this finding from the others of an order."""
        return f"{self.field}:{self.start}:{self.term_id}"

    @property
    def blocks(self) -> bool:
        """True when the order is not published with it."""
        return self.severity in BLOCKING


@lru_cache(maxsize=4)
def terms(data_dir: Path) -> tuple[Term, ...]:
    """Every term of the table."""
    with (data_dir / "taxonomy" / "discriminatory_terms.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Term(row["id"], re.compile(row["pattern"]), re.compile(row["not_if"]) if row["not_if"] else None,
                          row["severity"], row["legal_basis"], row["lawful_suggestion"], row["replacement"])
                     for row in csv.DictReader(file))


def _hits(text: str, data_dir: Path) -> list[tuple[int, int, Term]]:
    """(start, end, term) of every hit that its exception does not excuse."""
    found = []
    for term in terms(data_dir):
        for hit in term.pattern.finditer(text):
            nearby = text[max(0, hit.start() - NEARBY) : hit.end() + NEARBY]
            if not (term.unless and term.unless.search(nearby)):
                found.append((hit.start(), hit.end(), term))
    return found


def _inside(hit: tuple[int, int, Term], other: tuple[int, int, Term]) -> bool:
    """True when a hit says nothing that a longer one, at least as severe, does not say."""
    (start, end, term), (first, last, wider) = hit, other
    return first <= start and end <= last and last - first > end - start and RANK[wider.severity] >= RANK[term.severity]


def findings_in(field: str, text: str, data_dir: Path) -> list[Finding]:
    """What one text holds, in the order in which it stands there."""
    hits = _hits(text, data_dir)
    kept = [hit for hit in hits if not any(_inside(hit, other) for other in hits)]
    return [Finding(term.id, field, text[start:end], term.severity, term.basis, term.better, term.replacement, start)
            for start, end, term in sorted(kept, key=lambda hit: hit[:2])]


PAUSES = ",，、;；"


def mended(text: str, finding: Finding) -> str:
    """A text with the finding's replacement in the place of its quote; unchanged where the quote no longer stands there."""
    end = finding.start + len(finding.quote)
    if not finding.replacement or text[finding.start : end] != finding.quote:
        return text
    before, after = text[: finding.start], text[end:]
    if finding.replacement != "-":
        return before + finding.replacement + after
    # What is taken out takes one of the pauses around it along.
    if after[:1] and after[0] in PAUSES and (not before or before[-1] in PAUSES):
        after = after[1:]
    elif before and before[-1] in PAUSES:
        before = before[:-1]
    return before + after


def findings(order: Order, data_dir: Path) -> list[Finding]:
    """Everything found in an order's texts and its must-haves."""
    texts = [(field, getattr(order, field) or "") for field in TEXT_FIELDS]
    texts += [("must_have", word) for word in order.must_have or []]
    return [finding for field, text in texts for finding in findings_in(field, text, data_dir)]


def forbidden(order: Order, data_dir: Path) -> tuple[str, ...]:
    """What blocks an order: "field=quote" for every term that is not published."""
    return tuple(f"{found.field}={found.quote}" for found in findings(order, data_dir) if found.blocks)


def missing(order: Order) -> tuple[str, ...]:
    """Mandatory fields that are empty, or that cannot be checked: pay without a figure, weights that are no whole."""
    empty = [name for name in MANDATORY if not getattr(order, name)]
    if order.annual_salary_range and not re.search(r"\d", order.annual_salary_range):
        empty.append("annual_salary_range")
    if order.confidential and not order.brief:
        empty.append("brief")
    if order.scorecard and sum(row.get("weight_bp", 0) for row in order.scorecard) != 10_000:
        empty.append("scorecard")
    return tuple(dict.fromkeys(empty))


@lru_cache(maxsize=4)
def licence_of_service(data_dir: Path) -> dict[str, str]:
    """Service -> the licence that it needs; services without one are not in it."""
    with (data_dir / "taxonomy" / "service_rules.csv").open(encoding="utf-8", newline="") as file:
        return {row["service"]: row["licence"] for row in csv.DictReader(file) if row["licence"]}
