"""Forms of the site: checked by WTForms, carried out in one transaction; what the trade refuses stands beside its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from flask import Blueprint, Flask, flash, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from wtforms.fields import Field

from market.access import Act
from market.errors import InvalidInput, NotPossibleNow
from market.orders.versions import expect
from webapp.access import bearer, writing
from webapp.words.faults import fault_lines, fault_text

R = TypeVar("R")


class SiteForm(FlaskForm):  # type: ignore[misc]
    """A form whose own messages are Chinese; `elsewhere` holds faults that belong to no single field."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """One language, and the token that only our own pages carry."""

        locales: ClassVar[list[str]] = ["zh"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elsewhere: list[str] = []

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(id of the field or empty, sentence) of everything that is wrong, in the order of the page."""
        beside = [(field.id, str(text)) for field in self for text in _texts(field)]
        return beside + [("", text) for text in self.elsewhere]

    def refuse(self, error: Exception) -> None:
        """Puts what the trade refused beside the field of its name, or above the form."""
        for code, sentence in fault_lines(error):
            field = getattr(self, code, None)
            if isinstance(field, Field):
                field.errors = (*field.errors, sentence)
            else:
                self.elsewhere.append(sentence)


def protect(app: Flask, without: Blueprint) -> None:
    """Asks every write for the token of our own pages; a program's access token is sent by no browser on its own.

    without: the pages on which nobody is signed in and whose address is the secret.
    """
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf = CSRFProtect(app)

    @app.before_request
    def ask_for_the_token() -> None:
        if app.config["WTF_CSRF_ENABLED"] and bearer() is None and request.blueprint != without.name:
            csrf.protect()


def _texts(field: Field) -> list[str]:
    return [text for text in field.errors if isinstance(text, str)]


def carried_out(form: SiteForm, work: Callable[[Act], R]) -> R | None:
    """What the work gave once the form was sent and right; None: show the form, with what is wrong beside its fields.

    A form with a field `version` is refused when the order of the page's address has moved on since.
    """
    if not form.validate_on_submit():
        return None
    try:
        with writing() as act:
            if "version" in form and (key := (request.view_args or {}).get("key")):
                expect(act, key, _version(form))
            return work(act)
    except (InvalidInput, NotPossibleNow) as error:
        form.refuse(error)
        return None


def _version(form: SiteForm) -> int:
    """The version that the form was opened on; none (0, which no order has) where it does not say."""
    said = str(form["version"].data or "")
    return int(said) if said.isdecimal() else 0


def pressed(work: Callable[[Act], Any], done: str) -> bool:
    """Carries out what one button stands for and says `done` on the next page, or why it was refused."""
    try:
        with writing() as act:
            work(act)
    except (InvalidInput, NotPossibleNow) as error:
        flash(fault_text(error), "bad")
        return False
    flash(done, "ok")
    return True
