"""Money of one order: the ledger to the fen, settling, and the calendar of payments and guarantees with their proofs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as Answer

from market.access import Act, Permission
from market.clock import day_of
from market.orders import settlement
from market.orders.contract import contracts
from market.orders.delivery_models import Payment
from market.orders.ledger import ledger
from webapp.access import actor, needs
from webapp.exports import Sheet, workbook
from webapp.filestore import ACCEPT
from webapp.forms import pressed
from webapp.icalendar import Event, calendar_answer
from webapp.orderframe import OrderFrame, frame_of
from webapp.services import services
from webapp.views.delivery import READERS, back
from webapp.words import delivery as words
from webapp.words.exports import export_lines
from webapp.words.text import moment, percent, yuan

blueprint = Blueprint("settlement", __name__, url_prefix="/orders")


@blueprint.get("/<key>/settlement")
@READERS
def page(key: str) -> str:
    """What is owed to whom, and when each payment and guarantee falls due."""
    site, now = services(), services().clock()
    with site.database.read() as session:
        frame = frame_of(session, key)
        mine = contracts(session, actor(), frame.order)
        return render_template(
            "settlement.html", frame=frame, tab_here="settlement", ledger=ledger(session, actor(), frame.order, now),
            payments=settlement.calendar(session, actor(), frame.order), leads={one.award.id: one.firm for one in mine},
            parts={part.id: part.name for one in mine for part in one.milestones}, words=words, accept=ACCEPT,
            has=site.files.has, on=day_of(now))


@blueprint.post("/<key>/settle")
@needs(Permission.SETTLE)
def settle(key: str) -> Answer:
    """The lines are written; their sum is the order's value."""
    pressed(lambda act: settlement.settle(act, key), words.SETTLED)
    return back(key, "settlement")


@blueprint.post("/<key>/payments/<int:payment_id>")
@needs(Permission.SETTLE)
def pay(key: str, payment_id: int) -> Answer:
    """A payment that was made outside is marked, with its proof."""
    def work(act: Act) -> None:
        files = services().files.keep_all(request.files.getlist("proof"))
        settlement.pay(act, payment_id, files[0] if files else {})

    pressed(work, words.PAID)
    return back(key, "settlement")


def _rows(frame: OrderFrame, payments: list[Payment], leads: dict[int, str]) -> Iterator[list[object]]:
    for row in payments:
        yield [row.due_on, words.PAYMENT_KINDS[row.kind], leads[row.award_id], words.fen_cell(row.fen) if row.fen else None,
               words.payment_state(row, day_of(services().clock())), moment(row.done_at), row.proof.get("name", ""),
               row.proof.get("sha256", "")]


@blueprint.get("/<key>/calendar.xlsx")
@READERS
def calendar_sheet(key: str) -> Response:
    """The calendar as an Excel file."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        leads = {one.award.id: one.firm for one in contracts(session, actor(), frame.order)}
        rows = list(_rows(frame, settlement.calendar(session, actor(), frame.order), leads))
        about = export_lines(words.CALENDAR_TITLE.format(frame.order.title), key, (len(rows), len(rows)),
                             site.settings.map_approval)
    return workbook(Sheet(words.CALENDAR_HEADS, rows, about), f"caitu-{key}-calendar")


@blueprint.get("/<key>/settlement.xlsx")
@READERS
def ledger_sheet(key: str) -> Response:
    """The ledger as an Excel file, whole."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        found = ledger(session, actor(), frame.order, site.clock())
        rows = [[row.lead, row.part.name, percent(row.part.share_bp), row.firm or frame.enterprise, percent(row.share_bp),
                 words.LEDGER_KINDS[row.kind], words.fen_cell(row.fen)] for row in found.entries]
        about = [*export_lines(words.SETTLEMENT_TITLE.format(frame.order.title), key, (len(rows), len(rows)),
                               site.settings.map_approval), words.ledger_line(found.written, yuan(found.fen))]
    return workbook(Sheet(words.LEDGER_HEADS, rows, about), f"caitu-{key}-settlement")


@blueprint.get("/<key>/calendar.ics")
@READERS
def calendar_file(key: str) -> Response:
    """The calendar for a calendar program: whole days, a reminder a day before each that is not done."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        leads = {one.award.id: one.firm for one in contracts(session, actor(), frame.order)}
        events = [Event(f"payment-{row.id}@caitu", row.due_on, row.due_on + timedelta(days=1),
                        words.payment_line(row, leads[row.award_id]), words.NO_MONEY_HELD, row.done_at is not None)
                  for row in settlement.calendar(session, actor(), frame.order)]
        title = words.CALENDAR_TITLE.format(frame.order.title)
    return calendar_answer(title, events, site.clock(), f"caitu-{key}")
