"""One order on its way, step by step through the trade's own actions, with a clock that the scene moves."""


from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import SYSTEM, Act, Actor
from market.demo.cast import Cast
from market.districts.models import District
from market.keys import Keys
from market.orders import award, bids, candidates, delivery, disputes, drafts, panel, settlement
from market.orders.bid_models import Award, AwardedPlace
from market.orders.models import Order
from market.orders.steps import standing_awards

EXAMPLE: dict[str, Any] = {
    "title": "Two compiler engineers", "description": "Two engineers for a compiler team, with RISC-V experience.",
    "headcount": 5, "role_family": "software", "annual_salary_range": "60-90", "service_mode": ["search"],
    "fee_fen": 12_000_001, "guarantee_days": 90,
    "milestones": [{"name": "shortlist", "share_bp": 3000}, {"name": "start", "share_bp": 4000},
                   {"name": "guarantee", "share_bp": 3000}],
    "scorecard": [{"name": "plan", "weight_bp": 5000}, {"name": "team", "weight_bp": 3000},
                  {"name": "price", "weight_bp": 2000}],
}

NAMES = ("Li Lei", "Zhao Yun", "Qian Duo", "Sun Li", "Zhou Min")


@dataclass
class Scene:
    """One order on its way, with a clock that the scene moves itself."""

    session: Session
    keys: Keys
    data_dir: Path
    cast: Cast
    now: datetime
    values: Mapping[str, Any] = field(default_factory=lambda: EXAMPLE)
    order: Order | None = None
    words: Mapping[str, str] = field(default_factory=dict)  # other words for what the people of the scene write
    full: bool = False  # whether a delivery fills every place; one is enough for what follows
    proof: tuple[Mapping[str, str], ...] = ({"name": "report.pdf", "sha256": "0" * 64},)

    def say(self, text: str) -> str:
        """A text in the words of this scene."""
        return self.words.get(text, text)

    def act(self, actor: Actor) -> Act:
        """An act of somebody now."""
        return Act(self.session, actor, self.now, self.keys, self.data_dir)

    @property
    def id(self) -> str:
        """The order's id."""
        assert self.order is not None
        return self.order.id

    def forward(self, **amount: float) -> None:
        """Moves the clock."""
        self.now += timedelta(**amount)

    def draft(self) -> None:
        """The owner writes a draft whose deadline is six days ahead."""
        where = self.session.scalars(select(District.name).order_by(District.code)).first()
        ends = self.now + timedelta(days=6)
        self.order = drafts.create(self.act(self.cast.owner), {"district": where, **self.values, "closes_at": ends})

    def submit(self) -> None:
        """The owner hands it to the operator."""
        drafts.submit(self.act(self.cast.owner), self.id)

    def publish(self) -> None:
        """The operator opens it."""
        drafts.publish(self.act(self.cast.operator), self.id)

    def offer(self, price: int) -> bids.Offer:
        """An offer at a price in fen per place."""
        return bids.Offer(price, self.say("A plan of three steps."), self.say("Six weeks."), self.say("Three consultants."),
                          (self.say("One like it."),), True)

    def bid(self) -> None:
        """Three firms bid, the second with the fourth, 60 to 40."""
        one, two, three, four = self.cast.firms
        for firm, price in ((one, 11_000_001), (three, 12_000_007)):
            bids.bid(self.act(firm), self.id, self.offer(price))
        shares = ((str(two.institution_id), 6000), (str(four.institution_id), 4000))
        joint = bids.bid(self.act(two), self.id, self.offer(10_000_003), shares)
        bids.consent_bid(self.act(four), self.id, joint.id)

    def close(self) -> None:
        """The deadline passes."""
        assert self.order is not None
        assert self.order.bids_close_at is not None
        self.now = max(self.now, self.order.bids_close_at)
        panel.close_bids(self.act(SYSTEM), self.id)

    def fail(self) -> None:
        """Too few bids came."""
        panel.fail_few(self.act(SYSTEM), self.id)

    def unseal(self) -> None:
        """Three experts are drawn and two keys open the bids."""
        panel.draw_panel(self.act(self.cast.operator), self.id, 3)
        panel.turn_key(self.act(self.cast.operator), self.id)
        panel.turn_key(self.act(self.cast.regulator), self.id)
        panel.unseal(self.act(self.cast.regulator), self.id)

    def sitting(self) -> list[Actor]:
        """The experts on the panel."""
        assert self.order is not None
        seats = panel.seats(self.session, self.order)
        return [expert for expert in self.cast.experts if expert.person_id in seats]

    def opened(self) -> list[int]:
        """The opened bids in the order in which they were made."""
        assert self.order is not None
        return sorted(b.bid_id for b in bids.opened(self.session, self.cast.regulator, self.keys, self.order))

    def score(self) -> None:
        """Every expert scores every bid; the second (the joint one) comes out best."""
        for expert in self.sitting():
            for bid_id, mark in zip(self.opened(), (80, 70, 90), strict=True):
                marks = {self.say("plan"): mark, self.say("team"): mark - 10,
                         self.say("price"): 60 + int(expert.person_id or 0) % 7}
                panel.score(self.act(expert), self.id, panel.Marks(bid_id, marks, self.say("sound")))

    def propose(self) -> None:
        """The two best get three and two places."""
        assert self.order is not None
        best = panel.ranking(self.act(self.cast.owner), self.order)[:2]
        places = {best[0].bid_id: 3, best[1].bid_id: 2}
        award.propose(self.act(self.cast.owner), self.id, award.Proposal(places))

    def object(self) -> None:
        """The third firm objects."""
        award.objection(self.act(self.cast.firms[2]), self.id, self.say("The second bid lacks a licence."))

    def award(self) -> None:
        """The standstill is over."""
        self.forward(days=5)
        award.award(self.act(self.cast.owner), self.id)

    def sign(self) -> None:
        """The firms sign, then the enterprise."""
        for firm in (self.cast.firms[0], self.cast.firms[1], self.cast.firms[3]):
            award.sign_member(self.act(firm), self.id)
        award.sign(self.act(self.cast.owner), self.id)

    def _firm(self, key: str) -> Actor:
        return next(actor for actor in self.cast.firms if actor.institution_id == key)

    def lead(self) -> Actor:
        """The lead of the first award."""
        assert self.order is not None
        first = standing_awards(self.session, self.order, ("active",))[0]
        return self._firm(first.institution_id)

    def candidate(self, number: int = 1) -> Actor:
        """A candidate is proposed for a place of the first award, consents by link, and is placed."""
        assert self.order is not None
        first = standing_awards(self.session, self.order, ("active",))[0]
        return self._placed(first, min(self._places(first)), f"138{number:08d}", "Li Lei")

    def _places(self, held: Award) -> list[int]:
        return sorted(self.session.scalars(select(AwardedPlace.number).where(AwardedPlace.award_id == held.id)))

    def _placed(self, held: Award, place: int, phone: str, name: str) -> Actor:
        lead = self._firm(held.institution_id)
        row, link = candidates.propose(self.act(lead), self.id, candidates.Proposed(place, self.say(name), phone))
        who, _ = candidates.by_link(self.act(Actor()), link)
        candidates.consent(self.act(who), row.id, "2026-01")
        candidates.submit(self.act(lead), row.id)
        for event in ("interview", "offer", "place"):
            candidates.move(self.act(self.cast.owner), self.id, row.id, candidates.Decision(event))
        candidates.guarantee(self.act(self.cast.owner), self.id, row.id, candidates.Decision("start"))
        return who

    def _fill(self) -> None:
        """Somebody starts at each place of each award; every person has a phone number of their own."""
        assert self.order is not None
        for held in standing_awards(self.session, self.order, ("active",)):
            for place, name in zip(self._places(held), cycle(NAMES), strict=False):
                self._placed(held, place, f"139{held.id:05d}{place:03d}", name)

    def report(self) -> None:
        """Every lead reports its milestones."""
        assert self.order is not None
        for row in delivery.milestones(self.session, self.order):
            firm = self.session.get_one(Award, row.award_id).institution_id
            lead = self._firm(firm)
            if row.state == "scheduled":
                delivery.report(self.act(lead), self.id, row.id, self.proof)

    def deliver(self) -> None:
        """Everything is handed over."""
        if self.full:
            self._fill()
        else:
            self.candidate()
        self.report()
        delivery.deliver_all(self.act(self.lead()), self.id)

    def accept(self) -> None:
        """The owner accepts."""
        delivery.accept(self.act(self.cast.owner), self.id)

    def settle(self) -> None:
        """The ledger is written."""
        settlement.settle(self.act(self.cast.owner), self.id)

    def rate(self) -> None:
        """Both sides rate each other."""
        assert self.order is not None
        for row in standing_awards(self.session, self.order, ("active",)):
            firm = self._firm(row.institution_id)
            for actor in (self.cast.owner, firm):
                settlement.rate(self.act(actor), self.id, settlement.Stars(row.id, 4, self.say("As agreed.")))

    def close_for_good(self) -> None:
        """The ratings appear."""
        settlement.rate_close(self.act(SYSTEM), self.id)

    def cancel(self) -> None:
        """The owner ends it."""
        drafts.cancel(self.act(self.cast.owner), self.id, self.say("The budget was cut."))

    def pause(self) -> None:
        """The owner pauses it."""
        drafts.pause(self.act(self.cast.owner), self.id)

    def terminate(self) -> None:
        """The owner ends the delivery."""
        delivery.terminate(self.act(self.cast.owner), self.id, self.say("The project was stopped."))

    def dispute(self) -> None:
        """The owner disputes the delivery."""
        disputes.dispute(self.act(self.cast.owner), self.id, self.say("Two candidates left in the first week."))

    def offer_part(self) -> None:
        """The lead of the first award proposes to take nine tenths of the fee."""
        reason = self.say("One of the two was replaced within a week.")
        disputes.offer(self.act(self.lead()), self.id, disputes.Terms(9_000, reason))

    def mediate(self) -> None:
        """The owner asks for mediation."""
        disputes.mediate(self.act(self.cast.owner), self.id)

    def suggest(self) -> None:
        """The regulator proposes to pay eight tenths."""
        reason = self.say("One place stood empty for two of the six weeks.")
        disputes.suggest(self.act(self.cast.regulator), self.id, disputes.Terms(8_000, reason))

    def refer(self) -> None:
        """The regulator ends the mediation."""
        disputes.refer(self.act(self.cast.regulator), self.id, self.say("The sides are too far apart."))

    def to(self, state: str) -> Order:
        """Brings a new order to a state."""
        for step in PATHS[state]:
            step(self)
        assert self.order is not None
        return self.order


