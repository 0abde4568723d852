"""One table from the trade's errors to answers: a page for people, RFC 9457 problem+json for programs."""

from __future__ import annotations

import uuid

import structlog
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from index import IndexUnavailable
from market.errors import InvalidInput, NotAllowed, NotFound, NotPossibleNow, NotSignedIn
from webapp.answers import json_answer
from webapp.words.faults import fault_text
from webapp.words.labels import ERRORS

STATUS: dict[type[Exception], int] = {
    NotFound: 404, NotSignedIn: 401, NotAllowed: 403, NotPossibleNow: 409, InvalidInput: 422, IndexUnavailable: 503,
}
log = structlog.get_logger()


def _wants_json() -> bool:
    """A browser or a client that names nothing gets a page; only who asks for JSON gets problem+json."""
    accept = request.accept_mimetypes
    return max(accept["application/json"], accept["application/problem+json"]) > accept["text/html"]


def _logged_path() -> str:
    """The address without the secret of a signed link."""
    return request.url_rule.rule if request.url_rule and "token" in (request.view_args or {}) else request.path


def problem(status: int, detail: str = "") -> Response:
    """The answer for one failure; the request id is in the log as well."""
    request_id = uuid.uuid4().hex[:12]
    title, advice = ERRORS.get(status, ERRORS[500])
    log.info("problem", status=status, path=_logged_path(), request_id=request_id, detail=detail)
    if _wants_json():
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail or advice,
                "instance": request.path, "request_id": request_id}
        answer = json_answer(body, status)
        answer.mimetype = "application/problem+json"
        return answer
    page = render_template("error.html", status=status, title=title, advice=advice, detail=detail,
                           request_id=request_id)
    return Response(page, status, mimetype="text/html")


def _log_plainly() -> None:
    """A failure is logged without the values of its variables: they may be a person's name or number."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])


def register(app: Flask) -> None:
    """Answers every failure of the site."""
    _log_plainly()

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        return problem(error.code or 500)

    @app.errorhandler(Exception)
    def anything(error: Exception) -> Response:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        if status == 500:
            log.exception("failed", path=_logged_path())
        return problem(status, fault_text(error) if status in (409, 422) else "")
