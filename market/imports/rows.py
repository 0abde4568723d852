"""Reads files into rows and checks single values; a value that is wrong names its field and what to do."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from market.errors import InvalidInput

Row = dict[str, Any]
LARGEST = 2**31 - 1  # of a whole number in the database


class BadValue(ValueError):
    """One value of a row is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


def read_csv(path: Path) -> Iterator[tuple[int, Row]]:
    """Rows of a CSV file (UTF-8, with or without BOM) with their line numbers; InvalidInput when it cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            for row in reader:
                if None in row:
                    raise InvalidInput(f"line {reader.line_num}: more cells than the head line has")
                yield reader.line_num, {key: (value or "").strip() for key, value in row.items()}
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"{error}; save the file as CSV in UTF-8") from None


def read_jsonl(path: Path) -> Iterator[tuple[int, Row]]:
    """Rows of a file of JSON lines; InvalidInput names the first line that is none."""
    try:
        with path.open(encoding="utf-8-sig") as file:  # line by line: a large file does not fit into memory
            for number, line in enumerate(file, 1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise InvalidInput(f"line {number}: an object is expected")
                    yield number, row
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{error}; save the file in UTF-8") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(f"line {number}: no JSON ({error.msg})") from None


def _writable(field: str, value: str) -> str:
    """The text itself; BadValue for half characters and zero bytes, which no database keeps."""
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise BadValue(field, f"{value!r} holds a broken character; type it anew")
    return value.strip()


def text(row: Mapping[str, Any], field: str) -> str | None:
    """A text, or None where the cell is empty."""
    value = row.get(field)
    if value is None or isinstance(value, str):
        return _writable(field, value or "") or None
    raise BadValue(field, f"{value!r} is no text")


def required(row: Mapping[str, Any], field: str) -> str:
    """A text that must be there."""
    value = text(row, field)
    if value is None:
        raise BadValue(field, "empty; give a value")
    return value


def number(row: Mapping[str, Any], field: str) -> int | None:
    """A whole number, not negative, or None."""
    value = row.get(field)
    if value in (None, ""):
        return None
    try:
        found = int(str(value))
    except ValueError:
        raise BadValue(field, f"{value!r} is no whole number") from None
    if found < 0:
        raise BadValue(field, f"{found} is negative")
    if found > LARGEST:
        raise BadValue(field, f"{found} is too large")
    return found


def degrees(row: Mapping[str, Any], field: str) -> float:
    """A longitude or latitude; BadValue where there is none."""
    try:
        return float(row[field])
    except (TypeError, ValueError):
        raise BadValue(field, f"{row[field]!r} is no number of degrees; write it as 121.4737") from None


def names(row: Mapping[str, Any], field: str) -> list[str]:
    """A list of texts: a JSON list, or one cell with semicolons; each once."""
    value = row.get(field)
    if value in (None, ""):
        return []
    parts = value.replace("；", ";").split(";") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise BadValue(field, "a list of texts is expected")
    return list(dict.fromkeys(_writable(field, part) for part in parts if part.strip()))


def day(row: Mapping[str, Any], field: str) -> date | None:
    """A date as 2026-11-24, or None."""
    value = text(row, field)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadValue(field, f"{value!r} is no date; write it as 2026-11-24") from None
