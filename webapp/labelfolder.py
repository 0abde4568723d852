"""Writes people's judgements of fit as a folder of the labelled set's form, so that `caitu evaluate` can read them."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from market.database import Session
from market.institutions import queries as institutions
from market.matches.queries import labels
from market.orders.models import Order
from market.profiles import demand_of, profile_of

FIT_GRADE = 2  # a person said "fits": worth as much as grade 2 of the labelled set; "does not fit" is grade 0


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset | set) else value


def _lines(path: Path, rows: list[Any]) -> None:
    path.write_text("".join(json.dumps(asdict(row), ensure_ascii=False, default=_plain) + "\n" for row in rows),
                    encoding="utf-8")


def write_labels(session: Session, out: Path, today: date) -> int:
    """Writes institutions.jsonl (all firms, so that ranking is as hard as on the site), orders.jsonl and qrels.tsv; where
    people disagree on a pair, the newest judgement counts. Gives the number of pairs."""
    grades = {(row.order_id, row.institution_id): FIT_GRADE if row.fit else 0 for row in labels(session)}
    orders = [session.get_one(Order, key) for key in dict.fromkeys(order for order, _ in grades)]
    out.mkdir(parents=True, exist_ok=True)
    firms = [profile_of(firm, today) for firm in institutions.every(session)]
    _lines(out / "institutions.jsonl", [firm for firm in firms if firm.credit_grade and firm.services])
    _lines(out / "orders.jsonl", [demand_of(order) for order in orders])
    rows = [f"{order}\t{firm}\t{grade}" for (order, firm), grade in grades.items()]
    (out / "qrels.tsv").write_text("\n".join(["order_id\tinstitution_id\tgrade", *rows]) + "\n", encoding="utf-8")
    return len(grades)
