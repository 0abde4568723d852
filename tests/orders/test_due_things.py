"""Reminders of what falls due inside an order: each once for every level, to the late one, the last to a second one too."""

from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from market.access import SYSTEM, Actor
from market.clock import end_of
from market.notices.models import Notice
from market.orders import bids, candidates, drafts, panel, settlement
from market.orders.delivery_models import AnswerClock, Payment
from market.orders.due_things import remind_things
from market.orders.models import OrderClock
from market.orders.reminders import remind

HOUR, LEVELS = timedelta(hours=1), ("order.due_soon", "order.overdue", "order.escalated")


def run(scene, at):
    """The worker looks at a moment, and once more a little later."""
    scene.now = at
    return remind_things(scene.act(SYSTEM)), remind_things(scene.act(SYSTEM))


def told(scene, kind):
    """(person, level) -> how many messages there are on a kind of thing."""
    rows = scene.session.scalars(select(Notice).where(Notice.event.in_(LEVELS)))
    return Counter((row.person_id, row.event.removeprefix("order.")) for row in rows
                   if any(reason.partition(":")[0] == kind for reason in row.reasons))


def levels(scene, due_at):
    """What the worker sends before a day ahead, inside it, at the end, and a day later."""
    moments = (due_at - 25 * HOUR, due_at - HOUR, due_at, due_at + 24 * HOUR)
    return [run(scene, moment) for moment in moments]


def test_an_answer_that_the_enterprise_owes_goes_through_every_level_once(scene, session):
    scene.to("delivering")
    lead = scene.lead()
    row, link = candidates.propose(scene.act(lead), scene.id, candidates.Proposed(1, "Li Lei", "13800000001"))
    candidates.consent(scene.act(candidates.by_link(scene.act(Actor()), link)[0]), row.id, "2026-01")
    candidates.submit(scene.act(lead), row.id)
    due_at = session.scalars(select(AnswerClock.due_at)).one()
    assert levels(scene, due_at) == [(0, 0), (1, 0), (1, 0), (2, 0)]
    owner, operator = scene.cast.owner.person_id, scene.cast.operator.person_id
    assert told(scene, "answer_view") == {(owner, "due_soon"): 1, (owner, "overdue"): 1, (owner, "escalated"): 1,
                                          (operator, "escalated"): 1}


def test_an_answer_that_was_given_is_not_reminded_of(scene, session):
    scene.to("accepting")
    assert levels(scene, max(session.scalars(select(AnswerClock.due_at)))) == [(0, 0)] * 4


def test_a_payment_is_reminded_of_until_it_is_made(scene, session):
    scene.to("settled")
    first, *others = session.scalars(select(Payment).where(Payment.kind == "fee").order_by(Payment.id)).all()
    for other in others:
        settlement.pay(scene.act(scene.cast.owner), other.id, {"name": "slip.pdf", "sha256": "0" * 64})
    assert levels(scene, end_of(first.due_on)) == [(0, 0), (1, 0), (1, 0), (2, 0)]
    owner = scene.cast.owner.person_id
    assert {key: n for key, n in told(scene, "pay").items() if key[0] == owner} == {
        (owner, "due_soon"): 1, (owner, "overdue"): 1, (owner, "escalated"): 1}
    settlement.pay(scene.act(scene.cast.owner), first.id, {"name": "slip.pdf", "sha256": "0" * 64})
    assert run(scene, scene.now + HOUR) == (0, 0)


def test_both_sides_hear_of_a_guarantee_before_it_ends_and_nobody_is_late(scene, session):
    scene.to("accepting")
    ends = end_of(session.scalars(select(Payment.due_on).where(Payment.kind == "guarantee")).one())
    assert levels(scene, ends) == [(0, 0), (2, 0), (0, 0), (0, 0)]
    assert told(scene, "guarantee") == {(scene.cast.owner.person_id, "due_soon"): 1, (scene.lead().person_id, "due_soon"): 1}


def test_what_a_bid_lacks_to_count_is_said_to_its_firm_a_day_before_the_deadline(scene):
    scene.to("open")
    lead, member, other = scene.cast.firms[:3]
    bids.bid(scene.act(other), scene.id, scene.offer(6))
    drafts.amend(scene.act(scene.cast.owner), scene.id, {"fee_fen": 7})
    bids.bid(scene.act(lead), scene.id, scene.offer(5), ((lead.institution_id, 6000), (member.institution_id, 4000)))
    assert levels(scene, scene.order.bids_close_at) == [(0, 0), (2, 0), (0, 0), (0, 0)]
    assert told(scene, "join") == {(member.person_id, "due_soon"): 1}
    assert told(scene, "reconfirm") == {(other.person_id, "due_soon"): 1}


def test_a_thing_that_was_left_for_a_month_is_not_looked_at_again(scene, session):
    scene.to("settled")
    due_on = max(session.scalars(select(Payment.due_on)))
    assert run(scene, end_of(due_on) + timedelta(days=40)) == (0, 0)


def test_only_experts_who_still_owe_scores_are_late_and_the_operator_alone_learns_who(scene, session):
    scene.to("evaluating")
    slow, *quick = scene.sitting()
    for expert in quick:
        for bid_id in scene.opened():
            marks = {row["name"]: 70 for row in scene.order.scorecard}
            panel.score(scene.act(expert), scene.id, panel.Marks(bid_id, marks, "sound"))
    clock = session.get(OrderClock, (scene.id, "scoring"))
    for at in (clock.due_at, clock.due_at + 24 * HOUR):
        scene.now = at
        remind(scene.act(SYSTEM))
    found = told(scene, "scoring")
    operator = scene.cast.operator.person_id
    assert found == {(slow.person_id, "overdue"): 1, (slow.person_id, "escalated"): 1, (operator, "escalated"): 1}
    named = session.scalars(select(Notice).where(Notice.event == "order.escalated")).first().reasons
    assert named == [f"scoring:{operator}"]


def test_once_everything_is_scored_it_is_the_owner_who_is_late(scene, session):
    scene.to("evaluating")
    scene.score()
    scene.now = session.get(OrderClock, (scene.id, "scoring")).due_at
    remind(scene.act(SYSTEM))
    assert told(scene, "scoring") == {(scene.cast.owner.person_id, "overdue"): 1}
