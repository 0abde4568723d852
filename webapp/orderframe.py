"""What every page of one order shares: the order as its reader may know it, whose turn it is, the steps, the tabs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from market.access import Actor
from market.database import Session
from market.notices.follows import ORDER
from market.orders import following, queries
from market.orders.bids import is_open
from market.orders.life import Tie
from market.orders.models import Order
from market.orders.steps import ties_of
from market.orders.turns import Turn, turn_of
from webapp.access import actor
from webapp.services import services
from webapp.words.labels import STEP_NOTES, STEP_WORDS
from webapp.words.life import ENDED, JOIN_SIDES, OVERDUE, SIDES, STAGE_OF_STATE, TURN_DEEDS, WAIT_FOR, YOU
from webapp.words.orders import MAIN_DEEDS, OUT_OF_TURN, TABS, Tab


@dataclass(frozen=True)
class TurnLine:
    """The first line of an order's page: whose turn, what to do, until when; cls is empty, other or late."""

    whose: str
    deed: str
    until: datetime | None
    cls: str
    action: tuple[str, str] | None = None


@dataclass(frozen=True)
class OrderFrame:
    """One order as its reader sees it."""

    order: Order
    turn: Turn
    ties: frozenset[Tie]
    line: TurnLine
    steps: list[dict[str, Any]]
    tabs: list[tuple[str, str, str]]
    enterprise: str
    opened: bool
    followed: bool

    @property
    def events(self) -> frozenset[str]:
        """What the reader may do now."""
        return frozenset(self.turn.events)


def frame_of(session: Session, key: str, here: str = "") -> OrderFrame:
    """The frame of an order for whoever asks; NotFound where they may not know of it. here: the tab of the page."""
    who = actor()
    order = queries.order(session, key, who)
    turn, ties, opened = turn_of(session, who, order), ties_of(session, who, order), is_open(session, order)
    known = queries.brief(session, who, order).enterprise or ""
    return OrderFrame(order, turn, ties, line_of(order, turn), _steps(order), _tabs(who, order, ties, opened), known, opened,
                      order.id in following.followed(session, who, ORDER, [order.id]))


def line_of(order: Order, turn: Turn) -> TurnLine:
    """The first line of an order for whoever asks."""
    now = services().clock()
    if order.state in ENDED:
        return TurnLine("", ENDED[order.state], order.state_since, "other")
    late = turn.until is not None and now >= turn.until
    offered = [(word, f"/orders/{order.id}{path}") for event, word, path in MAIN_DEEDS
               if event == turn.deed or (event in turn.events and (turn.mine or event in OUT_OF_TURN))]
    action = next(iter(offered), None)
    deed = TURN_DEEDS.get(turn.deed, "")
    if turn.mine:
        return TurnLine(OVERDUE if late else YOU, deed, turn.until, "late" if late else "", action)
    sides = JOIN_SIDES.join(dict.fromkeys(SIDES[role] for role in turn.roles))
    return TurnLine(WAIT_FOR.format(sides) if sides else "", deed, turn.until, "other", action)


def _steps(order: Order) -> list[dict[str, Any]]:
    """The stages: those behind, the one the order is in, and those ahead."""
    at = STAGE_OF_STATE.get(order.state, -1)
    return [{"word": word, "note": STEP_NOTES[0] if place < at else STEP_NOTES[2] if place == at else "", "now": place == at,
             "cls": "done" if place < at else "now" if place == at else "far" if place > at + 1 else ""}
            for place, word in enumerate(STEP_WORDS)] if at >= 0 else []


def _sees(tab: Tab, who: Actor, order: Order, ties: frozenset[Tie], opened: bool) -> bool:
    """True when a tab has something for this reader in this state; the page behind it asks again."""
    roles = {str(who.role)} | {str(tie) for tie in ties}
    return (not tab.states or order.state in tab.states) and (not tab.readers or bool(roles & tab.readers)) and (
        opened or not tab.opened)


def _tabs(who: Actor, order: Order, ties: frozenset[Tie], opened: bool) -> list[tuple[str, str, str]]:
    return [(tab.key, tab.word, f"/orders/{order.id}{tab.path}") for tab in TABS if _sees(tab, who, order, ties, opened)]
