"""What is said inside one order: the thread with its files, and the whole of it as one PDF."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, flash, render_template, request
from werkzeug.wrappers import Response as Answer
from wtforms import TextAreaField

from market.access import Act, Permission
from market.orders import delivery
from market.orders.delivery import Words
from market.orders.thread import Said, thread
from webapp.access import actor, needs
from webapp.filestore import ACCEPT
from webapp.forms import SiteForm, carried_out
from webapp.orderframe import OrderFrame, frame_of
from webapp.paper import Block, Paper, paper_answer
from webapp.services import services
from webapp.views.delivery import READERS, back
from webapp.words import delivery as words
from webapp.words.text import moment

blueprint = Blueprint("messages", __name__, url_prefix="/orders")


class SayForm(SiteForm):
    """A message; its files come beside it."""

    text = TextAreaField()


@blueprint.get("/<key>/messages")
@READERS
def page(key: str) -> str:
    """The thread, the oldest first, and where to write."""
    return _page(key)


def _page(key: str, form: SayForm | None = None) -> str:
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        said = thread(session, actor(), frame.order)
        return render_template("messages.html", frame=frame, tab_here="messages", said=said,
                               form=form or SayForm(formdata=None), accept=ACCEPT, has=site.files.has)


@blueprint.post("/<key>/messages")
@needs(Permission.MESSAGE)
def say(key: str) -> Answer | str:
    """A message of the reader's side; while a dispute runs it belongs to the case file."""
    form = SayForm()

    def work(act: Act) -> object:
        return delivery.say(act, key, Words(form.text.data or "", services().files.keep_all(request.files.getlist("files"))))

    if carried_out(form, work) is None:
        return _page(key, form)
    flash(words.SAID, "ok")
    return back(key, "messages#end")


@blueprint.get("/<key>/messages.pdf")
@READERS
def export(key: str) -> Response:
    """The whole thread as one PDF, with the times that the page shows."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        said = thread(session, actor(), frame.order)
    return paper_answer(_paper(frame, said, moment(site.clock())), f"caitu-{key}-messages")


def _paper(frame: OrderFrame, said: Sequence[Said], now: str) -> Paper:
    return Paper(words.THREAD_TITLE.format(frame.order.title), words.thread_about(frame.order.id, len(said), now),
                 [Block(words.said_head(one), words.said_lines(one)) for one in said],
                 words.THREAD_FOOT.format(frame.order.id, now))
