"""Reads a list of firms that somebody pastes or uploads: one name, code, or both a line, with what is wrong with a line."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from market.imports.columns import CODE_HEADS, NAME_HEADS
from market.imports.workbooks import BadWorkbook, Cells, sheets

MOST_BYTES = 3 * 2**20  # of an uploaded file
MOST_LINES = 2_000
LONGEST = 200  # characters of a line: no firm's name with its code is longer
HEAD_WITHIN = 10  # rows in which the head line is looked for
EXACT = 2**53  # whole numbers above are rounded in a spreadsheet's cell: an 18-digit code loses its last digits
ZIPPED, OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
SEPARATORS = ",\t;\uff0c"
_SERIAL = re.compile(r"[0-9]{1,8}[.\u3001]?")
_CODE = re.compile(r"(?=.*[0-9])[0-9A-Za-z]{15,20}")


@dataclass(frozen=True)
class GivenLine:
    """One line with its number in the list, from one; fault: "number" (a code rounded by the spreadsheet), "long"."""

    number: int
    text: str
    fault: str = ""


@dataclass(frozen=True)
class GivenList:
    """The lines that hold something; or none, and what is the trouble with the whole: "empty", "no list", "old excel",
    "too large", "too many rows", "too wide", "unsafe", "damaged"."""

    lines: tuple[GivenLine, ...] = ()
    trouble: str = ""


def pasted_list(text: str) -> GivenList:
    """The lines of a text."""
    return _whole([_checked(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()])


def uploaded_list(data: bytes) -> GivenList:
    """The lines of an .xlsx or CSV file (UTF-8, UTF-16 with its mark, or GB 18030): the sheet whose head line names a
    firm or a code, or else the first that holds something."""
    if len(data) > MOST_BYTES:
        return GivenList(trouble="too large")
    if data.startswith(OLD_OFFICE):
        return GivenList(trouble="old excel")
    try:
        tables = sheets(data) if data.startswith(ZIPPED) else [list(_csv_rows(data))]
        return _whole(_lines(_best(tables)))
    except BadWorkbook as error:
        return GivenList(trouble=error.trouble)
    except (UnicodeDecodeError, csv.Error):
        return GivenList(trouble="no list")


def _whole(lines: Sequence[GivenLine]) -> GivenList:
    if not lines:
        return GivenList(trouble="empty")
    return GivenList(trouble="too many rows") if len(lines) > MOST_LINES else GivenList(tuple(lines))


def _checked(number: int, text: str, fault: str = "") -> GivenLine:
    return GivenLine(number, text[:LONGEST], fault or ("long" if len(text) > LONGEST else ""))


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    if "\x00" in text:
        raise csv.Error("a file of another kind")
    return text


def _csv_rows(data: bytes) -> Iterator[list[object]]:
    text = _decoded(data)
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
        yield list(row)


def _best(tables: Sequence[Cells]) -> Cells:
    """The table whose head line is known, or the first that holds something."""
    held = [rows for rows in tables if any(any(map(_text, row)) for row in rows)]
    return next((rows for rows in held if _head(rows)), held[0] if held else [])


def _head(rows: Cells) -> tuple[int, int, int] | None:
    """(row, column of names, column of codes) of the head line; a column is -1 where there is none."""
    for at, row in enumerate(rows[:HEAD_WITHIN]):
        words = [_text(cell).lower() for cell in row]
        name = next((column for column, word in enumerate(words) if word in NAME_HEADS), -1)
        code = next((column for column, word in enumerate(words) if word in CODE_HEADS), -1)
        if name >= 0 or code >= 0:
            return at, name, code
    return None


def _lines(rows: Cells) -> list[GivenLine]:
    head = _head(rows)
    found = []
    for number, row in enumerate(rows[head[0] + 1 :] if head else rows, head[0] + 2 if head else 1):
        cells = [row[column] for column in head[1:] if 0 <= column < len(row)] if head else _telling(row)
        text = " ".join(filter(None, map(_text, cells)))
        if text:
            found.append(_checked(number, text, "number" if any(map(_is_rounded, cells)) else ""))
    return found


def _telling(row: Sequence[object]) -> list[object]:
    """Of a row without a head line: the first cell that may be a name, and the first that may be a code."""
    cells = [cell for cell in row if _text(cell) and not _SERIAL.fullmatch(_text(cell))]
    codes = [cell for cell in cells if _CODE.fullmatch(_text(cell)) or _is_rounded(cell)]
    return [cell for cell in cells if cell not in codes][:1] + codes[:1]


def _is_rounded(cell: object) -> bool:
    return isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) > EXACT


def _text(cell: object) -> str:
    """A cell as text; the mark that keeps a spreadsheet from running a text as a formula is left away."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\u3000", " ").strip().removeprefix("'") if cell is not None else ""
