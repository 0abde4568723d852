"""The order editor: a new draft, writing it with a check beside, amending an open order, and whom it would interest."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Answer
from wtforms import SelectField, StringField
from wtforms.validators import Length

from market.access import Permission
from market.errors import NotPossibleNow
from market.institutions import queries as institutions
from market.orders import drafts, queries
from market.orders.models import Order
from webapp.access import actor, needs
from webapp.answers import json_answer
from webapp.clock import today
from webapp.exports import Sheet, workbook
from webapp.forms import SiteForm, carried_out, pressed
from webapp.orderediting import Editing, editing, fitting
from webapp.orderform import TITLE
from webapp.orderframe import frame_of
from webapp.progress import read_progress
from webapp.services import services
from webapp.words.editor import (
    AMENDED,
    AMENDED_SOFTLY,
    BLANK_ORDER,
    COPY_OF,
    CREATED,
    INTEREST_TITLE,
    MENDED,
    NOT_SAVED,
    SUBMITTED,
    TOO_LONG,
    UNCHANGED,
    saved_word,
)
from webapp.words.exports import EXPORT_FIRM_HEADS, export_firm, export_lines

blueprint = Blueprint("order_editor", __name__, url_prefix="/orders")

MOST_COPIES = 20


class NewForm(SiteForm):
    """A name for the new order, and an older one to begin from."""

    title = StringField(validators=[Length(max=TITLE, message=TOO_LONG.format(TITLE))])
    like = SelectField()


@blueprint.route("/new", methods=["GET", "POST"])
@needs(Permission.DRAFT_ORDER)
def new() -> str | Answer:
    """Begins a draft: blank, or with what an older order of the enterprise says."""
    form = NewForm()
    with services().database.read() as session:
        mine = {row.id: row for row in queries.own(session, actor()) if row.title}
        older = [(key, COPY_OF.format(row.title)) for key, row in mine.items()]
        form.like.choices = [("", BLANK_ORDER), *older[:MOST_COPIES]]
        like = mine.get(form.like.data or "")
        values = {name: getattr(like, name) for name in drafts.COPIED} if like else {}
    if title := (form.title.data or "").strip():
        values["title"] = title
    made = carried_out(form, lambda act: drafts.create(act, values).id)
    if made is None:
        return render_template("order_new.html", form=form)
    flash(CREATED, "ok")
    return redirect(f"/orders/{made}/edit", 303)


@blueprint.route("/<key>/edit", methods=["GET", "POST"])
@needs(Permission.DRAFT_ORDER)
def edit(key: str) -> str | Answer:
    """The editor: a draft is saved as it is written, an open order is amended after a look at what changes."""
    sent = request.method == "POST"
    with services().database.read() as session:
        shown = editing(session, key, sent=sent)
    answer = (_amended(shown) if shown.amending else _drafted(shown)) if sent else None
    return answer or _page(key, shown, asks=request.form.get("do") == "save" and shown.amending and not shown.form.faults)


def _saved(shown: Editing) -> bool:
    """Writes the draft; nothing where nothing differs."""
    if not shown.changes:
        return bool(shown.form.validate_on_submit())
    return carried_out(shown.form, lambda act: drafts.edit(act, shown.key, shown.changes)) is not None


def _drafted(shown: Editing) -> Answer | None:
    """Saves a draft, then does what the button asks; None: the page shows what is wrong."""
    wanted, mended = request.form.get("do", "save"), shown.mend(request.form.get("mend", ""))
    kept = _saved(shown)
    if wanted == "autosave":
        return _autosaved(shown, kept)
    if not kept or (wanted == "submit" and shown.blame()):
        return None
    if wanted == "submit" and pressed(lambda act: drafts.submit(act, shown.key), SUBMITTED):
        return redirect(f"/orders/{shown.key}", 303)
    if wanted != "submit":
        flash(MENDED if mended else saved_word(services().clock()), "ok")
    return redirect(f"/orders/{shown.key}/edit{'#' + mended if mended else ''}", 303)


def _autosaved(shown: Editing, kept: bool) -> Response:
    with services().database.read() as session:
        version = queries.order(session, shown.key, actor()).version
    if not kept:
        return json_answer({"text": NOT_SAVED.format("".join(text for _, text in shown.form.faults))},
                           409 if str(version) != shown.form.version.data else 422)
    return json_answer({"text": saved_word(services().clock()), "version": version})


def _amended(shown: Editing) -> Answer | None:
    """Carries an amendment out once it was confirmed; None: the page shows what changes, or what is wrong."""
    if shown.mend(request.form.get("mend", "")) or not shown.form.validate_on_submit() or (shown.changes and shown.blame()):
        return None
    if not shown.changes:
        flash(UNCHANGED, "ok")
        return redirect(f"/orders/{shown.key}", 303)
    if request.form.get("do") != "confirm":
        return None
    if carried_out(shown.form, lambda act: drafts.amend(act, shown.key, shown.changes)) is None:
        return None
    flash(AMENDED if shown.material else AMENDED_SOFTLY, "ok")
    return redirect(f"/orders/{shown.key}/log", 303)


def _page(key: str, shown: Editing, *, asks: bool) -> str:
    """The editor's page. asks: the reader is shown what an amendment changes, and asked to confirm it.

    Where the order has moved on meanwhile, the page says how it stands now and keeps what was typed.
    """
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        overtaken = str(shown.form.version.data) != str(frame.order.version)
        shown.form.version.data = str(frame.order.version)
        theirs = editing(session, key, sent=True).differences() if overtaken else []
        return render_template(
            "order_edit.html", frame=frame, tab_here="edit", shown=shown, form=shown.form, theirs=theirs,
            asks=asks and bool(shown.changes), found=shown.readiness(), firms=fitting(site, shown.shown))


@blueprint.post("/<key>/check-text")
@needs(Permission.DRAFT_ORDER)
def check_text(key: str) -> Answer | str:
    """What is missing and what stands in the texts, while they are typed; nothing is saved. No content where the order was
    handed in meanwhile: a check may be under way when its writer submits."""
    site = services()
    with site.database.read() as session:
        try:
            shown = editing(session, key, sent=True)
        except NotPossibleNow:
            return Response(status=204)
        return render_template("partials/order_check_live.html", shown=shown, found=shown.readiness(), order=shown.order,
                               firms=fitting(site, shown.shown))


@blueprint.get("/<key>/interest")
@needs(Permission.DRAFT_ORDER)
def interest(key: str) -> str:
    """The firms that meet the must-haves of the order as it was saved."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        editing(session, key, sent=False)
        ids = fitting(site, frame.order)
        firms = institutions.by_ids(session, ids or [])
        rows = sorted(firms.values(), key=lambda firm: (firm.credit_grade or "Z", firm.name))
        return render_template("order_interest.html", frame=frame, tab_here="edit", firms=None if ids is None else rows,
                               progress=read_progress(site.settings.var_dir))


@blueprint.get("/<key>/interest.xlsx")
@needs(Permission.DRAFT_ORDER)
def interest_file(key: str) -> Response:
    """The same firms as an Excel file."""
    site = services()
    with site.database.read() as session:
        order: Order = editing(session, key, sent=False).order
        firms = institutions.by_ids(session, fitting(site, order) or [])
        lines = [export_firm(firms[firm], today()) for firm in sorted(firms)]
    about = export_lines(INTEREST_TITLE.format(order.title), order.id, (len(lines), len(lines)), site.settings.map_approval)
    return workbook(Sheet(EXPORT_FIRM_HEADS, lines, about), f"caitu-{key}-interest")
