"""What a signed-in person tells about matches: whether a firm fits, and whether they want ranks at all."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response as Answer

from market.access import Permission
from market.errors import InvalidInput
from market.matches import actions
from webapp.access import needs
from webapp.fitform import FitForm
from webapp.forms import carried_out, pressed
from webapp.matchstate import MatchState
from webapp.views.matches import pair_page
from webapp.words.levers import FIT_KEPT, NEUTRAL_KEPT, RANKED_KEPT

blueprint = Blueprint("fit", __name__, url_prefix="/orders")


@blueprint.post("/<key>/firms/<firm_id>/fit")
@needs(Permission.JUDGE_FIT)
def judge(key: str, firm_id: str) -> Answer | str:
    """Stores a judgement as a label; the page again where something is missing."""
    form = FitForm()
    kept = carried_out(form, lambda act: actions.judge(act, key, firm_id, form.fit.data == "yes", form.reason.data or ""))
    if kept is None:
        return pair_page(key, firm_id, form)
    flash(FIT_KEPT, "ok")
    return redirect(f"/orders/{key}/firms/{firm_id}#judge", 303)


def choose_reading() -> None:
    """Remembers what the sent form says: ranks, or none."""
    order = request.form.get("order", "")
    if order not in ("name", "fit"):
        raise InvalidInput(f"order={order}")
    neutral = order == "name"
    pressed(lambda act: actions.read_neutrally(act, neutral), NEUTRAL_KEPT if neutral else RANKED_KEPT)


@blueprint.post("/<key>/reading")
@needs(Permission.OWN_ACCOUNT)
def reading(key: str) -> Answer:
    """Remembers whether the reader wants ranks, and shows the order so."""
    choose_reading()
    return redirect(MatchState.from_args(request.args).address(f"/orders/{key}"), 303)
