"""The two pages of single sign-on: leaving for the provider, and coming back."""

from __future__ import annotations

from flask import Blueprint, render_template, request, session
from werkzeug.wrappers import Response as Redirect

from market.errors import NotFound
from webapp.access import public
from webapp.services import services
from webapp.signing import inside, welcome
from webapp.sso import Refused, leave_for_provider, signed_in_by_provider
from webapp.words.accounts import SSO_FAULTS

blueprint = Blueprint("sso", __name__, url_prefix="/sign-in/sso")

NEXT = "sso_next"


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> tuple[str, int]:
    """Why nobody was signed in, and what to do."""
    return render_template("sso_refused.html", text=SSO_FAULTS[error.code].format(error.email), code=error.code), 403


@blueprint.get("")
@public
def leave() -> Redirect:
    """Leaves for the provider; 404 where the site has none."""
    if not services().settings.sso_issuer:
        raise NotFound("sso")
    session[NEXT] = inside(request.args.get("next"))
    return leave_for_provider()


@blueprint.get("/callback")
@public
def callback() -> Redirect:
    """Comes back from the provider: signed in, or a page that says why not and what to do."""
    if not services().settings.sso_issuer:
        raise NotFound("sso")
    address = session.pop(NEXT, None)
    return welcome(signed_in_by_provider(), address)
