"""Lists as Excel files: the first sheet says what was asked, until when, and how many rows of how many."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from webapp.words.exports import EXPORT_ABOUT, EXPORT_ROWS

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # how a cell begins that a spreadsheet would run


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


def workbook(sheet: Sheet, name: str) -> Response:
    """The Excel file as an answer that the browser saves under `name`."""
    book = Workbook(write_only=True)
    about = book.create_sheet(EXPORT_ABOUT)
    for line in sheet.about:
        about.append([_cell(about, text) for text in line])
    body = book.create_sheet(EXPORT_ROWS)
    body.append(list(sheet.heads))
    for row in sheet.rows:
        body.append([_cell(body, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    answer = Response(out.getvalue(), mimetype=EXCEL)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer
