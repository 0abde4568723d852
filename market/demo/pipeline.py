"""A delivery in the middle of its way: candidates at several stages, an answer that is owed, words of both sides."""

from __future__ import annotations

from sqlalchemy import select

from market.access import Actor
from market.demo.scene import Scene
from market.orders import candidates, delivery
from market.orders.bid_models import AwardedPlace
from market.orders.candidates import Decision, Proposed
from market.orders.delivery_models import Milestone
from market.orders.steps import standing_awards

FIRST_PHONE = 13_800_000_011
# Name, the events of the way that happened, and the reason code of the last one.
PEOPLE = (
    ("Zhao Yun", (), ""), ("Qian Duo", ("consent",), ""), ("Sun Li", ("consent", "submit"), ""),
    ("Zhou Min", ("consent", "submit", "interview"), ""), ("Wu Di", ("consent", "submit", "interview", "offer"), ""),
    ("Zheng He", ("consent", "submit", "decline"), "skills"),
)


def _walk(scene: Scene, place: int, number: int, person: tuple[str, tuple[str, ...], str]) -> None:
    name, events, reason = person
    given = Proposed(place, scene.say(name), str(FIRST_PHONE + number), scene.say("A sound engineer."))
    row, link = candidates.propose(scene.act(scene.lead()), scene.id, given)
    who, _ = candidates.by_link(scene.act(Actor()), link)
    for event in events:
        if event == "consent":
            candidates.consent(scene.act(who), row.id, "2026-11")
        elif event == "submit":
            candidates.submit(scene.act(scene.lead()), row.id)
        else:
            candidates.move(scene.act(scene.cast.owner), scene.id, row.id, Decision(event, reason))


def run(scene: Scene) -> None:
    """Fills a delivering order: two people per place, one milestone reported, three messages."""
    assert scene.order is not None
    session, lead = scene.session, scene.lead()
    award = standing_awards(session, scene.order, ("active",))[0]
    places = sorted(session.scalars(select(AwardedPlace.number).where(AwardedPlace.award_id == award.id)))
    for number, person in enumerate(PEOPLE):
        _walk(scene, places[number % len(places)], number, person)
    first = session.scalars(select(Milestone).where(Milestone.award_id == award.id).order_by(Milestone.number)).first()
    assert first is not None
    delivery.report(scene.act(lead), scene.id, first.id, scene.proof)
    for actor, text in ((lead, "The first three candidates are handed over."), (scene.cast.owner, "Interviews on Thursday."),
                        (lead, "Agreed.")):
        scene.forward(hours=3)
        delivery.say(scene.act(actor), scene.id, delivery.Words(scene.say(text)))
