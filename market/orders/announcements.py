"""Who is told of which event of an order: one message each, never more than the order's secrets allow."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from market.access import Act, Role
from market.accounts.models import Member
from market.notices.follows import FIRM as A_FIRM
from market.notices.follows import ORDER as AN_ORDER
from market.notices.follows import followers
from market.notices.inbox import Happening, tell
from market.notices.webhooks import owe
from market.orders.bid_models import Award, BidMember
from market.orders.life import BIDDER, FIRM, OPERATOR, OWNER, PANEL, REGULATOR, WINNER, Tie
from market.orders.models import HIDDEN, Order
from market.orders.reminders import people_of

AUDIENCE: dict[str, tuple[tuple[Role, Tie], ...]] = {
    "submit": OPERATOR, "return": OWNER, "publish": OWNER, "amend": BIDDER, "cancel": (*OWNER, *BIDDER),
    "pause": (*OWNER, *BIDDER), "resume": BIDDER, "ask": OWNER, "answer": BIDDER, "close_bids": (*OPERATOR, *REGULATOR),
    "fail_few": (*OWNER, *BIDDER), "unseal": (*OWNER, *BIDDER, *PANEL), "propose": BIDDER, "object": (*OWNER, *REGULATOR),
    "uphold": (*OWNER, *BIDDER), "dismiss": (*OWNER, *BIDDER), "award": BIDDER, "sign": WINNER,
    "decline": OWNER, "go_on": (*OWNER, *WINNER),
    "terminate": (*OWNER, *WINNER), "deliver_all": OWNER, "reject_part": WINNER, "accept": (*OWNER, *WINNER),
    "dispute": (*OWNER, *WINNER, *REGULATOR), "resolve": (*OWNER, *WINNER), "settle": WINNER,
    "offer": (*OWNER, *WINNER), "suggest": (*OWNER, *WINNER), "answer_offer": (*OWNER, *WINNER, *REGULATOR),
    "mediate": (*OWNER, *WINNER, *REGULATOR), "next_stage": (*OWNER, *WINNER, *REGULATOR), "refer": (*OWNER, *WINNER),
    "conclude": (*OWNER, *WINNER, *REGULATOR),
    "rate_close": (*OWNER, *WINNER), "say": (*OWNER, *WINNER),
    "recuse": OPERATOR,
    "ask_member": FIRM,  # from here on told of by the actions themselves, and only to those whom the thing concerns
    "candidate_submit": OWNER, "candidate_interview": WINNER, "candidate_offer": WINNER, "candidate_place": WINNER,
    "candidate_decline": WINNER, "candidate_replace": WINNER, "seat_drawn": PANEL, "seat_freed": PANEL,
}
FOLLOWED = (  # what the followers of an order hear of: what anybody sees on its page, and nothing of its bids
    "publish", "amend", "pause", "resume", "cancel", "answer", "close_bids", "fail_few", "unseal", "propose", "object",
    "uphold", "dismiss", "award", "decline", "go_on", "sign", "terminate", "accept", "dispute", "conclude",
    "resolve", "rate_close",
)


def known_to_all(order: Order) -> bool:
    """True for an order that anybody may know of."""
    return order.state not in HIDDEN and not (order.state == "cancelled" and order.published_on is None)


def announce(act: Act, order: Order, event: str, about: str = "", people: Collection[int] | None = None) -> None:
    """Tells the event's audience, or some people instead, whoever acted left out.

    about: the thing inside the order, where the same event can happen to several of them at one moment.
    """
    told = set(people) if people is not None else {
        person for role, tie in AUDIENCE.get(event, ()) for person in people_of(act.session, order, role, tie)}
    told.discard(act.actor.person_id or 0)
    key = ":".join(filter(None, ("order", order.id, event, about, act.now.isoformat())))
    if people is None and event in FOLLOWED and known_to_all(order):
        _tell_followers(act, order, Happening(f"follow.{event}", "order", order.id, key), {*told, act.actor.person_id or 0})
    if told:
        tell(act, Happening(f"order.{event}", "order", order.id, key), told)
        houses = act.session.scalars(select(Member.organisation_id).where(Member.person_id.in_(told),
                                                                          Member.left_at.is_(None)).distinct())
        owe(act, list(houses), key, {"event": f"order.{event}", "order": order.id})


def _tell_followers(act: Act, order: Order, happening: Happening, but: Collection[int]) -> None:
    """One message to whoever follows the order, or a firm that won it, and is not told as a party of it already."""
    tell(act, happening, followers(act.session, AN_ORDER, order.id).difference(but))
    if happening.event == "follow.award":
        winners = act.session.scalars(select(BidMember.institution_id).join(Award, Award.bid_id == BidMember.bid_id).where(
            Award.order_id == order.id, Award.state == "proposed", ~BidMember.gone))  # the step tells before it awards them
        for firm in sorted(set(winners)):
            tell(act, happening, followers(act.session, A_FIRM, firm).difference(but), f"won:{firm}")
