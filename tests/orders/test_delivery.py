"""From contract to the end: consent, ownership, masks, silence, rulings, ratings, clocks and what the database refuses."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from market import audit
from market.access import SYSTEM, Actor, Role
from market.accounts.models import Employment
from market.clock import after_working_days, day_of
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.notices.inbox import Happening, inbox, read, switch, tell, unread
from market.notices.models import Notice
from market.orders import award, bids, candidates, delivery, disputes, drafts, panel, privacy, settlement
from market.orders.answers import Responsiveness, responsiveness
from market.orders.bid_models import Award, AwardedPlace, Score
from market.orders.clocks import Worker, run_due
from market.orders.delivery_models import AnswerClock, Candidate, ConductEvent, LedgerLine, Ownership, Payment, Placement
from market.orders.durations import amount, due
from market.orders.models import Duration, Message, Order
from market.orders.money import split


@given(st.integers(0, 10**13), st.lists(st.integers(1, 10_000), min_size=1, max_size=12))
def test_a_split_is_exact_to_the_fen_and_fair_to_one(fen, shares):
    parts = split(fen, shares)
    assert sum(parts) == fen
    assert all(abs(part * sum(shares) - fen * share) < sum(shares) for part, share in zip(parts, shares, strict=True))


def test_a_split_needs_shares():
    for fen, shares in ((1, [0]), (-1, [1]), (1, [2, -1])):
        with pytest.raises(ValueError, match="shares"):
            split(fen, shares)


def place_of(scene, lead):
    mine = scene.session.scalars(select(Award).where(Award.institution_id == lead.institution_id)).first()
    return min(scene.session.scalars(select(AwardedPlace.number).where(AwardedPlace.award_id == mine.id)))


def proposed(scene, lead, phone="13800000001"):
    return candidates.propose(scene.act(lead), scene.id, candidates.Proposed(place_of(scene, lead), "Han Meimei", phone))


def consented(scene, link, row):
    who, _ = candidates.by_link(scene.act(Actor()), link)
    return candidates.consent(scene.act(who), row.id, "2026-01")


def two_leads(scene):
    firms = {row.institution_id for row in scene.session.scalars(select(Award).where(Award.state == "active"))}
    return [actor for actor in scene.cast.firms if actor.institution_id in firms]


def test_the_first_consent_owns_and_the_second_firm_learns_no_name(scene, session):
    scene.to("delivering")
    one, two = two_leads(scene)
    row, link = proposed(scene, one)
    other, other_link = proposed(scene, two, "+86 138 0000 0001")
    scene.forward(hours=1)
    consented(scene, other_link, other)
    with pytest.raises(NotPossibleNow) as refused:
        consented(scene, link, row)
    assert str(refused.value) == "owned"
    with pytest.raises(NotPossibleNow, match="owned"):
        proposed(scene, one)
    assert session.scalars(select(Ownership.institution_id)).one() == two.institution_id


def test_ownership_ends_after_180_days(scene, session):
    scene.to("delivering")
    one, two = two_leads(scene)
    row, link = proposed(scene, two)
    consented(scene, link, row)
    candidates.withdraw(scene.act(candidates.by_link(scene.act(Actor()), link)[0]), row.id)
    scene.forward(days=180)
    again, link = proposed(scene, one)
    consented(scene, link, again)
    assert session.scalars(select(Ownership.institution_id)).one() == one.institution_id


def test_the_database_holds_no_name_and_no_number(scene, session):
    scene.to("delivering")
    proposed(scene, two_leads(scene)[0])
    row = session.query(Candidate).one()
    assert b"Meimei" not in bytes(row.sealed)
    assert "13800000001" not in row.person_hash


def test_nothing_happens_before_the_consent(scene, session):
    scene.to("delivering")
    lead = two_leads(scene)[0]
    row, _ = proposed(scene, lead)
    with pytest.raises(NotPossibleNow, match="stage"):
        candidates.submit(scene.act(lead), row.id)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE placements SET stage = 'submitted'"))


def test_a_link_that_is_wrong_changed_or_old_leads_nowhere(scene):
    scene.to("delivering")
    row, link = proposed(scene, two_leads(scene)[0])
    for wrong in (link[:-1] + ("0" if link[-1] != "0" else "1"), link.replace(f"{row.id}-", f"{row.id + 1}-"), "x", ""):
        with pytest.raises(NotFound):
            candidates.by_link(scene.act(Actor()), wrong)
    scene.forward(days=14)
    with pytest.raises(NotFound):
        candidates.by_link(scene.act(Actor()), link)


def test_a_place_has_only_its_own_firms_candidates_and_not_too_many(scene):
    scene.to("delivering")
    one, two = two_leads(scene)
    with pytest.raises(NotFound):
        candidates.propose(scene.act(one), scene.id, candidates.Proposed(place_of(scene, two), "X", "13800000002"))
    for number in range(5):
        proposed(scene, one, f"1390000000{number}")
    with pytest.raises(NotPossibleNow, match="candidates_per_place"):
        proposed(scene, one, "13900000009")
    with pytest.raises(InvalidInput, match="phone"):
        proposed(scene, two, "12345")


def handed_over(scene):
    scene.to("delivering")
    lead = two_leads(scene)[0]
    row, link = proposed(scene, lead)
    consented(scene, link, row)
    candidates.submit(scene.act(lead), row.id)
    return lead, row, link


def test_a_name_is_shown_for_a_reason_that_the_candidate_reads(scene, session):
    _, row, link = handed_over(scene)
    with pytest.raises(InvalidInput, match="reason"):
        privacy.unmask(scene.act(scene.cast.owner), row.id, privacy.Need(""))
    with pytest.raises(InvalidInput, match="case_number"):
        privacy.unmask(scene.act(scene.cast.regulator), row.id, privacy.Need("complaint"))
    data = privacy.unmask(scene.act(scene.cast.owner), row.id, privacy.Need("to arrange the interview"))
    assert data["phone"] == "13800000001"
    who, _ = candidates.by_link(scene.act(Actor()), link)
    seen = audit.who_read(session, who.candidate_id)
    assert (seen[0].event, seen[0].organisation_id) == ("candidate.unmask", scene.cast.owner.organisation_id)
    assert seen[0].detail["reason"] == "to arrange the interview"


def test_nobody_else_sees_a_name(scene):
    _, row, _ = handed_over(scene)
    for actor in (scene.cast.rival, two_leads(scene)[1], scene.cast.firms[2]):
        with pytest.raises(NotFound):
            privacy.unmask(scene.act(actor), row.id, privacy.Need("curious"))


def test_the_buyer_sees_nobody_before_they_were_handed_over(scene, session, keys):
    scene.to("delivering")
    lead = two_leads(scene)[0]
    row, link = proposed(scene, lead)
    consented(scene, link, row)
    assert privacy.cards(session, scene.cast.owner, keys, scene.order) == []
    with pytest.raises(NotFound):
        privacy.unmask(scene.act(scene.cast.owner), row.id, privacy.Need("early"))
    mine = privacy.cards(session, lead, keys, scene.order)
    assert [(card.name, card.phone) for card in mine] == [("H**", "138****0001")]
    assert privacy.cards(session, two_leads(scene)[1], keys, scene.order) == []
    with pytest.raises(NotFound):
        privacy.cards(session, scene.cast.firms[2], keys, scene.order)


def test_a_candidate_withdraws_and_is_erased(scene, session):
    _, row, link = handed_over(scene)
    who, _ = candidates.by_link(scene.act(Actor()), link)
    with pytest.raises(NotPossibleNow):
        candidates.erase(scene.act(who), row.id)
    candidates.withdraw(scene.act(who), row.id)
    candidates.erase(scene.act(who), row.id)
    person = session.get(Candidate, row.candidate_id)
    assert (person.sealed, person.person_hash) == (None, None)
    stranger = Actor(Role.CANDIDATE, candidate_id=10**6)
    with pytest.raises(NotFound):
        candidates.withdraw(scene.act(stranger), row.id)


def test_a_refusal_needs_a_code_and_a_place_is_filled_once(scene, session):
    _, row, _ = handed_over(scene)
    with pytest.raises(InvalidInput, match="reason_code"):
        candidates.move(scene.act(scene.cast.owner), scene.id, row.id, candidates.Decision("decline", "whim"))
    for event in ("interview", "offer", "place"):
        candidates.move(scene.act(scene.cast.owner), scene.id, row.id, candidates.Decision(event))
    other = Placement(order_id=scene.id, award_id=row.award_id, candidate_id=row.candidate_id, place=row.place,
                      stage="placed", stage_at=scene.now, consented_at=scene.now)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(other)


def test_a_second_candidate_for_a_filled_place_is_refused(scene):
    scene.to("delivering")
    scene.candidate(1)
    with pytest.raises(NotPossibleNow, match="place_filled"):
        scene.candidate(2)


def test_answer_times_are_a_public_figure(scene, session):
    _, row, _ = handed_over(scene)
    enterprise = scene.cast.owner.enterprise_id
    assert responsiveness(session, enterprise, scene.now).median_days is None
    scene.forward(days=1)
    candidates.move(scene.act(scene.cast.owner), scene.id, row.id, candidates.Decision("interview"))
    assert responsiveness(session, enterprise, scene.now).median_days == 1.0
    scene.forward(days=9)
    figure = responsiveness(session, enterprise, scene.now)
    assert (figure.median_days, figure.answers, figure.late, figure.on_time_percent) == (5.0, 2, 1, 50)


def test_a_firm_rates_with_the_share_of_answers_in_time_and_one_late_is_never_all(scene, session):
    scene.to("settled")
    firm = scene.lead()
    award_id = session.scalars(select(Award.id).where(Award.institution_id == firm.institution_id)).one()
    for clock in session.scalars(select(AnswerClock)).all()[:1]:
        clock.silent = True
    session.flush()
    facts = settlement.rate(scene.act(firm), scene.id, settlement.Stars(award_id, 4)).facts
    assert facts == {"median_answer_days": 0.0, "answers": 4, "late_answers": 1, "on_time_percent": 75}
    assert Responsiveness(1.0, 300, 1).on_time_percent == 99
    assert Responsiveness(None, 0, 0).on_time_percent is None


def worker(scene):
    return Worker(scene.keys, scene.data_dir)


def test_the_worker_closes_fails_accepts_and_closes_for_good_in_time(scene, database):
    scene.to("open")
    scene.session.commit()
    assert run_due(database, worker(scene), scene.now) == []
    at = scene.order.bids_close_at
    assert run_due(database, worker(scene), at - timedelta(microseconds=1)) == []
    assert run_due(database, worker(scene), at) == [("close_bids", scene.id)]
    assert run_due(database, worker(scene), at) == [("fail_few", scene.id)]
    assert run_due(database, worker(scene), at) == []


def test_silence_accepts_after_14_days_and_is_counted(scene, session, database):
    scene.to("accepting")
    session.commit()
    assert run_due(database, worker(scene), scene.now + timedelta(days=13, hours=23)) == []
    scene.forward(days=14)
    assert run_due(database, worker(scene), scene.now) == [("accept", scene.id)]
    session.expire_all()
    assert session.get(Order, scene.id).state == "settling"
    assert delivery.silences(session, scene.cast.owner.enterprise_id) == 6
    assert responsiveness(session, scene.cast.owner.enterprise_id, scene.now).late == 1


def test_ratings_appear_together_and_only_then(scene, session, database):
    order = scene.to("settled")
    given = session.scalars(select(Award).where(Award.order_id == order.id)).first()
    settlement.rate(scene.act(scene.cast.owner), order.id, settlement.Stars(given.id, 2, "late"))
    firm = next(actor for actor in scene.cast.firms if actor.institution_id == given.institution_id)
    assert settlement.ratings(session, firm, order) == []
    assert len(settlement.ratings(session, scene.cast.owner, order)) == 1
    with pytest.raises(InvalidInput, match="rated already"):
        settlement.rate(scene.act(scene.cast.owner), order.id, settlement.Stars(given.id, 5))
    session.commit()
    assert run_due(database, worker(scene), scene.now + timedelta(days=14)) == []
    scene.forward(days=15)
    assert run_due(database, worker(scene), scene.now) == [("rate_close", order.id)]
    session.expire_all()
    assert len(settlement.ratings(session, Actor(), order)) == 1
    settlement.reply(scene.act(firm), order.id, given.id, "We were waiting for your answer.")
    with pytest.raises(InvalidInput):
        settlement.reply(scene.act(firm), order.id, given.id, "Again.")


def test_few_ratings_make_no_mean(scene, session):
    scene.to("closed")
    assert settlement.stars_of(session, scene.cast.firms[1].institution_id) == (None, 1)


def test_each_instalment_is_due_as_many_days_after_the_settlement_as_the_order_says(scene, session):
    parts = [{"name": "start", "share_bp": 4000, "due_days": 10}, {"name": "later", "share_bp": 3000, "due_days": 0},
             {"name": "rest", "share_bp": 3000}]
    scene.values = {**scene.values, "milestones": parts}
    order = scene.to("settled")
    usual = day_of(due(session, "payment", order, scene.now))
    days = [p.due_on for p in settlement.calendar(session, scene.lead(), order) if p.kind == "fee"]
    assert sorted(days) == sorted([day_of(scene.now + timedelta(days=10)), day_of(scene.now), usual])


def test_a_guarantee_ends_confirmed_or_with_a_replacement(scene, session, database):
    order = scene.to("closed")
    row = session.query(Placement).one()
    assert [p.kind for p in settlement.calendar(session, scene.cast.owner, order)].count("guarantee") == 1
    with session.begin_nested() as savepoint:
        left = candidates.Decision("replace", "left_in_guarantee")
        candidates.guarantee(scene.act(scene.cast.owner), order.id, row.id, left)
        assert row.stage == "replaced"
        savepoint.rollback()
    session.expire_all()
    session.commit()
    scene.forward(days=90)
    assert run_due(database, worker(scene), scene.now) == [("confirm", str(row.id))]
    with pytest.raises(NotFound):
        settlement.calendar(session, scene.cast.firms[2], order)


def test_an_idle_order_is_paused_and_resumes_with_its_days(scene, session, database):
    order = scene.to("open")
    drafts.amend(scene.act(scene.cast.owner), order.id, {"closes_at": scene.now + timedelta(days=60)})
    session.commit()
    scene.forward(days=30)
    assert run_due(database, worker(scene), scene.now) == [("pause", order.id)]
    session.expire_all()
    left = order.bids_close_at - scene.now
    scene.forward(days=10)
    drafts.resume(scene.act(scene.cast.owner), order.id)
    assert order.bids_close_at - scene.now == left
    session.commit()
    assert run_due(database, worker(scene), scene.now) == []  # the resumed order has not stood idle again already


def test_a_late_party_is_reminded_and_sees_who_was_told(scene, session, database):
    order = scene.to("suspended")
    session.commit()
    clock = after_working_days(scene.now, 30)
    for at, word in ((clock - timedelta(hours=12), "due_soon"), (clock, "overdue"), (clock + timedelta(days=1), "escalated")):
        run_due(database, worker(scene), at)
        run_due(database, worker(scene), at)
        events = [row.event for row in inbox(session, scene.cast.regulator) if row.object_id == order.id]
        assert events.count(f"order.{word}") == 1
    told = {row.person_id for row in session.query(Notice).filter_by(event="order.escalated")}
    assert told == {scene.cast.regulator.person_id, scene.cast.operator.person_id}


def test_a_ruling_splits_the_fee_to_the_fen(scene, session):
    order = scene.to("disputed")
    delivery.say(scene.act(scene.cast.owner), order.id, delivery.Words("They left."))
    delivery.say(scene.act(two_leads(scene)[0]), order.id, delivery.Words("One did."))
    assert {row.in_case for row in session.query(Message)} == {True}
    disputes.resolve(scene.act(scene.cast.regulator), order.id, disputes.Ruling("half", 3333))
    settlement.settle(scene.act(scene.cast.owner), order.id)
    lines = session.scalars(select(LedgerLine).where(LedgerLine.order_id == order.id)).all()
    assert sum(line.fen for line in lines) == order.value_fen
    refund = sum(line.fen for line in lines if line.kind == "refund")
    assert abs(refund - order.value_fen * 6667 / 10_000) <= 6


def test_termination_owes_what_was_reported(scene, session):
    scene.to("delivering")
    row = delivery.milestones(session, scene.order)[0]
    lead = next(a for a in scene.cast.firms if a.institution_id == session.get(Award, row.award_id).institution_id)
    delivery.report(scene.act(lead), scene.id, row.id, scene.proof)
    delivery.terminate(scene.act(scene.cast.owner), scene.id, "stopped")
    lines = session.scalars(select(LedgerLine)).all()
    assert {line.milestone_id for line in lines} == {row.id}
    assert session.query(Payment).filter_by(kind="fee").one().fen == sum(line.fen for line in lines)


def test_a_part_sent_back_is_delivered_again_and_the_rest_is_accepted(scene, session):
    order = scene.to("accepting")
    rows = delivery.milestones(session, order)
    delivery.reject_part(scene.act(scene.cast.owner), order.id, {rows[0].id: "no signature"})
    assert [row.state for row in rows] == ["scheduled", *["accepted"] * 5]
    scene.report()
    delivery.deliver_all(scene.act(scene.lead()), order.id)
    scene.accept()
    assert {row.state for row in delivery.milestones(session, order)} == {"accepted"}


def test_evidence_needs_names_and_hashes(scene):
    scene.to("delivering")
    row = delivery.milestones(scene.session, scene.order)[0]
    for files in ((), ({"name": "x", "sha256": "short"},), ({"name": "", "sha256": "0" * 64},)):
        with pytest.raises(InvalidInput):
            delivery.report(scene.act(scene.lead()), scene.id, row.id, files)


def test_a_declined_award_frees_its_places_and_is_remembered(scene, session):
    order = scene.to("awarded")
    lead = scene.lead()
    award.decline(scene.act(lead), order.id, "overbooked")
    session.refresh(order)
    assert order.awarded_places == 2
    assert session.query(ConductEvent).one().institution_id == lead.institution_id
    ranked = panel.ranking(scene.act(scene.cast.owner), order)
    assert [row.place for row in ranked] == [1]
    award.propose(scene.act(scene.cast.owner), order.id, award.Proposal({ranked[0].bid_id: 3}))
    scene.award()
    session.refresh(order)
    assert order.awarded_places == 5


def test_an_upheld_objection_cancels_the_award_and_losers_read_their_reasons(scene, session, keys):
    order = scene.to("suspended")
    loser = bids.own(session, scene.cast.firms[2], keys, order.id)
    assert loser.outcome["chosen"] is False
    assert set(loser.outcome["behind"]) == {"plan", "team", "price"}
    award.answer_objection(scene.act(scene.cast.owner), order.id, "It has one.")
    award.uphold(scene.act(scene.cast.regulator), order.id, "It has none.")
    assert {row.state for row in session.query(Award)} == {"cancelled"}
    assert award.objections_by_year(session) == {2026: {"upheld": 1}}


def test_stepping_back_takes_the_scores_along(scene, session):
    order = scene.to("evaluating")
    scene.score()
    assert panel.unscored(session, order) == 0
    panel.recuse(scene.act(scene.sitting()[0]), order.id, "a friend bids")
    assert session.query(Score).count() == 6


def test_the_panel_is_drawn_without_conflicts(scene, session):
    scene.to("sealed")
    for expert, where in zip(scene.cast.experts, (
            {"enterprise_id": scene.cast.owner.enterprise_id}, {"institution_id": scene.cast.firms[3].institution_id},
            {"institution_id": scene.cast.firms[0].institution_id, "ended_on": scene.now.date() - timedelta(days=3 * 365)},
            {"institution_id": "F6"}), strict=True):
        session.add(Employment(person_id=expert.person_id, **where))
    session.flush()
    with pytest.raises(NotPossibleNow, match=r"experts_enough$"):
        panel.draw_panel(scene.act(scene.cast.operator), scene.id, 3)


@pytest.mark.parametrize(("state", "statement", "rule"), [
    ("open", "UPDATE orders SET state = 'awarded'", "orders_move_by_the_table"),
    ("closed", "UPDATE orders SET title = 'x'", "closed_orders_stay"),
    ("closed", "DELETE FROM ratings", "closed_ratings_delete"),
    ("closed", "UPDATE scores SET total_bp = 1", "closed_scores_update"),
    ("settled", "UPDATE ledger SET fen = 1", "ledger_never_change"),
    ("settled", "DELETE FROM ledger", "ledger_never_go"),
    ("settling", "UPDATE orders SET state = 'settled'", "settled_to_the_fen"),
    ("awarded", "UPDATE orders SET awarded_places = 6", "awarded_places"),
    ("awarded", "INSERT INTO awarded_places SELECT order_id, 6, award_id FROM awarded_places LIMIT 1",
     "places_within_headcount"),
    ("standstill", "UPDATE bid_members SET share_bp = 1; INSERT INTO awards (order_id, bid_id, institution_id, places, "
     "price_fen, state, proposed_at) SELECT order_id, bid_id, institution_id, 1, 1, 'cancelled', proposed_at FROM awards",
     "awards_share_the_whole"),
])
def test_the_database_itself_refuses(scene, session, state, statement, rule):
    scene.to(state)
    *before, last = statement.split("; ")
    for part in before:
        session.execute(text(part))
    with pytest.raises(IntegrityError, match=rule), session.begin_nested():
        session.execute(text(last))


def test_the_database_refuses_a_score_of_somebody_employed_by_a_bidder(scene, session):
    scene.to("evaluating")
    scene.score()
    session.add(Employment(person_id=scene.sitting()[0].person_id, institution_id=scene.cast.firms[0].institution_id))
    session.flush()
    with pytest.raises(IntegrityError, match="scores_without_conflict"), session.begin_nested():
        session.execute(text("UPDATE scores SET total_bp = 1"))


def test_the_database_refuses_a_score_of_a_recused_seat(scene, session):
    scene.to("evaluating")
    scene.score()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("UPDATE panel_seats SET state = 'recused'"))


def test_durations_come_from_the_database_the_most_specific_first(scene, session):
    order = scene.to("open")
    day = scene.now.date()
    assert amount(session, "standstill", order, scene.now) == 5
    session.add(Duration(name="standstill", amount=7, unit="days", valid_from=day))
    session.add(Duration(name="standstill", amount=9, unit="days", valid_from=day + timedelta(days=1)))
    session.flush()
    assert amount(session, "standstill", order, scene.now) == 7
    session.add(Duration(name="standstill", amount=8, unit="days", valid_from=day, district=order.district))
    session.flush()
    assert due(session, "standstill", order, scene.now) == scene.now + timedelta(days=8)


def test_a_clock_that_is_set_back_opens_no_deadline_again(scene):
    scene.to("sealed")
    scene.forward(hours=-1)
    with pytest.raises(NotPossibleNow, match="state: sealed"):
        bids.bid(scene.act(scene.cast.firms[0]), scene.id, scene.offer(1))


def test_too_few_bids_are_never_opened_and_the_order_is_issued_once_more_with_one(scene, session):
    order = scene.to("unsuccessful")
    again = drafts.reissue(scene.act(scene.cast.owner), order.id, "nobody knew of it")
    assert (again.state, again.bids_needed, again.reissue_of) == ("draft", 1, order.id)
    with pytest.raises(InvalidInput, match="only once"):
        drafts.reissue(scene.act(scene.cast.owner), order.id, "once more")


def test_one_event_is_one_message_and_switches_are_kept(scene, session):
    scene.to("draft")
    act = scene.act(SYSTEM)
    person = scene.cast.rival.person_id
    seen = Happening("firm.changed", "institution", "F1", "firm:F1:3")
    assert [tell(act, seen, [person, person], reason) for reason in ("search a", "search b")] == [1, 0]
    row = inbox(session, scene.cast.rival)[0]
    assert row.reasons == ["search a", "search b"]
    read(scene.act(scene.cast.rival), row.id)
    assert unread(session, scene.cast.rival) == 0
    with pytest.raises(NotFound):
        read(scene.act(scene.cast.owner), row.id)
    switch(scene.act(scene.cast.rival), "firm.changed", (False, "never"))
    assert tell(act, Happening("firm.changed", "institution", "F1", "firm:F1:4"), [person]) == 0
    with pytest.raises(InvalidInput):
        switch(scene.act(scene.cast.rival), "firm.changed", (True, "pigeon"))


def test_a_verification_that_ends_is_told_of_three_times_and_then_limits(scene, session, database):
    scene.to("open")
    session.commit()
    ends = scene.now + timedelta(days=183)
    for left in (40, 30, 29, 7, 6, 0, -1):
        run_due(database, worker(scene), ends - timedelta(days=left))
    told = [row for row in inbox(session, scene.cast.firms[0]) if row.event == "organisation.verification_ends"]
    assert len(told) == 3
    scene.order.closes_at = ends + timedelta(days=9)
    scene.now = ends
    with pytest.raises(NotPossibleNow):
        bids.bid(scene.act(scene.cast.firms[0]), scene.id, scene.offer(1))
