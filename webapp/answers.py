"""How answers leave: compressed, with a version tag, static files under a name that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, g, request, url_for

from webapp.access import actor

COMPRESSIBLE = ("text/", "application/json", "application/geo+json", "application/problem+json",
                "application/javascript", "image/svg+xml")
SMALL = 500  # bytes under which compression costs more than it saves


def json_answer(body: Any, status: int = 200) -> Response:
    """An answer in JSON; numpy arrays are written as lists."""
    data = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(data, status, mimetype="application/json")


@lru_cache(maxsize=256)
def _packed(path: str, changed_ns: int) -> bytes:
    del changed_ns  # part of the key only: a changed file is packed anew
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)


@lru_cache(maxsize=256)
def _digest(path: str, changed_ns: int) -> str:
    del changed_ns
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def asset(name: str, app: Flask) -> str:
    """The address of a static file, with a piece of its hash, so that it may be kept for a year."""
    made: dict[str, str] = g.setdefault("assets", {})  # a page names its sheet of icons a hundred times
    if name not in made:
        path = Path(str(app.static_folder)) / name
        made[name] = url_for("static", filename=name, v=_digest(str(path), path.stat().st_mtime_ns))
    return made[name]


def _static_path(app: Flask, response: Response) -> Path | None:
    if request.endpoint != "static" or response.status_code != 200 or not request.view_args:
        return None
    return Path(str(app.static_folder)) / str(request.view_args["filename"])


def _compress(app: Flask, response: Response) -> None:
    static = _static_path(app, response)
    if static is not None:
        response.close()  # the open file, whose bytes are kept packed
        response.direct_passthrough = False
        response.set_data(_packed(str(static), static.stat().st_mtime_ns))
    else:
        response.set_data(gzip.compress(response.get_data(), 5, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"


def register(app: Flask) -> None:
    """Compresses text answers for browsers that take it, and offers `asset` to the templates."""
    app.jinja_env.globals["asset"] = lambda name: asset(name, app)

    @app.after_request
    def pack(response: Response) -> Response:
        wanted = "gzip" in request.headers.get("Accept-Encoding", "")
        text = (response.mimetype or "").startswith(COMPRESSIBLE)
        if not (wanted and text) or "Content-Encoding" in response.headers or response.status_code in (204, 304):
            return response
        if response.direct_passthrough and _static_path(app, response) is None:
            return response
        if (response.content_length or SMALL) >= SMALL:
            _compress(app, response)
        return response

    @app.after_request
    def tag(response: Response) -> Response:
        kept = actor().person_id is None  # no cache keeps what a signed-in person sees
        if kept and request.method == "GET" and response.status_code == 200 and not response.direct_passthrough:
            response.add_etag()
            response.make_conditional(request)
        return response
