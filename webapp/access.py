"""Closed by default: a page answers only when its view says who may see it; who asks is known from the session's cookie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

from flask import Flask, Response, g, redirect, request, url_for

from market.access import Act, Actor, Permission, Role
from market.accounts import sessions, tokens
from market.attempts import acting
from market.errors import NotAllowed, NotFound, NotSignedIn
from webapp.services import services

View = TypeVar("View", bound=Callable[..., Any])
COOKIE, DEVICE_COOKIE = "caitu_session", "caitu_device"
PROGRAMS = "/api/v1"  # where programs come in; an access token counts only here
DEVICE_DAYS = timedelta(days=180)


def public(view: View) -> View:
    """Marks a view as open to everybody; without a mark the site refuses it."""
    view.__dict__["is_public"] = True
    return view


def needs(*permissions: Permission) -> Callable[[View], View]:
    """Marks a view as open to whoever has one of these permissions; what they see of it the queries decide."""
    def mark(view: View) -> View:
        view.__dict__["needs"] = frozenset(permissions)
        return view
    return mark


def is_public(app: Flask, endpoint: str) -> bool:
    """True when the view behind an endpoint is open to everybody."""
    return bool(getattr(app.view_functions[endpoint], "is_public", False))


def needed(app: Flask, endpoint: str) -> frozenset[Permission]:
    """The permissions of which a view asks for one; empty for an unmarked view."""
    found: frozenset[Permission] = getattr(app.view_functions[endpoint], "needs", frozenset())
    return found


def actor() -> Actor:
    """Who asks: a visitor unless a session says more."""
    found = g.get("actor") or Actor()
    assert isinstance(found, Actor)
    return found


@contextmanager
def writing() -> Iterator[Act]:
    """An act of whoever asks, in one transaction that is kept when the block ends well; a refusal is kept as such."""
    site, who = services(), actor()
    with acting(site.database, lambda session: site.act(session, who)) as act:
        yield act


def bearer() -> str | None:
    """The access token of a program's request, None where it comes without: from then on no cookie counts."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if kind.lower() == "bearer" and request.path.startswith(PROGRAMS) else None


def _program(text: str) -> Actor:
    """Who an access token stands for; its last use is written at most once an hour."""
    site = services()
    with site.database.read() as session:
        found, stale = tokens.actor_of(session, text, site.clock()), tokens.is_stale(session, text, site.clock())
    if stale:
        with site.database.write() as session:
            tokens.touch(session, text, site.clock())
    return found


def _known() -> Actor:
    """Who the access token or the cookie's session stands for; the session is kept alive at most once a minute."""
    if (text := bearer()) is not None:
        return _program(text)
    token = request.cookies.get(COOKIE, "")
    if not token or request.endpoint == "static":
        return Actor()
    site = services()
    with site.database.read() as session:
        act = site.act(session, Actor())
        found, stale = sessions.actor_of(act, token), sessions.is_stale(act, token)
    if stale:
        with site.database.write() as session:
            sessions.touch(site.act(session, Actor()), token)
    return found


def _turned_away(who: Actor) -> Response:
    """A reader without a session is asked to sign in and comes back; everybody else is refused."""
    if who.role is not Role.VISITOR:
        raise NotAllowed(request.path)
    if request.method != "GET" or request.path.startswith(PROGRAMS):
        raise NotSignedIn(request.path)
    step = "signin.code" if who.person_id else "signin.form"
    return redirect(url_for(step, next=request.full_path.rstrip("?")), 303)  # type: ignore[return-value]


def guard(app: Flask) -> None:
    """Knows who asks, and refuses every request whose view is not marked for them."""

    @app.before_request
    def refuse_unmarked() -> Response | None:
        g.actor = _known()  # before anything is refused: the page that says so greets its reader too
        if request.endpoint is None:
            raise NotFound(request.path)
        if is_public(app, request.endpoint):
            return None
        asked = needed(app, request.endpoint)
        if any(actor().may(permission) for permission in asked):
            return None
        if not asked:
            raise NotAllowed(request.path)
        return _turned_away(actor())

    @app.after_request
    def keep_private(response: Response) -> Response:
        if g.get("actor") and actor().person_id is not None:
            response.headers["Cache-Control"] = "private, no-store"
        return response
