"""Who took what out of the site: every file from a page that is not open to everybody leaves an audit entry."""

from __future__ import annotations

from flask import Flask, Response, request

from market import audit
from market.access import Note
from webapp.access import is_public, writing

MADE = "export.made"
OWN_ENTRY = frozenset({"audit.export"})  # keeps more of what was asked than this one would


def _note(answer: Response) -> Note:
    """The file by its address; a file of an order joins the order's chain."""
    args = request.view_args or {}
    order = str(args["key"]) if request.path.startswith("/orders/") and "key" in args else None
    return Note("export", request.path, order, detail={"bytes": answer.content_length or 0})


def register(app: Flask) -> None:
    """Keeps an entry of every download that is not public; one that cannot be kept is not given out."""

    @app.after_request
    def keep_download(answer: Response) -> Response:
        taken = answer.status_code == 200 and answer.headers.get("Content-Disposition", "").startswith("attachment")
        if taken and request.endpoint and request.endpoint not in OWN_ENTRY and not is_public(app, request.endpoint):
            with writing() as act:
                audit.record(act, MADE, _note(answer))
        return answer
