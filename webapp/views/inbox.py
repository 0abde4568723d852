"""The inbox: what people are told, in words, those not read first."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response as Redirect

from market.access import Permission
from market.notices import inbox
from webapp.access import actor, needs, writing
from webapp.listing import PAGE_ROWS, Page, offset_asked
from webapp.news import news_of
from webapp.services import services
from webapp.words.notices import READ_ALL_DONE

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")

PATH = "/inbox"


@blueprint.get("")
@needs(Permission.OWN_ACCOUNT)
def listed() -> str:
    """One page of messages."""
    offset = offset_asked()
    with services().database.read() as session:
        total, unread = inbox.counted(session, actor())
        news = news_of(session, actor(), inbox.inbox(session, actor(), offset, PAGE_ROWS))
        return render_template("inbox.html", page=Page([(one, None) for one in news], total, offset, PAGE_ROWS), left=unread,
                               page_address=lambda start: f"{PATH}?from={start}" if start else PATH)


@blueprint.post("/<int:notice_id>/open")
@needs(Permission.OWN_ACCOUNT)
def open_one(notice_id: int) -> Redirect:
    """Marks a message as read and goes to what it is about."""
    with writing() as act:
        news = news_of(act.session, act.actor, [inbox.read(act, notice_id)])[0]
    return redirect(news.address, 303)


@blueprint.post("/<int:notice_id>/read")
@needs(Permission.OWN_ACCOUNT)
def read(notice_id: int) -> Redirect:
    """Marks a message as read."""
    with writing() as act:
        inbox.read(act, notice_id)
    return redirect(PATH, 303)


@blueprint.post("/read")
@needs(Permission.OWN_ACCOUNT)
def read_all() -> Redirect:
    """Marks every message as read."""
    with writing() as act:
        inbox.read_all(act)
    flash(READ_ALL_DONE, "ok")
    return redirect(PATH, 303)
