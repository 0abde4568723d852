"""How matches are judged and what that is worth: the public page, and the button by which staff measure it again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response as Answer

from market.access import Permission
from market.matches import actions, queries
from webapp.access import actor, needs, public, writing
from webapp.services import Services, services
from webapp.words.matcher import report_words, rule_words
from webapp.words.matches import weight_rows

blueprint = Blueprint("matcher", __name__, url_prefix="/method")

DECIMALS = 3


def stored_report(site: Services) -> dict[str, Any] | None:
    """The report that the release carries, or None where it carries none."""
    path = site.settings.data_dir / "matching" / "evaluation.json"
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _means(report: Mapping[str, Any]) -> dict[tuple[str, bool, str], float | None]:
    return {(line["method"], line["filtered"], name): figure["mean"] if figure["mean"] is None else
            round(figure["mean"], DECIMALS) for line in report["lines"] for name, figure in line["figures"].items()}


def repeats(first: Mapping[str, Any], again: Mapping[str, Any]) -> tuple[int, int]:
    """How many means of two reports are the same to three decimals, of how many."""
    ours, theirs = _means(first), _means(again)
    return sum(ours[key] == theirs.get(key) for key in ours), len(ours)


@blueprint.get("")
@public
def page() -> str:
    """Weights, bands, the table beside the plain methods, and the last measurement on this site."""
    site = services()
    report = stored_report(site)
    with site.database.read() as session:
        run = queries.newest_measurement(session)
        judged, fit = queries.label_counts(session)
        return render_template(
            "method.html", weights=weight_rows(site.desk.matcher.weights), rule=rule_words(site.desk.rule), run=run,
            report=report_words(report) if report else None, again=report_words(run.report) if run and run.report else None,
            same=repeats(report, run.report) if report and run and run.report else None, judged=judged, fit=fit,
            may_measure=actor().may(Permission.MEASURE))


@blueprint.post("/measure")
@needs(Permission.MEASURE)
def measure() -> Answer:
    """Asks the worker to measure again; the page may be left and found again."""
    with writing() as act:
        actions.ask_measurement(act)
    return redirect("/method#again", 303)
