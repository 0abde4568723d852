"""Closed by default: a page answers only when its view says who may see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request

from market.errors import NotAllowed, NotFound

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Marks a view as open to everybody; without a mark the site refuses it."""
    view.__dict__["is_public"] = True
    return view


def is_public(app: Flask, endpoint: str) -> bool:
    """True when the view behind an endpoint is open to everybody."""
    return bool(getattr(app.view_functions[endpoint], "is_public", False))


def guard(app: Flask) -> None:
    """Refuses every request whose view is not marked."""

    @app.before_request
    def refuse_unmarked() -> None:
        if request.endpoint is None:
            raise NotFound(request.path)
        if not is_public(app, request.endpoint):
            raise NotAllowed(request.path)
