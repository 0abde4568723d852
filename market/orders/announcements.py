"""Who is told of which event of an order: one message each, never more than the order's secrets allow."""

from __future__ import annotations

from sqlalchemy import select

from market.access import Act, Role
from market.accounts.models import Member
from market.notices.inbox import Happening, tell
from market.notices.webhooks import owe
from market.orders.life import BIDDER, OPERATOR, OWNER, PANEL, REGULATOR, WINNER, Tie
from market.orders.models import Order
from market.orders.reminders import people_of

AUDIENCE: dict[str, tuple[tuple[Role, Tie], ...]] = {
    "submit": OPERATOR, "return": OWNER, "publish": OWNER, "amend": BIDDER, "cancel": (*OWNER, *BIDDER),
    "pause": (*OWNER, *BIDDER), "resume": BIDDER, "ask": OWNER, "answer": BIDDER, "close_bids": (*OPERATOR, *REGULATOR),
    "fail_few": (*OWNER, *BIDDER), "unseal": (*OWNER, *BIDDER, *PANEL), "propose": BIDDER, "object": (*OWNER, *REGULATOR),
    "uphold": (*OWNER, *BIDDER), "dismiss": (*OWNER, *BIDDER), "award": BIDDER, "sign": WINNER, "decline": OWNER,
    "terminate": (*OWNER, *WINNER), "deliver_all": OWNER, "reject_part": WINNER, "accept": (*OWNER, *WINNER),
    "dispute": (*OWNER, *WINNER, *REGULATOR), "resolve": (*OWNER, *WINNER), "settle": WINNER,
    "rate_close": (*OWNER, *WINNER), "say": (*OWNER, *WINNER), "propose_candidate": OWNER,
}


def announce(act: Act, order: Order, event: str) -> None:
    """Tells the event's audience, whoever acted left out."""
    people = {person for role, tie in AUDIENCE.get(event, ()) for person in people_of(act.session, order, role, tie)}
    people.discard(act.actor.person_id or 0)
    if people:
        key = f"order:{order.id}:{event}:{act.now.isoformat()}"
        tell(act, Happening(f"order.{event}", "order", order.id, key), people)
        houses = act.session.scalars(select(Member.organisation_id).where(Member.person_id.in_(people),
                                                                          Member.left_at.is_(None)).distinct())
        owe(act, list(houses), key, {"event": f"order.{event}", "order": order.id})
