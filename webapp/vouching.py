"""What proves who somebody is after signing in: the old password, the codes, mailed links; wrong ones are counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import request

from market.access import Act, Actor
from market.accounts import own, sessions
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.orders import leaving
from webapp.access import COOKIE, writing
from webapp.forms import SiteForm
from webapp.services import services
from webapp.words.accounts import WRONG_OLD, WRONG_OLD_CODE

R = TypeVar("R")


def session_token() -> str:
    """The token of the reader's session."""
    return request.cookies.get(COOKIE, "")


def of_link(read: Callable[[Act, str], R], token: str) -> R | None:
    """What a mailed link stands for; None once it is used or over."""
    site = services()
    try:
        with site.database.read() as opened:
            return read(site.act(opened, Actor()), token)
    except NotFound:
        return None


def password_changed(form: SiteForm) -> bool:
    """True once the password of a form with `old` and `password` counts; a wrong old one is committed, so that it counts."""
    try:
        with writing() as act:
            right = own.change_password(act, session_token(), form["old"].data, form["password"].data)
    except (InvalidInput, NotPossibleNow) as error:
        form.refuse(error)
        return False
    if not right:
        form["old"].errors = (*form["old"].errors, WRONG_OLD)
    return right


def account_closed(form: SiteForm) -> bool:
    """True once the account of a form with `old` and `reason` is closed; a wrong password is committed, so that it counts."""
    try:
        with writing() as act:
            right = leaving.close_account(act, form["old"].data, form["reason"].data or "")
    except NotPossibleNow as error:
        form.refuse(error)
        return False
    if not right:
        form["old"].errors = (*form["old"].errors, WRONG_OLD)
    return right


def code_renewed(form: SiteForm, secret: str) -> bool:
    """True once a new secret counts; a form with `old_code` asks the code of the one that counts now first."""
    try:
        with writing() as act:
            if "old_code" in form and not sessions.second_factor(act, session_token(), form["old_code"].data):
                form["old_code"].errors = (*form["old_code"].errors, WRONG_OLD_CODE)
                return False
            sessions.enrol(act, act.actor.person_id or 0, secret, form["code"].data)
    except (InvalidInput, NotPossibleNow) as error:
        form.refuse(error)
        return False
    return True
