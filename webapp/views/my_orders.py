"""The reader's own orders, drafts too: whose turn each is, until when; the whole list as an Excel file."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, render_template, request

from market.access import Permission
from market.database import Session
from market.orders import queries
from market.orders.life import FINAL
from webapp.access import actor, needs
from webapp.clock import today
from webapp.exports import Sheet, workbook
from webapp.services import services
from webapp.views.desk import Task, scope_name, tasks
from webapp.words.editor import MINE_HEADS, mine_line
from webapp.words.exports import export_lines
from webapp.words.labels import ORDER_STATES
from webapp.words.oversight import GROUP_WORDS, own_title

blueprint = Blueprint("my_orders", __name__, url_prefix="/orders")


def _mine(session: Session) -> list[Task]:
    return tasks(session, queries.own(session, actor()))


def late(task: Task) -> bool:
    """True for an order whose turn should have been taken."""
    return task.order.state not in FINAL and task.turn.until is not None and task.turn.until <= services().clock()


GROUPS: dict[str, Callable[[Task], bool]] = {  # beside the states: what the numbers of a desk open
    "running": lambda task: task.order.state not in FINAL,
    "late": late,
    "disputes": lambda task: task.order.state in ("suspended", "disputed"),
}


def _asked(mine: list[Task]) -> tuple[str, list[Task]]:
    """The state or group that the address asks for, and the orders in it; all where it asks for a state that none is in."""
    state = request.args.get("state", "")
    if state in GROUPS:
        return state, [task for task in mine if GROUPS[state](task)]
    found = [task for task in mine if task.order.state == state]
    return (state, found) if found else ("", mine)


def _word(state: str) -> str:
    """A chosen state or group in words; empty for all."""
    return GROUP_WORDS.get(state) or (ORDER_STATES[state].word if state else "")


@blueprint.get("/mine")
@needs(Permission.OWN_ACCOUNT)
def mine() -> str:
    """The reader's orders, those with the nearest end first."""
    with services().database.read() as session:
        every = _mine(session)
        state, rows = _asked(every)
        states = {name: count for name in ORDER_STATES if (count := sum(task.order.state == name for task in every))}
        known = {key: one.enterprise for key, one in queries.briefs(session, actor(), [task.order for task in rows]).items()}
        return render_template("my_orders.html", rows=rows, every=every, states=states, chosen=state, enterprises=known,
                               chosen_word=_word(state), title=own_title(actor(), scope_name(session)))


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
        title = own_title(actor(), scope_name(session))
    about = export_lines(title, _word(state), (len(lines), len(every)),
                         site.settings.map_approval)
    return workbook(Sheet(MINE_HEADS, lines, about), f"caitu-my-orders-{today().isoformat()}")
