"""A dispute in stages: negotiation, mediation, ruling; who must answer, by when, and what the case file says of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from market.audit import AuditEntry
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.notices.models import Notice
from market.orders import delivery, disputes, settlement, turns
from market.orders.clocks import Worker, run_due
from market.orders.delivery_models import LedgerLine, Payment
from market.orders.disputes import Answer, Ruling, Terms
from market.orders.models import Duration, OrderClock
from market.orders.thread import case_file, dispute_of

RULING_DAYS = timedelta(days=30)


def leads(scene):
    """The leads of the awards, in the order of their awards."""
    parties = disputes.parties(scene.session, scene.order)[1:]
    return [next(actor for actor in scene.cast.firms if actor.institution_id == key) for key in parties]


def sides(scene):
    return [scene.cast.owner, *leads(scene)]


def say(scene, actor, offer, *, accepted=True, reason=""):
    return disputes.answer_offer(scene.act(actor), scene.id, Answer(offer.id, accepted, reason))


def waiting(scene):
    return disputes.open_offer(scene.session, scene.order)


def opened(scene):
    """A dispute in which nobody has proposed anything."""
    scene.to("accepting")
    scene.dispute()
    return scene.order


def due_of(scene):
    return turns.turn_of(scene.session, scene.cast.owner, scene.order).until


def run(scene, database, keys, tmp_path):
    scene.session.commit()
    done = run_due(database, Worker(keys, tmp_path), scene.now)
    scene.session.expire_all()
    return [name for name, key in done if key == scene.id]


def test_a_dispute_begins_with_negotiation_in_which_both_sides_have_the_turn(scene, session):
    order = opened(scene)
    assert order.state == "negotiating"
    assert due_of(scene) == scene.now + timedelta(days=5)
    assert all(turns.turn_of(session, actor, order).mine for actor in sides(scene))
    assert not turns.turn_of(session, scene.cast.regulator, order).mine


def test_each_stage_ends_by_its_clock_and_the_ruling_is_due_within_the_days_of_the_whole(scene, database, keys, tmp_path):
    opened(scene)
    began = scene.now
    disputes.offer(scene.act(scene.cast.owner), scene.id, Terms(5_000, "half"))
    scene.forward(days=4, hours=23)
    assert run(scene, database, keys, tmp_path) == []
    scene.forward(hours=1)
    assert run(scene, database, keys, tmp_path) == ["next_stage"]
    assert (scene.order.state, waiting(scene)) == ("mediating", None)
    assert due_of(scene) == scene.now + timedelta(days=10)
    scene.forward(days=10)
    assert run(scene, database, keys, tmp_path) == ["next_stage"]
    assert scene.order.state == "disputed"
    assert due_of(scene) == began + RULING_DAYS
    case = case_file(scene.session, scene.cast.owner, scene.order)
    assert (case.stage, case.due_at, case.ruling_by) == ("disputed", began + RULING_DAYS, began + RULING_DAYS)
    assert [one.outcome for one in case.offers] == ["lapsed"]
    assert (case.mediated_by, case.dispute.referral) == ("", None)


def test_the_days_of_a_stage_are_data(scene, session):
    session.add(Duration(name="negotiation", amount=2, unit="working_days", valid_from=scene.now.date() - timedelta(days=1)))
    session.flush()
    opened(scene)
    assert timedelta(days=2) <= due_of(scene) - scene.now <= timedelta(days=4)


def test_a_proposal_that_every_party_accepts_ends_the_dispute_with_its_part(scene, session):
    order = opened(scene)
    made = disputes.offer(scene.act(scene.cast.owner), order.id, Terms(4_000, "two of five came"))
    one, two = leads(scene)
    say(scene, one, made, reason="agreed")
    assert (order.state, made.outcome) == ("negotiating", None)
    assert not turns.turn_of(session, one, order).mine
    assert turns.turn_of(session, two, order).mine
    say(scene, two, made)
    assert (order.state, made.outcome) == ("settling", "accepted")
    row = dispute_of(session, order)
    assert (row.payable_bp, row.buyer_cost_bp, row.ruling, row.resolved_at) == (4_000, 4_000, None, scene.now)
    settlement.settle(scene.act(scene.cast.owner), order.id)
    refund = sum(session.scalars(select(LedgerLine.fen).where(LedgerLine.order_id == order.id, LedgerLine.kind == "refund")))
    assert abs(refund - order.value_fen * 6_000 / 10_000) <= 6
    assert {part.state for part in delivery.milestones(session, order)} == {"accepted"}


def test_one_refusal_ends_a_proposal_and_the_next_takes_its_place(scene, session):
    order = opened(scene)
    one, two = leads(scene)
    first = disputes.offer(scene.act(one), order.id, Terms(9_000, "nearly all"))
    say(scene, scene.cast.owner, first, accepted=False, reason="too much")
    assert first.outcome == "refused"
    second = disputes.offer(scene.act(scene.cast.owner), order.id, Terms(6_000, "more than half"))
    third = disputes.offer(scene.act(two), order.id, Terms(7_000, "a little more"))
    session.refresh(second)
    assert (second.outcome, waiting(scene)) == ("replaced", third)
    with pytest.raises(NotPossibleNow, match="offer_stands"):
        say(scene, one, second)
    with pytest.raises(NotPossibleNow, match="not_answered"):
        say(scene, two, third)
    with pytest.raises(InvalidInput, match="payable_bp"):
        disputes.offer(scene.act(one), order.id, Terms(10_001, "all and more"))


def test_a_member_that_leads_no_award_and_a_stranger_have_no_say(scene, session):
    order = opened(scene)
    made = disputes.offer(scene.act(scene.cast.owner), order.id, Terms(5_000, "half"))
    member = next(firm for firm in scene.cast.firms if firm not in leads(scene))
    for actor in (member, scene.cast.rival):
        with pytest.raises(NotFound):
            say(scene, actor, made)


def test_mediation_is_asked_for_early_and_the_mediators_proposal_needs_every_party(scene, session):
    order = scene.to("negotiating")
    with pytest.raises(NotPossibleNow):
        disputes.suggest(scene.act(scene.cast.regulator), order.id, Terms(1, "not yet"))
    scene.mediate()
    assert waiting(scene) is None
    turn = turns.turn_of(session, scene.cast.regulator, order)
    assert (turn.mine, turn.until) == (True, scene.now + timedelta(days=10))
    scene.suggest()
    made = waiting(scene)
    assert not turns.turn_of(session, scene.cast.regulator, order).mine
    for actor in sides(scene)[:2]:
        say(scene, actor, made)
    assert order.state == "mediating"
    say(scene, sides(scene)[2], made)
    assert (order.state, dispute_of(session, order).payable_bp) == ("settling", 8_000)
    assert session.scalars(select(AuditEntry.event).where(AuditEntry.chain == f"order:{order.id}").order_by(
        AuditEntry.seq)).all()[-2:] == ["order.conclude", "order.answer_offer"]


def test_the_mediator_ends_a_mediation_with_a_reason_and_rules(scene, session):
    order = scene.to("mediating")
    began = dispute_of(session, order).opened_at
    scene.forward(days=3)
    scene.refer()
    assert session.get(OrderClock, (order.id, disputes.RULING_CLOCK)).due_at == began + RULING_DAYS
    disputes.resolve(scene.act(scene.cast.regulator), order.id, Ruling("a third", 3_333))
    row = dispute_of(session, order)
    assert (row.payable_bp, row.buyer_cost_bp, row.referral) == (3_333, 3_333, "The sides are too far apart.")


def test_a_ruling_may_share_the_cost_otherwise_and_only_as_a_whole(scene, session):
    order = scene.to("disputed")
    for wrong in (-1, 10_001):
        with pytest.raises(InvalidInput, match="buyer_cost_bp"):
            disputes.resolve(scene.act(scene.cast.regulator), order.id, Ruling("x", 5_000, wrong))
    disputes.resolve(scene.act(scene.cast.regulator), order.id, Ruling("half, but it came late", 5_000, 2_500))
    assert dispute_of(session, order).buyer_cost_bp == 2_500


def test_everybody_reads_the_same_case_file_with_every_proposal_and_answer(scene, session):
    order = scene.to("negotiating")
    say(scene, scene.cast.owner, waiting(scene), accepted=False, reason="one never came")
    delivery.say(scene.act(scene.cast.owner), order.id, delivery.Words("Seven tenths?"))
    scene.mediate()
    scene.suggest()
    read = [case_file(session, actor, order) for actor in (*sides(scene), scene.cast.regulator)]
    assert all(one == read[0] for one in read)
    first, second = read[0].offers
    assert (first.outcome, first.answers[0].reason, first.answers[0].accepted) == ("refused", "one never came", False)
    assert (second.house, second.payable_bp, len(second.waits_for)) == ("", 8_000, 3)
    assert read[0].mediated_by == first.answers[0].house
    assert read[0].said[-1].in_case


def test_every_step_of_a_dispute_tells_the_other_side(scene, session):
    order = scene.to("mediating")
    for actor in sides(scene):
        say(scene, actor, waiting(scene))
    owner, firm = scene.cast.owner.person_id, leads(scene)[0].person_id
    told = {(row.event, row.person_id) for row in session.query(Notice).filter_by(object_id=order.id)}
    assert {("order.offer", owner), ("order.mediate", firm), ("order.suggest", owner), ("order.suggest", firm),
            ("order.answer_offer", firm), ("order.conclude", owner)} <= told
    assert ("order.mediate", scene.cast.regulator.person_id) in told


def test_nobody_is_asked_to_pay_nothing_where_nothing_is_owed(scene, session):
    order = scene.to("disputed")
    disputes.resolve(scene.act(scene.cast.regulator), order.id, Ruling("nobody came", 0))
    settlement.settle(scene.act(scene.cast.owner), order.id)
    assert session.query(Payment).filter_by(order_id=order.id, kind="fee").all() == []
    assert sum(session.scalars(select(LedgerLine.fen).where(LedgerLine.order_id == order.id))) == order.value_fen
