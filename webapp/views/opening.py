"""The opening: the operator draws the panel, two persons turn a key each, and the bids are opened."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect
from wtforms import IntegerField
from wtforms.validators import InputRequired

from market.access import Permission
from market.orders import panel
from market.orders.opening import opening
from webapp.access import actor, needs
from webapp.forms import SiteForm, carried_out, pressed
from webapp.orderframe import frame_of
from webapp.services import services
from webapp.words.bids import DRAWN, FREED, NEEDED, OPENED, TURNED

blueprint = Blueprint("opening", __name__, url_prefix="/orders")

WORDS = 2_000


class PanelForm(SiteForm):
    """How many experts the panel has."""

    size = IntegerField(validators=[InputRequired(NEEDED)])


def _page(key: str, form: PanelForm) -> str:
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        seen = opening(site.act(session, actor()), frame.order)
        if form.size.data is None and not form.size.errors:
            form.size.data = max(seen.experts_needed, seen.drawn)
        return render_template("opening.html", frame=frame, tab_here="bids", seen=seen, form=form)


@blueprint.get("/<key>/opening")
@needs(Permission.TURN_KEY)
def shown(key: str) -> str:
    """Panel, keys, and what is missing."""
    return _page(key, PanelForm(formdata=None))


@blueprint.post("/<key>/opening/panel")
@needs(Permission.DRAW_PANEL)
def draw(key: str) -> str | Redirect:
    """Draws the panel, or fills it up after somebody stepped back."""
    form = PanelForm()
    if carried_out(form, lambda act: panel.draw_panel(act, key, form.size.data)) is None:
        return _page(key, form)
    flash(DRAWN, "ok")
    return redirect(f"/orders/{key}/opening", 303)


@blueprint.post("/<key>/opening/seats/<int:person>")
@needs(Permission.DRAW_PANEL)
def free(key: str, person: int) -> Redirect:
    """Frees the seat of an expert who did not score in time."""
    pressed(lambda act: panel.free_seat(act, key, person, request.form.get("reason", "")[:WORDS]), FREED)
    return redirect(f"/orders/{key}/opening", 303)


@blueprint.post("/<key>/opening/key")
@needs(Permission.TURN_KEY)
def turn(key: str) -> Redirect:
    """Turns the reader's own key."""
    pressed(lambda act: panel.turn_key(act, key), TURNED)
    return redirect(f"/orders/{key}/opening", 303)


@blueprint.post("/<key>/opening/unseal")
@needs(Permission.TURN_KEY)
def unseal(key: str) -> Redirect:
    """Opens the bids once both keys are turned and the panel stands."""
    opened = pressed(lambda act: panel.unseal(act, key), OPENED)
    return redirect(f"/orders/{key}/{'bids' if opened else 'opening'}", 303)
