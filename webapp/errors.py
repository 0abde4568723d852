"""One table from the trade's errors to answers: a page for people, RFC 9457 problem+json for programs."""

from __future__ import annotations

import json
import uuid
from typing import Any

import structlog
from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from index import IndexUnavailable
from market.errors import InvalidInput, NotAllowed, NotFound, NotPossibleNow, NotSignedIn
from webapp.access import PROGRAMS
from webapp.answers import json_answer
from webapp.words.faults import fault_lines, fault_text
from webapp.words.labels import ERRORS

STATUS: dict[type[Exception], int] = {
    NotFound: 404, NotSignedIn: 401, NotAllowed: 403, NotPossibleNow: 409, InvalidInput: 422, IndexUnavailable: 503,
}
log = structlog.get_logger()


def _wants_json() -> bool:
    """A browser or a client that names nothing gets a page; who asks for JSON, and every program, gets problem+json."""
    if request.path.startswith(PROGRAMS):
        return True
    accept = request.accept_mimetypes
    return max(accept["application/json"], accept["application/problem+json"]) > accept["text/html"]


def _logged_path() -> str:
    """The address without the secret of a signed link."""
    return request.url_rule.rule if request.url_rule and "token" in (request.view_args or {}) else request.path


def problem(status: int, detail: str = "", **more: Any) -> Response:
    """The answer for one failure; the request id is in the log as well. more: further members for programs."""
    request_id = uuid.uuid4().hex[:12]
    title, advice = ERRORS.get(status, ERRORS[500])
    log.info("problem", status=status, path=_logged_path(), request_id=request_id, detail=detail)
    if _wants_json():
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail or advice,
                "instance": request.path, "request_id": request_id, **more}
        answer = json_answer(body, status)
        answer.mimetype = "application/problem+json"
        if status == STATUS[NotSignedIn]:
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    page = render_template("error.html", status=status, title=title, advice=advice, detail=detail,
                           request_id=request_id)
    return Response(page, status, mimetype="text/html")


def _log_plainly() -> None:
    """A failure is logged without the values of its variables: they may be a person's name or number."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], renderer])


def _plain(messages: Any) -> Any:
    """What a schema says, as JSON has it: places in lists become texts, halves of characters become question marks."""
    return json.loads(json.dumps(messages, ensure_ascii=False).encode("utf-8", "replace"))


def register(app: Flask) -> None:
    """Answers every failure of the site."""
    _log_plainly()

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        said = getattr(error, "data", None) or {}  # what does not fit a schema, by place and field
        return problem(error.code or 500, **({"errors": _plain(said["messages"])} if "messages" in said else {}))

    @app.errorhandler(IndexUnavailable)
    def without_index(error: IndexUnavailable) -> Response:
        """A page that had begun with the index is made once more as if it had been away from the start."""
        log.warning("index is away", path=request.path, detail=str(error), heal="caitu index rebuild")
        if request.method != "GET" or request.endpoint is None or g.get("index_away"):
            return problem(503)
        g.index_away = True
        try:
            return make_response(app.view_functions[request.endpoint](**(request.view_args or {})))
        except IndexUnavailable:
            return problem(503)

    @app.errorhandler(Exception)
    def anything(error: Exception) -> Response:
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        if status == 500:
            log.exception("failed", path=_logged_path())
        if status not in (409, 422):
            return problem(status)
        return problem(status, fault_text(error), faults=[{"code": code, "text": text} for code, text in fault_lines(error)])
