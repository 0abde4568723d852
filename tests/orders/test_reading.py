"""What each party reads after the award: contracts, money, the thread, files, tasks, a departure's rule, one's own data."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from market.access import SYSTEM, Actor, Role
from market.errors import NotAllowed, NotFound, NotPossibleNow
from market.orders import award, candidates, delivery, disputes, privacy, settlement, todo
from market.orders.contract import contracts, signed_by_buyer
from market.orders.delivery_models import Payment, Placement
from market.orders.departures import Departure, departure
from market.orders.ledger import ledger
from market.orders.life import Tie
from market.orders.own_data import own_data
from market.orders.papers import award_papers, paper
from market.orders.reminders import people_of
from market.orders.steps import standing_awards, ties_of
from market.orders.thread import case_file, thread
from market.orders.turns import turn_of

PROOF = "0" * 64


def sides(scene):
    """Who leads the two awards, who joined a bid, and who lost."""
    leads = {row.institution_id for row in standing_awards(scene.session, scene.order, ("active",))}
    inside = [firm for firm in scene.cast.firms if Tie.MEMBER in ties_of(scene.session, firm, scene.order)]
    member = next(firm for firm in inside if firm.institution_id not in leads)
    lost = next(firm for firm in scene.cast.firms if firm not in inside)
    return [firm for firm in inside if firm.institution_id in leads], member, lost


def test_a_firm_reads_its_own_awards_and_a_stranger_none(scene, session):
    order = scene.to("delivering")
    leads, member, lost = sides(scene)
    assert len(contracts(session, scene.cast.owner, order)) == len(contracts(session, scene.cast.regulator, order)) == 2
    assert all(len(contracts(session, firm, order)) == 1 for firm in (*leads, member))
    joint, = contracts(session, member, order)
    assert (joint.mine, sum(signer.share_bp for signer in joint.signers), joint.unsigned) == (False, 10_000, ())
    assert sum(joint.part_fen) == joint.award.value_fen
    for stranger in (lost, scene.cast.rival, scene.cast.operator, Actor()):
        for read in (contracts, thread, case_file):
            with pytest.raises(NotFound):
                read(session, stranger, order)


def test_the_firms_sign_first_and_then_it_is_the_enterprises_turn(scene, session):
    order = scene.to("awarded")
    leads, member, lost = sides(scene)
    assert turn_of(session, member, order).mine
    assert not turn_of(session, scene.cast.owner, order).mine
    assert member.person_id in people_of(session, order, Role.FIRM_LEAD, Tie.MEMBER)
    assert lost.person_id not in people_of(session, order, Role.FIRM_LEAD, Tie.MEMBER)
    with pytest.raises(NotFound):
        award.sign_member(scene.act(lost), order.id)
    assert [row.kind for row in todo.waiting(session, member, scene.now)] == ["sign_member"]
    for firm in (*leads, member):
        award.sign_member(scene.act(firm), order.id)
    assert todo.waiting(session, member, scene.now) == []
    assert turn_of(session, scene.cast.owner, order).mine
    assert signed_by_buyer(session, order) is None
    award.sign(scene.act(scene.cast.owner), order.id)
    assert signed_by_buyer(session, order) == scene.now


def test_the_ledger_is_foreseen_and_then_written_the_same(scene, session):
    order = scene.to("settling")
    before = ledger(session, scene.cast.owner, order, scene.now)
    settlement.settle(scene.act(scene.cast.owner), order.id)
    after = ledger(session, scene.cast.owner, order, scene.now)
    assert (before.written, after.written) == (False, True)
    assert [(row.firm, row.fen) for row in before.entries] == [(row.firm, row.fen) for row in after.entries]
    assert after.fen == after.value_fen == order.value_fen
    _, member, lost = sides(scene)
    mine = ledger(session, member, order, scene.now)
    assert mine.fen == mine.value_fen < order.value_fen
    assert {row.award_id for row in settlement.calendar(session, member, order)} == {mine.entries[0].award_id}
    with pytest.raises(NotFound):
        ledger(session, lost, order, scene.now)


def test_before_the_contract_is_signed_nothing_is_owed(scene, session):
    order = scene.to("awarded")
    foreseen = ledger(session, scene.cast.owner, order, scene.now)
    assert (foreseen.entries, foreseen.written, foreseen.value_fen) == ((), False, order.value_fen)


def test_a_hash_opens_a_file_for_the_parties_of_its_order_only(scene, session):
    order = scene.to("accepting")
    leads, member, lost = sides(scene)
    for reader in (scene.cast.owner, *leads, member, scene.cast.regulator):
        assert paper(session, reader, order, PROOF) == "report.pdf"
    for stranger in (lost, scene.cast.rival, scene.cast.operator, Actor()):
        with pytest.raises(NotFound):
            paper(session, stranger, order, PROOF)
    with pytest.raises(NotFound):
        paper(session, scene.cast.owner, order, "1" * 64)
    one, two = standing_awards(session, order, ("active",))
    own = next(firm for firm in leads if firm.institution_id == one.institution_id)
    assert award_papers(session, own, order, one.id) == [{"name": "report.pdf", "sha256": PROOF}]
    assert award_papers(session, own, order, two.id) == []


def test_a_regulator_reads_the_thread_once_there_is_a_dispute(scene, session):
    order = scene.to("accepting")
    delivery.say(scene.act(scene.cast.owner), order.id, delivery.Words("Two are missing."))
    with pytest.raises(NotFound):
        thread(session, scene.cast.regulator, order)
    assert case_file(session, scene.cast.regulator, order) is None
    disputes.dispute(scene.act(scene.cast.owner), order.id, "Two never came.")
    read = [case_file(session, actor, order) for actor in (scene.cast.regulator, scene.cast.owner, *sides(scene)[0])]
    assert all(one == read[0] for one in read)
    assert len(read[0].milestones) == 6


def test_a_departure_is_ruled_by_the_day_and_rounded_for_the_enterprise(scene, session):
    order = scene.to("closed")
    row = session.scalars(select(Placement)).one()
    assert departure(row, 90, 9_000) is None
    began = row.guarantee_until - timedelta(days=90)
    row.stage = "replaced"
    for day, refund in ((1, 8_900), (41, 4_900), (90, 0), (95, 0)):
        row.stage_at = began + timedelta(days=day - 1, hours=1)
        assert departure(row, 90, 9_000) == Departure(min(day, 90), 90, refund)
    assert departure(row, 0, 9_000) is None
    assert order.guarantee_days == 90


def test_who_left_ends_the_guarantee_in_the_calendar(scene, session):
    order = scene.to("closed")
    row = session.scalars(select(Placement)).one()
    candidates.guarantee(scene.act(scene.cast.owner), order.id, row.id, candidates.Decision("replace", "left_in_guarantee"))
    ended = session.scalars(select(Payment).where(Payment.kind == "guarantee")).one()
    assert ended.done_at == scene.now


def test_tasks_name_what_is_owed_and_until_when(scene, session):
    scene.to("delivering")
    lead = scene.lead()
    assert todo.waiting(session, scene.cast.owner, scene.now) == []
    row, link = candidates.propose(scene.act(lead), scene.id, candidates.Proposed(
        contracts(session, lead, scene.order)[0].places[0], "Han Meimei", "13800000007"))
    candidates.consent(scene.act(candidates.by_link(scene.act(Actor()), link)[0]), row.id, "2026-11")
    assert [(task.kind, task.page) for task in todo.waiting(session, lead, scene.now)] == [("submit", "candidates")]
    candidates.submit(scene.act(lead), row.id)
    task, = todo.waiting(session, scene.cast.owner, scene.now)
    assert (task.kind, task.count, task.order_id) == ("answer_view", 1, scene.id)
    assert task.until > scene.now
    assert todo.waiting(session, scene.cast.rival, scene.now) == []
    assert todo.waiting(session, scene.cast.operator, scene.now) == []


def test_payments_and_what_was_sent_back_are_tasks(scene, session):
    order = scene.to("accepting")
    lead = scene.lead()
    part = next(row for row in delivery.milestones(session, order)
                if row.award_id == contracts(session, lead, order)[0].award.id)
    delivery.reject_part(scene.act(scene.cast.owner), order.id, {part.id: "A list is missing."})
    assert [task.kind for task in todo.waiting(session, lead, scene.now)] == ["sent_back"]
    delivery.report(scene.act(lead), order.id, part.id, scene.proof)
    delivery.deliver_all(scene.act(lead), order.id)
    delivery.accept(scene.act(scene.cast.owner), order.id)
    settlement.settle(scene.act(scene.cast.owner), order.id)
    assert todo.waiting(session, scene.cast.owner, scene.now) == []
    scene.forward(days=20)
    task, = todo.waiting(session, scene.cast.owner, scene.now)
    assert (task.kind, task.count) == ("pay", 6)
    assert todo.waiting(session, scene.cast.staff, scene.now) == []


def test_a_link_is_the_same_each_time_and_its_own_firms_only(scene):
    scene.to("delivering")
    lead = scene.lead()
    row, link = candidates.propose(scene.act(lead), scene.id, candidates.Proposed(
        contracts(scene.session, lead, scene.order)[0].places[0], "Han Meimei", "13800000008"))
    scene.forward(days=3)
    assert candidates.link_of(scene.act(lead), scene.id, row.id) == link
    for stranger in (scene.cast.owner, *(firm for firm in scene.cast.firms if firm is not lead)):
        with pytest.raises(NotFound):
            candidates.link_of(scene.act(stranger), scene.id, row.id)
    candidates.consent(scene.act(candidates.by_link(scene.act(Actor()), link)[0]), row.id, "2026-11")
    with pytest.raises(NotFound):
        candidates.link_of(scene.act(lead), scene.id, row.id)


def test_whoever_consented_comes_back_by_the_link_and_reads_who_looked(scene):
    scene.to("delivering")
    lead = scene.lead()
    row, link = candidates.propose(scene.act(lead), scene.id, candidates.Proposed(
        contracts(scene.session, lead, scene.order)[0].places[0], "Han Meimei", "13800000009", "Ten years."))
    own = own_data(scene.act(Actor()), link)
    assert (own.name, own.phone, own.summary, own.readings) == ("H**", "138****0009", "Ten years.", ())
    candidates.consent(scene.act(candidates.by_link(scene.act(Actor()), link)[0]), row.id, "2026-11")
    candidates.submit(scene.act(lead), row.id)
    scene.forward(days=30)
    privacy.unmask(scene.act(scene.cast.regulator), row.id, privacy.Need("a complaint", "C-7"))
    own = own_data(scene.act(Actor()), link)
    assert next((one.event, one.reason, one.case) for one in own.readings) == ("candidate.unmask", "a complaint", "C-7")
    assert own.readings[0].house
    assert not own.may_erase
    who, _ = candidates.by_link(scene.act(Actor()), link)
    candidates.withdraw(scene.act(who), row.id)
    assert own_data(scene.act(Actor()), link).may_erase
    candidates.erase(scene.act(who), row.id)
    gone = own_data(scene.act(Actor()), link)
    assert (gone.erased, gone.name, gone.phone, gone.summary, gone.may_erase) == (True, "", "", "", False)


def test_a_regulator_reads_masked_cards_of_those_handed_over(scene, session, keys):
    scene.to("accepting")
    card, = privacy.cards(session, scene.cast.regulator, keys, scene.order)
    assert card.phone == "138****0001"
    with pytest.raises(NotAllowed):
        privacy.unmask(scene.act(scene.cast.operator), card.placement_id, privacy.Need("curious"))
    with pytest.raises(NotPossibleNow):
        candidates.confirm(scene.act(SYSTEM), card.placement_id)
