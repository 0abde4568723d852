"""Bulk look-up: a pasted or uploaded list of names and codes, each line matched, unsure or not found, with why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request

from index.vocabulary import load_search_vocabulary
from market.imports.lists import MOST_BYTES, GivenList, pasted_list, uploaded_list
from market.institutions import queries
from market.institutions.lookup import NOT_FOUND, Finding, FirmDirectory, counted
from webapp.access import public
from webapp.exports import Sheet, workbook
from webapp.services import services
from webapp.words.lookup import LOOKUP_HEADS, lookup_about, lookup_row, trouble_word

blueprint = Blueprint("lookup", __name__, url_prefix="/institutions/lookup")


@dataclass(frozen=True)
class Result:
    """What came of each line, with its number; counts: outcome -> lines."""

    rows: Sequence[tuple[int, Finding]]
    counts: Mapping[str, int]


def _given() -> GivenList:
    """The list of the form: the file where one was chosen, else the text."""
    file = request.files.get("file")
    if file and file.filename:
        with file.stream as stream:
            return uploaded_list(stream.read(MOST_BYTES + 1))
    return pasted_list(request.form.get("lines", ""))


def _looked_up(given: GivenList) -> Result:
    site = services()
    with site.database.read() as session:
        directory = FirmDirectory(queries.known(session), load_search_vocabulary(site.settings.data_dir))
    found = iter(directory.look_up(line.text for line in given.lines if not line.fault))
    rows = [(line.number, Finding(line.text, NOT_FOUND, line.fault) if line.fault else next(found)) for line in given.lines]
    return Result(rows, counted([finding for _, finding in rows]))


@blueprint.get("")
@public
def empty() -> str:
    """The form."""
    return render_template("lookup.html", result=None, lines="", trouble="")


@blueprint.post("")
@public
def looked_up() -> tuple[str, int]:
    """The form again, with what came of its list under it; 422 with what is wrong where it holds none."""
    given = _given()
    lines = "\n".join(line.text for line in given.lines) if given.lines else request.form.get("lines", "")
    result = _looked_up(given) if given.lines else None
    page = render_template("lookup.html", result=result, lines=lines, trouble=trouble_word(given.trouble))
    return page, 200 if result else 422


@blueprint.post("/export.xlsx")
@public
def export() -> Response | tuple[str, int]:
    """The same as an Excel file."""
    given = _given()
    if not given.lines:
        return render_template("lookup.html", result=None, lines="", trouble=trouble_word(given.trouble)), 422
    result = _looked_up(given)
    rows = [lookup_row(number, finding) for number, finding in result.rows]
    return workbook(Sheet(LOOKUP_HEADS, rows, lookup_about(dict(result.counts))), "caitu-lookup")
