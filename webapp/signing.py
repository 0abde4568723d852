"""What signing in does: one try, counted also when it fails; the cookies that it leaves; where it leads."""

from __future__ import annotations

from urllib.parse import urlsplit

import pyotp
from flask import current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from market.access import Actor
from market.accounts import sessions
from market.accounts.sessions import SignIn
from market.errors import InvalidInput, NotPossibleNow
from webapp.access import COOKIE, DEVICE_COOKIE, DEVICE_DAYS, actor
from webapp.forms import SiteForm
from webapp.services import services
from webapp.words.signin import WRONG_CODE, WRONG_PASSWORD


def inside(address: str | None) -> str:
    """An address of this site to go on to; the desk for anything else: a link must not lead to another host."""
    parts = urlsplit(address or "")
    safe = (address or "").startswith("/") and not parts.netloc and not (address or "").startswith(("//", "/\\"))
    return str(address) if safe else url_for("desk.home")


def welcome(signed: SignIn, address: str | None) -> Response:
    """Sends a signed-in person on, with the cookies of the session and of the device; other tokens of the browser end."""
    session.clear()
    to = url_for("signin.code", next=inside(address)) if signed.needs_second_factor else inside(address)
    answer = redirect(to, 303)
    keep = {"httponly": True, "samesite": "Lax", "secure": current_app.config["SESSION_COOKIE_SECURE"]}
    answer.set_cookie(COOKIE, signed.token, **keep)
    answer.set_cookie(DEVICE_COOKIE, signed.device, max_age=DEVICE_DAYS, **keep)
    return answer


def tried(form: SiteForm, email: str, password: str) -> SignIn | None:
    """One try to sign in; committed also when it failed, so that it counts. None: the form says why."""
    site = services()
    try:
        with site.database.write() as opened:
            signed = sessions.sign_in(site.act(opened, Actor()), email, password, request.cookies.get(DEVICE_COOKIE, ""))
    except NotPossibleNow as error:
        form.refuse(error)
        return None
    if signed is None:
        form.elsewhere.append(WRONG_PASSWORD)
    return signed


def code_right(form: SiteForm, token: str, new_secret: str) -> bool:
    """True for a right code of the second factor, or of the new one; a wrong code is committed too, so that it counts."""
    site, digits = services(), str(form["code"].data)
    try:
        with site.database.write() as opened:
            act = site.act(opened, actor())
            if new_secret:
                sessions.enrol_first(act, token, new_secret, digits)
                return True
            right = sessions.second_factor(act, token, digits)
    except (NotPossibleNow, InvalidInput) as error:
        form.refuse(error)
        return False
    if not right:
        form.elsewhere.append(WRONG_CODE)
    return right


def demo_code(person_id: int) -> str:
    """The code that the telephone of a demo account would show; empty outside the demo."""
    site = services()
    if not site.settings.demo:
        return ""
    with site.database.read() as opened:
        secret = sessions.secret_of(site.act(opened, Actor()), person_id)
    return pyotp.TOTP(secret).at(site.clock()) if secret else ""
