"""Lists as Excel files: the first sheet says what was asked, until when, and how many rows of how many."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from webapp.words.exports import EXPORT_ABOUT, EXPORT_ROWS

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # how a cell begins that a spreadsheet would run
NARROW, WIDE = 10, 60  # widths of a column in letters of a Latin script
LOOKED_AT = 200  # rows that decide the widths


@dataclass(frozen=True)
class Sheet:
    """What is written: column heads, rows, and lines for the first sheet (label, text)."""

    heads: Sequence[str]
    rows: Iterable[Sequence[object]]
    about: Sequence[tuple[str, str]]


def _cell(sheet: WriteOnlyWorksheet, value: object) -> object:
    """A value as a cell; text stays text, so that nothing a firm wrote is ever run as a formula."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=f"'{value}" if value.lstrip("\ufeff　 ").startswith(ACTIVE) else value)
    cell.data_type = "s"
    return cell


def _widths(sheet: Any, rows: Iterable[Sequence[object]]) -> None:
    """Columns as wide as what stands in them; a Chinese character takes the room of two letters."""
    for at, column in enumerate(zip_longest(*rows, fillvalue=""), 1):
        longest = max(len(text) + sum(letter > "\u2e80" for letter in text) for text in map(str, column))
        sheet.column_dimensions[get_column_letter(at)].width = min(max(longest + 2, NARROW), WIDE)


def workbook(sheet: Sheet, name: str) -> Response:
    """The Excel file as an answer that the browser saves under `name`."""
    book = Workbook(write_only=True)
    about = book.create_sheet(EXPORT_ABOUT)
    _widths(about, sheet.about)
    for line in sheet.about:
        about.append([_cell(about, text) for text in line])
    body = book.create_sheet(EXPORT_ROWS)
    rows = list(sheet.rows)
    _widths(body, [sheet.heads, *rows[:LOOKED_AT]])
    body.freeze_panes = "A2"
    heads = [WriteOnlyCell(body, value=head) for head in sheet.heads]
    for head in heads:
        head.font = Font(bold=True)
    body.append(heads)
    for row in rows:
        body.append([_cell(body, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    answer = Response(out.getvalue(), mimetype=EXCEL)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
