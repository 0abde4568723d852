"""The audit for whoever may read it: searched, exported whole, and verified."""

from __future__ import annotations

from datetime import datetime, time
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from market import audit
from market.access import Note, Permission
from market.audit import anchored
from market.clock import SHANGHAI, end_of
from market.orders import audit_trail
from market.orders.audit_trail import AuditWanted
from webapp.access import actor, needs, writing
from webapp.exports import Sheet, workbook
from webapp.listing import PAGE_ROWS, Page, day_asked, offset_asked
from webapp.services import services
from webapp.words.audit import (
    AUDIT_HEADS,
    AUDIT_KINDS,
    AUDIT_TITLE,
    CHAIN_BROKEN,
    CHAIN_INTACT,
    FAULT_WORDS,
    audit_row,
    audit_word,
    detail_text,
    events_meant,
)
from webapp.words.exports import list_lines

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

PATH = "/audit"


def _wanted() -> AuditWanted:
    text, since, until = request.args.get("q", "").strip()[:80], day_asked("since"), day_asked("until")
    return AuditWanted(text, events_meant(text), datetime.combine(since, time(), SHANGHAI) if since else None,
                       end_of(until) if until else None)


def _asked() -> dict[str, str]:
    return {name: request.args[name] for name in ("q", "since", "until") if request.args.get(name)}


@blueprint.get("")
@needs(Permission.READ_AUDIT)
def search() -> str:
    """Entries of the reader's part of the city, newest first."""
    wanted, offset, asked = _wanted(), offset_asked(), _asked()
    with services().database.read() as session:
        total, rows = audit_trail.searched(session, actor(), wanted, offset, PAGE_ROWS)
        page = Page([((entry, person, house), None) for entry, person, house in audit_trail.with_names(session, rows)], total,
                    offset, PAGE_ROWS)
        return render_template(
            "audit.html", page=page, asked=asked, word=audit_word, kinds=AUDIT_KINDS, detail=detail_text,
            district=actor().scope.district, export=f"{PATH}/export.xlsx?{urlencode(asked)}",
            page_address=lambda start: f"{PATH}?{urlencode({**asked, 'from': str(start or 0)})}")


@blueprint.get("/export.xlsx")
@needs(Permission.READ_AUDIT)
def export() -> Response:
    """Every entry that matches, as an Excel file; that it was exported is itself in the audit."""
    with writing() as act:
        rows = [audit_row(*one) for one in audit_trail.with_names(act.session, audit_trail.searched(
            act.session, actor(), _wanted())[1])]
        audit.record(act, "audit.exported", Note("audit", "export", detail={**_asked(), "rows": len(rows)}))
    return workbook(Sheet(AUDIT_HEADS, rows, list_lines(AUDIT_TITLE, " ".join(_asked().values()), len(rows))), "caitu-audit")


@blueprint.post("/verify")
@needs(Permission.READ_AUDIT)
def verify() -> Redirect:
    """Recomputes every chain and compares it with the heads that lie outside the database."""
    site = services()
    with site.database.read() as session:
        faults = audit.verify(session, anchored(site.settings.audit_heads, site.keys), site.keys)
        count = audit.size(session)[1]
    if faults:
        first = faults[0]
        flash(CHAIN_BROKEN.format(len(faults), first.chain, first.seq, FAULT_WORDS[first.what]), "bad")
    else:
        flash(CHAIN_INTACT.format(count), "ok")
    return redirect(PATH, 303)
