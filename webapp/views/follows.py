"""What the reader follows: firms and orders, and no longer."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from market.access import Permission
from market.notices.follows import FIRM
from market.orders import following
from webapp.access import actor, needs
from webapp.forms import pressed
from webapp.services import services
from webapp.words.accounts import FOLLOWED, UNFOLLOWED

blueprint = Blueprint("follows", __name__, url_prefix="/account/follows")

PATH = "/account/follows"


@blueprint.get("")
@needs(Permission.OWN_ACCOUNT)
def listed() -> str:
    """The firms and orders that the reader follows."""
    with services().database.read() as session:
        rows = following.mine(session, actor())
        firms, orders = [row for row in rows if row.kind == FIRM], [row for row in rows if row.kind != FIRM]
        return render_template("follows.html", firms=firms, orders=orders, tab_here="follows")


def _back(kind: str, key: str) -> Redirect:
    """Where the button was: the thing's own page, or the list."""
    if request.form.get("from") == "list":
        return redirect(PATH, 303)
    return redirect(f"/{'institutions' if kind == FIRM else 'orders'}/{key}", 303)


@blueprint.post("")
@needs(Permission.OWN_ACCOUNT)
def follow() -> Redirect:
    """Follows a firm or an order."""
    kind, key = request.form.get("kind", ""), request.form.get("id", "")
    pressed(lambda act: following.follow(act, key, kind), FOLLOWED)
    return _back(kind, key)


@blueprint.post("/remove")
@needs(Permission.OWN_ACCOUNT)
def unfollow() -> Redirect:
    """Follows it no longer."""
    kind, key = request.form.get("kind", ""), request.form.get("id", "")
    pressed(lambda act: following.unfollow(act, key, kind), UNFOLLOWED)
    return _back(kind, key)