_S = Scene
_OPEN: tuple[Callable[[Scene], None], ...] = (_S.draft, _S.submit, _S.publish)
_SEALED = (*_OPEN, _S.bid, _S.close)
_EVALUATING = (*_SEALED, _S.unseal)
_STANDSTILL = (*_EVALUATING, _S.score, _S.propose)
_AWARDED = (*_STANDSTILL, _S.award)
_DELIVERING = (*_AWARDED, _S.sign)
_ACCEPTING = (*_DELIVERING, _S.deliver)
_NEGOTIATING = (*_ACCEPTING, _S.dispute, _S.offer_part)
_MEDIATING = (*_NEGOTIATING, _S.mediate, _S.suggest)
_SETTLED = (*_ACCEPTING, _S.accept, _S.settle)
PATHS: dict[str, tuple[Callable[[Scene], None], ...]] = {
    "draft": _OPEN[:1], "pending_review": _OPEN[:2], "open": _OPEN, "paused": (*_OPEN, _S.pause),
    "cancelled": (*_OPEN, _S.cancel), "sealed": _SEALED, "unsuccessful": (*_OPEN, _S.close, _S.fail),
    "evaluating": _EVALUATING, "standstill": _STANDSTILL, "suspended": (*_STANDSTILL, _S.object), "awarded": _AWARDED,
    "delivering": _DELIVERING, "terminated": (*_DELIVERING, _S.terminate), "accepting": _ACCEPTING,
    "disputed": (*_MEDIATING, _S.refer), "settling": (*_ACCEPTING, _S.accept), "settled": _SETTLED,
    "closed": (*_SETTLED, _S.rate, _S.close_for_good), "negotiating": _NEGOTIATING, "mediating": _MEDIATING,
}
