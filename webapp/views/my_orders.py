"""The reader's own orders, drafts too: whose turn each is, until when; the whole list as an Excel file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from market.access import Permission
from market.database import Session
from market.orders import queries
from webapp.access import actor, needs
from webapp.clock import today
from webapp.exports import Sheet, workbook
from webapp.services import services
from webapp.views.desk import Task, tasks
from webapp.words.editor import MINE_HEADS, MINE_TITLE, mine_line
from webapp.words.exports import export_lines
from webapp.words.labels import ORDER_STATES

blueprint = Blueprint("my_orders", __name__, url_prefix="/orders")


def _mine(session: Session) -> list[Task]:
    return tasks(session, queries.own(session, actor()))


def _asked(mine: list[Task]) -> tuple[str, list[Task]]:
    """The state that the address asks for, and the orders in it; all where it asks for none that is there."""
    state = request.args.get("state", "")
    found = [task for task in mine if task.order.state == state]
    return (state, found) if found else ("", mine)


@blueprint.get("/mine")
@needs(Permission.OWN_ACCOUNT)
def mine() -> str:
    """The reader's orders, those with the nearest end first."""
    with services().database.read() as session:
        every = _mine(session)
        state, rows = _asked(every)
        states = {name: count for name in ORDER_STATES if (count := sum(task.order.state == name for task in every))}
        known = {key: one.enterprise for key, one in queries.briefs(session, actor(), [task.order for task in rows]).items()}
        return render_template("my_orders.html", rows=rows, every=every, states=states, chosen=state, enterprises=known)


@blueprint.get("/mine.xlsx")
@needs(Permission.OWN_ACCOUNT)
def mine_file() -> Response:
    """The same rows as an Excel file."""
    site = services()
    with site.database.read() as session:
        every = _mine(session)
        state, rows = _asked(every)
        known = queries.briefs(session, actor(), [task.order for task in rows])
        lines = [mine_line(task, known[task.order.id].enterprise or "") for task in rows]
    about = export_lines(MINE_TITLE, ORDER_STATES[state].word if state else "", (len(lines), len(every)),
                         site.settings.map_approval)
    return workbook(Sheet(MINE_HEADS, lines, about), f"caitu-my-orders-{today().isoformat()}")
