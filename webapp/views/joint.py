"""Firms that bid and win together: the rows behind the numbers of the city's page, opened and exported."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from market.orders.joint import joint_rows, tally
from webapp.access import public
from webapp.exports import Sheet, workbook
from webapp.listing import PAGE_ROWS, Page, offset_asked
from webapp.services import services
from webapp.words.exports import export_lines
from webapp.words.matcher import JOINT_HEADS, JOINT_TITLES

blueprint = Blueprint("joint", __name__, url_prefix="/matching/joint")


@blueprint.get("/<any(bids, awards):kind>")
@public
def rows(kind: str) -> str:
    """The joint bids or awards, some at a time."""
    with services().database.read() as session:
        found, offset = joint_rows(session, kind), offset_asked()
        return render_template(
            "joint.html", kind=kind, of=tally(session, kind).of, rows=found[offset : offset + PAGE_ROWS],
            page=Page((), len(found), offset, PAGE_ROWS),
            address=lambda start: f"/matching/joint/{kind}?from={max(start or 0, 0)}")


@blueprint.get("/<any(bids, awards):kind>.xlsx")
@public
def export(kind: str) -> Response:
    """All of them as an Excel file."""
    site = services()
    with site.database.read() as session:
        lines = [[row.order.id, row.order.title, row.order.district or "", row.firms, row.places or None,
                  "; ".join(name for _, name in row.named)] for row in joint_rows(session, kind)]
    about = export_lines(JOINT_TITLES[kind], "", (len(lines), len(lines)), site.settings.map_approval)
    return workbook(Sheet(JOINT_HEADS, lines, about), f"caitu-joint-{kind}")
