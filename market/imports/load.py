"""Loads files into the database: each file whole or not at all, each row once, every refusal named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from market import outbox
from market.calendar import CalendarDay
from market.database import Database, Table
from market.districts.models import District
from market.errors import InvalidInput
from market.imports import builders
from market.imports.report import FileReport, Refused
from market.imports.rows import BadValue, Row, read_csv, read_jsonl
from market.institutions.models import Institution
from market.notices import follows
from market.orders.models import Order
from market.parks.models import Park
from market.policies.models import Policy
from market.statistics.models import Indicator

Progress = Callable[[str, int], None]
BATCH = 500  # rows whose records are read at once: one by one costs most of the time, and SQLite takes 999 variables
Numbered = list[tuple[int, Row]]
Known = dict[str, Table | None]  # key -> the record, or None where it is known that there is none


@dataclass(frozen=True)
class Kind:
    """One kind of file: the table it fills, how a row becomes values, and the name its changes have in the index."""

    table: type[Table]
    key: str
    build: Callable[[Row, builders.Context], builders.Values]
    index_kind: str = ""


KINDS = {  # folder/stem of the file; the order is the order of loading: what is referred to comes first
    "taxonomy/districts": Kind(District, "code", builders.district),
    "taxonomy/holidays": Kind(CalendarDay, "day", builders.calendar_day),
    "reference/parks": Kind(Park, "id", builders.park, "park"),
    "reference/institutions": Kind(Institution, "id", builders.reference_institution, "institution"),
    "reference/orders": Kind(Order, "id", builders.reference_order, "order"),
    "reference/policies": Kind(Policy, "id", builders.policy, "policy"),
    "reference/stats": Kind(Indicator, "id", builders.indicator),
    "institutions": Kind(Institution, "id", builders.sample_institution, "institution"),
    "orders": Kind(Order, "id", builders.sample_order, "order"),
}


def kind_of(path: Path) -> Kind | None:
    """What a file holds, by its name: JSON lines by their stem, CSV by folder and stem."""
    if path.suffix == ".jsonl":
        return KINDS.get(path.stem)
    return KINDS.get(f"{path.parent.name}/{path.stem}") if path.suffix == ".csv" else None


def files_in(paths: list[Path]) -> list[Path]:
    """The files to load, in the order in which they must be; InvalidInput for a path that is none of them."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InvalidInput(f"{path}: there is no such file or folder")
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        known = [file for file in inside if kind_of(file)]
        if not known:
            raise InvalidInput(f"{path}: no file here is known; expected {', '.join(KINDS)} (.csv) or "
                               "institutions.jsonl, orders.jsonl")
        found += known
    places = list(KINDS.values())
    return sorted(found, key=lambda file: places.index(kind_of(file)))  # type: ignore[arg-type]


def _same(old: Any, new: Any) -> bool:
    if isinstance(new, list) and new and hasattr(new[0], "valid_to"):
        def facts(rows: list[Any]) -> list[tuple[Any, ...]]:
            return [(r.name, r.number, r.valid_from, r.valid_to) for r in rows]
        return facts(old) == facts(new)
    return bool(old == new)


def _known(session: Session, kind: Kind, batch: Numbered) -> Known:
    """The records of a batch whose file gives their keys; the others are looked up one by one."""
    keys = [row[kind.key] for _, row in batch if isinstance(row.get(kind.key), str)]
    column = getattr(kind.table, kind.key)
    found = {getattr(record, kind.key): record
             for record in session.scalars(select(kind.table).where(column.in_(keys)))}
    return {key: found.get(key) for key in keys}


def _put(session: Session, kind: Kind, values: builders.Values, known: Known) -> str:
    """Adds or changes one record; gives "added", "changed" or "unchanged"."""
    key = values[kind.key]
    record = known.pop(key) if key in known else session.get(kind.table, key)
    if record is None:
        session.add(kind.table(**values))
        outcome = "added"
    else:
        changes = {name: value for name, value in values.items() if not _same(getattr(record, name), value)}
        grade = getattr(record, "credit_grade", None)
        for name, value in changes.items():
            setattr(record, name, value)
        if not changes:
            return "unchanged"
        if "version" in inspect(kind.table).columns:
            record.version += 1  # type: ignore[attr-defined]
        if isinstance(record, Institution):
            follows.firm_changed(session, record, changes, grade)
        outcome = "changed"
    if kind.index_kind:
        outbox.note(session, kind.index_kind, str(key))
    return outcome


def _load_row(session: Session, kind: Kind, values: Callable[[], builders.Values], known: Known) -> str:
    """One row in a savepoint: a row that breaks a rule of the database is refused like any other."""
    with session.begin_nested():
        outcome = _put(session, kind, values(), known)
        session.flush()
    return outcome


def _clash(error: IntegrityError) -> str:
    return f"breaks a rule of the database: {str(error.orig).splitlines()[0]}"


def _batches(path: Path) -> Iterator[Numbered]:
    rows = read_csv(path) if path.suffix == ".csv" else read_jsonl(path)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _load_rows(session: Session, path: Path, plan: LoadPlan, report: FileReport) -> None:
    kind = kind_of(path)
    assert kind is not None
    context = builders.Context(session, plan.data_dir, plan.place, plan.today)
    for batch in _batches(path):
        known = _known(session, kind, batch)
        for line, row in batch:
            report.read += 1
            try:
                outcome = _load_row(session, kind, partial(kind.build, row, context), known)
                setattr(report, outcome, getattr(report, outcome) + 1)
            except BadValue as error:
                report.refused.append(Refused(line, error.field, error.reason))
            except IntegrityError as error:
                report.refused.append(Refused(line, kind.key, _clash(error)))
            if plan.progress and report.read % 200 == 0:
                plan.progress(path.name, report.read)


def load_file(database: Database, path: Path, plan: LoadPlan) -> FileReport:
    """Loads one file in one transaction; a file that cannot be read changes nothing."""
    report = FileReport(path.name)
    try:
        with database.write() as session:
            _load_rows(session, path, plan, report)
    except InvalidInput as error:
        return FileReport(path.name, failed=str(error))
    return report


@dataclass(frozen=True)
class LoadPlan:
    """What loading needs beside the files: the data folder, a way to place fictitious firms, today, a progress line."""

    data_dir: Path
    place: builders.Place
    today: date
    progress: Progress | None = None


def load(database: Database, paths: list[Path], plan: LoadPlan) -> list[FileReport]:
    """Loads files and folders, referred-to files first; one report per file."""
    return [load_file(database, path, plan) for path in files_in(paths)]
