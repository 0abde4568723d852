"""What a firm reads on an order's page before it bids: how the enterprise answers and fills, the gate, what to confirm."""

from __future__ import annotations

from dataclasses import dataclass

from market.access import Role
from market.database import Session
from market.institutions.queries import institution
from market.orders import history, queries
from market.orders.answers import responsiveness
from market.orders.bids import gate
from market.orders.conduct import withdrawals
from market.orders.history import Unconfirmed
from market.orders.models import Order
from market.orders.parties import current, licences_lacking
from market.orders.queries import Brief
from webapp.access import actor
from webapp.orderframe import OrderFrame
from webapp.services import services
from webapp.words.editor import names_word
from webapp.words.steps import CURES, answers_word, rate_word, withdrawn_word

FIRMS = (Role.FIRM_LEAD, Role.FIRM_STAFF)
SHOWN_IN = frozenset({"pending_review", "open", "paused"})


@dataclass(frozen=True)
class Hurdle:
    """A condition of bidding that the reader's firm fails, and how to cure it."""

    what: str
    cure: str


@dataclass(frozen=True)
class BeforeBids:
    """answers, filled and withdrawn are None where they would tell which enterprise hides behind a confidential order;
    hurdles are None for whoever bids for no firm."""

    brief: Brief
    answers: str | None
    filled: str | None
    withdrawn: str | None
    hurdles: list[Hurdle] | None
    unconfirmed: Unconfirmed | None
    changed: str


def _hurdles(session: Session, order: Order) -> list[Hurdle] | None:
    """What keeps the reader's firm from bidding; the guards decide, this names them."""
    who = actor()
    if who.role not in FIRMS or order.state != "open":
        return None
    act = services().act(session, who)
    firm = institution(session, who.institution_id or "")
    found = []
    for fault in gate(act, order):
        code = fault.partition(":")[0]
        lacking = "、".join(sorted(licences_lacking(firm, order, act)))
        if code == "licence_valid" and not current(firm, act):
            found.append(Hurdle(*CURES["unverified"]))
        if code != "licence_valid" or lacking:
            what, cure = CURES[code]
            found.append(Hurdle(what.format(lacking), cure))
    return found


def before_bids(session: Session, frame: OrderFrame) -> BeforeBids | None:
    """What is shown while an order takes bids; None in every other state."""
    order, who = frame.order, actor()
    if order.state not in SHOWN_IN or order.enterprise_id is None:
        return None
    brief = queries.brief(session, who, order)
    answers = filled = withdrawn = None
    if brief.enterprise:
        found = responsiveness(session, order.enterprise_id, services().clock())
        answers = answers_word(found.median_days, found.answers, found.late)
        filled = rate_word(*queries.fill_rate(session, order.enterprise_id))
        withdrawn = withdrawn_word(*withdrawals(session, order.enterprise_id))
    waits = history.unconfirmed(session, who, order)
    changed = names_word(list(dict.fromkeys(name for version in waits.versions for name in version.changes))) if waits else ""
    return BeforeBids(brief, answers, filled, withdrawn, _hurdles(session, order), waits, changed)
