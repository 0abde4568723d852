"""The page of a proposed person: by signed link, without an account, without a cookie, found by no search engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from market import audit
from market.access import Act, Actor, Note
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.orders import candidates
from market.orders.delivery_models import Placement
from market.orders.own_data import everything, own_data
from webapp.access import public
from webapp.services import services
from webapp.words import candidates as words
from webapp.words.faults import fault_text

blueprint = Blueprint("candidate", __name__, url_prefix="/c")

WITHDRAWABLE = frozenset({"consented", "submitted", "interviewing", "offered"})


@blueprint.get("/<token>")
@public
def page(token: str) -> str:
    """Who proposes the person, for what, with which data; what they can do; who looked at their data."""
    return _page(token)


def _page(token: str, fault: str = "") -> str:
    site = services()
    with site.database.read() as session:
        found = own_data(site.act(session, Actor()), token)
        return render_template("candidate.html", own=found, token=token, fault=fault, words=words,
                               withdrawable=WITHDRAWABLE, text=words.CONSENT_TEXTS[words.CONSENT_VERSION])


def _done(token: str, work: Callable[[Act, Placement], Any]) -> Answer:
    """Carries out what the person decided, as the person of the link and nobody else."""
    site = services()
    with site.database.write() as session:
        act = site.act(session, Actor())
        who, row = candidates.by_link(act, token)
        work(replace(act, actor=who), row)
    return redirect(f"/c/{token}", 303)


@blueprint.post("/<token>/consent")
@public
def consent(token: str) -> Answer:
    """The person consents to the text that they read, and to no other."""
    return _done(token, lambda act, row: _consented(act, row, request.form.get("version", "")))


def _consented(act: Act, row: Placement, version: str) -> None:
    if version != words.CONSENT_VERSION:
        raise InvalidInput(words.CONSENT_CHANGED)
    candidates.consent(act, row.id, version)


@blueprint.post("/<token>/withdraw")
@public
def withdraw(token: str) -> Answer:
    """The person refuses, or withdraws later."""
    return _done(token, lambda act, row: candidates.withdraw(act, row.id))


@blueprint.post("/<token>/erase")
@public
def erase(token: str) -> Answer:
    """The person's data is deleted, once the matter is over."""
    return _done(token, lambda act, row: candidates.erase(act, row.id))


@blueprint.post("/<token>/data.json")
@public
def own_file(token: str) -> Response:
    """All that is held on the person as a file. It is sent by a button, since what reads links in mails presses none, and
    that it was taken stands on the page: a link may have come into other hands."""
    site = services()
    with site.database.write() as session:
        act = site.act(session, Actor())
        who, row = candidates.by_link(act, token)
        found = everything(act, token)
        audit.record(replace(act, actor=who), "candidate.export", Note("placement", str(row.id), subject=row.candidate_id))
    answer = Response(orjson.dumps(found, option=orjson.OPT_INDENT_2), mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="caitu-my-data.json"'
    return answer


@blueprint.errorhandler(NotFound)
def gone(error: NotFound) -> Response:
    """A link that is wrong or over says so without the site's frame, which would name the address in its links."""
    return Response(render_template("candidate_gone.html"), 404)


@blueprint.errorhandler(NotPossibleNow)
@blueprint.errorhandler(InvalidInput)
def refused(error: Exception) -> Response:
    """What was refused stands on the person's own page."""
    word = words.OWNED_ELSEWHERE if str(error) == "owned" else fault_text(error)
    token = str((request.view_args or {}).get("token", ""))
    return Response(_page(token, word), 409 if isinstance(error, NotPossibleNow) else 422)


@blueprint.after_request
def keep_secret(response: Response) -> Response:
    """The address is the secret: nobody is told of it, nothing keeps the page."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "private, no-store"
    return response
