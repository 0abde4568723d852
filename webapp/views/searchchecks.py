"""The test of the search that anyone may run: labelled questions with what they should find and what they find now."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from market.database import Session
from market.errors import NotPossibleNow
from webapp import searchchecks
from webapp.access import public
from webapp.exports import Sheet, workbook
from webapp.searchchecks import Check, Question, Report, labelled, questions
from webapp.services import services
from webapp.views.search import PATHS, ROWS
from webapp.words.exports import export_lines
from webapp.words.searchchecks import (
    CHECKS_FAILED,
    CHECKS_HEADS,
    CHECKS_PASSED,
    CHECKS_TITLE,
    QUESTION_TYPES,
)

blueprint = Blueprint("searchchecks", __name__, url_prefix="/search/checks")


def _named(session: Session, asked: tuple[Question, ...]) -> dict[str, tuple[str, str]]:
    """Question -> (address, name) of its best answer, where the site holds it."""
    wanted = {one.id: (one.kinds[one.best[0]], one.best[0]) for one in asked if one.best}
    rows: dict[str, Any] = {}
    for kind, by_ids in ROWS.items():
        rows |= by_ids(session, [key for found, key in wanted.values() if found == kind])
    return {number: (f"{PATHS[kind]}/{key}", getattr(rows[key], "title", None) or rows[key].name)
            for number, (kind, key) in wanted.items() if key in rows}


@blueprint.get("")
@public
def page() -> str:
    """Every question; beside it, once somebody has pressed the button, what this site's index finds."""
    site = services()
    asked, report = questions(site.settings.data_dir), searchchecks.newest(site.settings.var_dir)
    with site.database.read() as session:
        named = _named(session, asked)
    told = {check.question.id: check for check in report.checks} if report else {}
    types = [(QUESTION_TYPES[name], *row) for name, row in report.by_type.items()] if report else []
    return render_template("search_checks.html", asked=asked, named=named, told=told, report=report, types=types,
                           words=QUESTION_TYPES, labelled=len(labelled(site.settings.data_dir)),
                           passed=sum(check.passed for check in told.values()))


@blueprint.post("")
@public
def run() -> Answer:
    """Asks every question; one that was asked of the same index is not asked again."""
    searchchecks.run(services())
    return redirect(url_for("searchchecks.page"), 303)


@blueprint.get("/export.xlsx")
@public
def export() -> Response:
    """The questions with what was found, as an Excel file; NotPossibleNow before anybody asked."""
    report = searchchecks.newest(services().settings.var_dir)
    if report is None:
        raise NotPossibleNow("nobody has asked the questions yet")
    return workbook(Sheet(CHECKS_HEADS, [_line(check) for check in report.checks], _about(report)), "caitu-search-checks")


def _about(report: Report) -> list[tuple[str, str]]:
    count = len(report.checks)
    return export_lines(CHECKS_TITLE, f"{report.generation}", (count, count), services().settings.map_approval)


def _line(check: Check) -> tuple[object, ...]:
    return (check.question.id, check.question.text, QUESTION_TYPES[check.question.type],
            CHECKS_PASSED if check.passed else CHECKS_FAILED, check.best or "", check.found, len(check.question.grades),
            round(check.ndcg, 3), check.hits, round(check.took_ms, 1))
