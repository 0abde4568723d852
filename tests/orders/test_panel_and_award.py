"""What the pages from the bid to the award read: gate, joint bids, seal of the panel, scores, announcement, objections."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from market.access import Actor, Role
from market.accounts import experts
from market.accounts.models import Employment, Member, Organisation
from market.errors import InvalidInput, NotAllowed, NotFound, NotPossibleNow
from market.institutions.models import Institution, Licence
from market.orders import award, bids, panel, queries, turns
from market.orders.bid_drafts import draft_of, drop_draft, save_draft
from market.orders.bid_models import Award, Bid
from market.orders.blind import MASK, blinded
from market.orders.conditions import conditions
from market.orders.opening import opening
from market.orders.parties import conflicts
from market.orders.results import announcement, objection_lines, objections
from market.orders.scores import sheet, table
from market.orders.standing import held, parts_in
from market.orders.steps import standing_bids


def joint(scene, lead=0, member=1):
    """The lead bids with the member, 60 to 40; the member has not consented."""
    shares = tuple((scene.cast.firms[place].institution_id, bp) for place, bp in ((lead, 6000), (member, 4000)))
    return bids.bid(scene.act(scene.cast.firms[lead]), scene.id, scene.offer(5), shares)


def stages(scene, place):
    """The stages of the members of the first bid that a firm sees."""
    one = held(scene.session, scene.cast.firms[place], scene.keys, scene.order)[0]
    return {party.stage for party in one.parties}, set(one.faults), one.counts


def test_the_gate_says_what_a_firm_meets_and_until_when(scene, session):
    scene.to("open")
    firm = session.get(Institution, scene.cast.firms[0].institution_id)
    met = {check.code: check for check in conditions(scene.act(scene.cast.firms[0]), scene.order, firm)}
    assert all(check.met for check in met.values())
    assert set(met) == {"verified", "licence", "grade", "elsewhere"}
    firm.credit_grade = "D"
    assert bids.gate(scene.act(scene.cast.firms[0]), scene.order) == ("grade_not_d",)
    failed = {check.code for check in conditions(scene.act(scene.cast.firms[0]), scene.order, firm) if not check.met}
    assert failed == {"grade"}


def test_the_gate_names_the_licence_that_the_services_need_and_its_end(scene, session):
    scene.values = {**scene.values, "service_mode": ["高级人才寻访(猎头)"]}
    scene.to("open")
    firm = session.get(Institution, scene.cast.firms[0].institution_id)
    needed = next(check for check in conditions(scene.act(scene.cast.firms[0]), scene.order, firm) if check.code == "licence")
    assert (needed.met, needed.until) == (True, date(2029, 12, 31))
    for licence in session.query(Licence).filter_by(institution_id=firm.id):
        licence.valid_to = date(2025, 6, 30)
    session.flush()
    again = conditions(scene.act(scene.cast.firms[0]), scene.order, firm)
    expired = next(check for check in again if check.code == "licence")
    assert (expired.met, expired.until, expired.what) == (False, date(2025, 6, 30), needed.what)


def test_a_firm_in_another_bid_meets_its_own_gate_no_more(scene, session):
    scene.to("open")
    made = joint(scene)
    bids.consent_bid(scene.act(scene.cast.firms[1]), scene.id, made.id)
    member = session.get(Institution, scene.cast.firms[1].institution_id)
    assert [c.code for c in conditions(scene.act(scene.cast.firms[1]), scene.order, member) if not c.met] == ["elsewhere"]


def test_a_joint_bid_shows_who_confirmed_and_why_it_does_not_count_yet(scene):
    scene.to("open")
    made = joint(scene)
    assert stages(scene, 0) == ({"lead", "asked"}, {"unconfirmed"}, False)
    assert stages(scene, 1) == ({"lead", "asked"}, {"unconfirmed"}, False)
    bids.consent_bid(scene.act(scene.cast.firms[1]), scene.id, made.id)
    assert stages(scene, 0) == ({"lead", "confirmed"}, set(), True)
    bids.withdraw(scene.act(scene.cast.firms[1]), scene.id)
    assert stages(scene, 0) == ({"lead", "left"}, {"left"}, False)
    assert held(scene.session, scene.cast.firms[1], scene.keys, scene.order) == []
    assert held(scene.session, scene.cast.firms[2], scene.keys, scene.order) == []


def test_an_invited_firm_has_a_turn_of_its_own_and_may_decline(scene, session):
    scene.to("open")
    made = joint(scene)
    member = scene.cast.firms[1]
    turn = turns.turn_of(session, member, scene.order)
    assert (turn.mine, turn.deed) == (True, "open:invited")
    assert {"consent_bid", "refuse_bid"} <= set(turn.events)
    assert scene.order in queries.own(session, member)
    assert "consent_bid" not in turns.turn_of(session, scene.cast.firms[2], scene.order).events
    with pytest.raises(NotFound):
        bids.refuse_bid(scene.act(scene.cast.firms[2]), scene.id, made.id)
    bids.refuse_bid(scene.act(member), scene.id, made.id)
    assert stages(scene, 0) == ({"lead", "left"}, {"left"}, False)
    assert parts_in(session, member, [scene.order]) == {}
    with pytest.raises(NotFound):
        bids.consent_bid(scene.act(member), scene.id, made.id)
    again = joint(scene)
    bids.consent_bid(scene.act(member), scene.id, again.id)
    assert standing_bids(session, scene.order) == [again]


def test_leaving_a_bid_leaves_other_invitations_as_they_are(scene, session):
    scene.to("open")
    first = joint(scene, 0, 3)
    joint(scene, 1, 3)
    bids.consent_bid(scene.act(scene.cast.firms[3]), scene.id, first.id)
    bids.withdraw(scene.act(scene.cast.firms[3]), scene.id)
    assert parts_in(session, scene.cast.firms[3], [scene.order]) == {scene.id: "invited"}


def test_a_firm_that_bid_waits_and_one_on_old_terms_is_asked_again(scene, session):
    from market.orders import drafts

    scene.to("open")
    me = scene.cast.firms[0]
    assert turns.turn_of(session, me, scene.order).deed == "open"
    bids.bid(scene.act(me), scene.id, scene.offer(5))
    turn = turns.turn_of(session, me, scene.order)
    assert (turn.mine, turn.deed) == (False, "open:bidder")
    drafts.amend(scene.act(scene.cast.owner), scene.id, {"fee_fen": 7})
    assert turns.turn_of(session, me, scene.order).deed == "open:outdated"
    assert stages(scene, 0)[1] == {"terms"}


def test_the_turn_of_a_sealed_order_is_that_of_the_missing_key(scene, session):
    scene.to("sealed")
    deeds = []
    for step in (lambda: None, lambda: panel.turn_key(scene.act(scene.cast.operator), scene.id),
                 lambda: panel.draw_panel(scene.act(scene.cast.operator), scene.id, 3),
                 lambda: panel.turn_key(scene.act(scene.cast.regulator), scene.id)):
        step()
        turn = turns.turn_of(session, scene.cast.operator, scene.order)
        deeds.append((turn.deed, tuple(map(str, turn.roles))))
    assert deeds == [("sealed:draw", ("operator", "regulator")), ("sealed:draw", ("operator", "regulator")),
                     ("sealed:key", ("regulator",)), ("sealed:unseal", ("operator", "regulator"))]


def test_an_expert_who_scored_everything_waits_for_the_others(scene, session):
    scene.to("evaluating")
    me = scene.sitting()[0]
    assert turns.turn_of(session, me, scene.order).mine
    for bid_id in scene.opened():
        panel.score(scene.act(me), scene.id, panel.Marks(bid_id, {"plan": 50, "team": 50, "price": 50}))
    turn = turns.turn_of(session, me, scene.order)
    assert (turn.mine, turn.deed) == (False, "evaluating:scored")
    other = scene.sitting()[1]
    panel.recuse(scene.act(other), scene.id, "a friend")
    assert turns.turn_of(session, other, scene.order).deed == "evaluating:recused"


def employed(scene, place, **where):
    scene.session.add(Employment(person_id=scene.cast.experts[place].person_id, **where))
    scene.session.flush()


def test_a_conflict_says_with_whom_and_until_when(scene, session):
    scene.to("sealed")
    day = scene.now.date()
    employed(scene, 0, enterprise_id=scene.cast.owner.enterprise_id, ended_on=day - timedelta(days=100))
    employed(scene, 1, institution_id=scene.cast.firms[3].institution_id)
    employed(scene, 2, institution_id=scene.cast.firms[0].institution_id, ended_on=day - timedelta(days=3 * 366))
    people = [expert.person_id for expert in scene.cast.experts]
    found = [(c.person_id, c.side, c.employer, c.ended_on) for c in conflicts(session, scene.order, people, scene.now)]
    firm = session.get(Institution, scene.cast.firms[3].institution_id).name
    assert found == [(people[0], "buyer", "enterprise", day - timedelta(days=100)), (people[1], "bidder", firm, None)]


def test_a_member_of_a_bidding_firm_is_in_conflict_without_saying_so(scene, session):
    scene.to("sealed")
    expert, firm = scene.cast.experts[0], scene.cast.firms[0]
    house = session.query(Organisation).filter_by(institution_id=firm.institution_id).one()
    session.add(Member(person_id=expert.person_id, organisation_id=house.id, role="firm_staff", joined_at=scene.now))
    session.flush()
    found = conflicts(session, scene.order, [expert.person_id], scene.now)
    assert [(c.side, c.declared) for c in found] == [("bidder", False)]
    assert panel.draw_panel(scene.act(scene.cast.operator), scene.id, 3) == [e.person_id for e in scene.cast.experts[1:]]


def test_before_the_opening_nothing_of_the_panel_says_who_bid(scene, session):
    scene.to("sealed")
    with session.begin_nested() as savepoint:
        panel.draw_panel(scene.act(scene.cast.operator), scene.id, 3)
        free = [repr(opening(scene.act(actor), scene.order)) for actor in (scene.cast.operator, scene.cast.regulator)]
        read = [e.event for e in queries.trail(session, scene.cast.operator, scene.order)]
        savepoint.rollback()
    session.expire_all()
    employed(scene, 0, institution_id=scene.cast.firms[0].institution_id)
    panel.draw_panel(scene.act(scene.cast.operator), scene.id, 3)
    bound = [repr(opening(scene.act(actor), scene.order)) for actor in (scene.cast.operator, scene.cast.regulator)]
    assert free == bound
    assert [e.event for e in queries.trail(session, scene.cast.operator, scene.order)] == read
    assert "order.draw_panel" not in read
    for who in (scene.cast.operator, scene.cast.regulator):
        panel.turn_key(scene.act(who), scene.id)
    panel.unseal(scene.act(scene.cast.regulator), scene.id)
    seen = opening(scene.act(scene.cast.operator), scene.order)
    assert [line.conflict.side for line in seen.left_out] == ["bidder"]
    assert len(seen.seats) == 3
    assert seen.opened_at == scene.now


def test_the_opening_tells_key_holders_what_is_missing_and_nobody_else_anything(scene):
    scene.to("sealed")
    assert opening(scene.act(scene.cast.operator), scene.order).missing == ("panel", "key_operator", "key_regulator")
    seen = opening(scene.act(scene.cast.regulator), scene.order)
    assert (seen.count, seen.bids_needed) == (None, 3)
    panel.turn_key(scene.act(scene.cast.regulator), scene.id)
    assert [key.at for key in opening(scene.act(scene.cast.operator), scene.order).keys] == [None, scene.now]
    for actor in (scene.cast.owner, scene.cast.firms[0], scene.cast.experts[0], scene.cast.officer, Actor()):
        with pytest.raises(NotFound):
            opening(scene.act(actor), scene.order)


def test_experts_read_team_and_cases_with_every_bidders_name_masked(scene, session):
    names = ("上海第七粒骰子算法人才有限公司", "上海月背面设备人才有限公司")
    offer = {"price_fen": 5, "plan": "第七粒骰子与上海月背面设备人才有限公司一起找算法人才",
             "cases": ["月背面设备的案例", "管理咨询"]}
    seen = blinded(offer, names)
    assert "骰子" not in seen["plan"]
    assert "月背面" not in str(seen)
    assert seen["plan"].endswith("一起找算法人才")
    assert (seen["price_fen"], seen["cases"][1]) == (5, "管理咨询")
    assert MASK in seen["cases"][0]
    scene.to("open")
    told = bids.Offer(5, "Firm 1 and Firm 3 know it", "t", "Firm 2 too", ("by Firm 1",), True)
    for firm in scene.cast.firms[:3]:
        bids.bid(scene.act(firm), scene.id, told)
    scene.close()
    scene.unseal()
    rows = sheet(scene.act(scene.sitting()[0]), scene.order)
    assert len(rows) == 3
    assert not any(f"Firm {n}" in str(row.bid.offer) for row in rows for n in (1, 2, 3))
    assert {row.bid.offer["team"] for row in rows} == {f"{MASK} too"}
    assert {b.offer["team"] for b in bids.opened(session, scene.cast.owner, scene.keys, scene.order)} == {"Firm 2 too"}


def test_scores_are_shown_to_nobody_before_all_are_there_and_then_with_their_spread(scene):
    scene.to("evaluating")
    readers = (scene.cast.owner, scene.cast.operator, scene.cast.regulator, scene.sitting()[0])
    first_marks = panel.Marks(scene.opened()[0], {"plan": 1, "team": 2, "price": 3})
    panel.score(scene.act(scene.sitting()[0]), scene.id, first_marks)
    assert [table(scene.act(actor), scene.order) for actor in readers] == [None] * 4
    scene.score()
    seen = {actor.role: table(scene.act(actor), scene.order) for actor in readers}
    assert {len(one.rows) for one in seen.values()} == {3}
    first = seen[Role.ENTERPRISE_OWNER].rows[0]
    assert first.place == 1
    assert first.spread_bp == max(first.totals) - min(first.totals)
    assert [(c.name, c.spread) for c in first.criteria][:2] == [("plan", 0), ("team", 0)]
    assert first.criteria[2].spread > 0
    assert seen[Role.ENTERPRISE_OWNER].experts == ("1", "2", "3")
    assert all(name.startswith("expert") for name in seen[Role.REGULATOR].experts)
    assert {row.name for row in seen[Role.EXPERT].rows} == {""}
    for actor in (scene.cast.firms[0], scene.cast.rival, Actor()):
        with pytest.raises(NotFound):
            table(scene.act(actor), scene.order)


def test_the_announcement_names_winners_and_nobody_else(scene):
    scene.to("evaluating")
    assert announcement(scene.act(Actor()), scene.order) is None
    scene.score()
    scene.propose()
    seen = announcement(scene.act(Actor()), scene.order)
    assert [(w.rank, w.places, w.price_fen, len(w.members)) for w in seen.winners] == [
        (1, 3, 10_000_003, 2), (2, 2, 11_000_001, 1)]
    assert (seen.bids, seen.experts, seen.reason) == (3, 3, None)
    loser = scene.cast.firms[2].institution_id
    assert loser not in repr(seen)


def test_an_objection_is_whole_for_its_sides_and_a_fact_for_others(scene, session):
    scene.to("suspended")
    award.answer_objection(scene.act(scene.cast.owner), scene.id, "It has one.")
    whole = [scene.cast.owner, scene.cast.regulator, scene.cast.operator, scene.cast.firms[2]]
    assert {objections(session, actor, scene.order)[0].answer for actor in whole} == {"It has one."}
    for actor in (scene.cast.firms[0], scene.cast.rival, Actor(), scene.cast.officer):
        one = objections(session, actor, scene.order)[0]
        assert (one.firm, one.reason, one.answer) == (None, None, None)
    assert (one.answer_by - one.filed_at).days == 3
    award.dismiss(scene.act(scene.cast.regulator), scene.id, "The licence is there.")
    assert [line.outcome for line in objection_lines(session)] == ["dismissed"]
    assert award.objections_by_year(session) == {2026: {"dismissed": 1}}


def test_a_fallen_proposal_leaves_no_outcome_behind(scene, session, keys):
    scene.to("suspended")
    loser = scene.cast.firms[2]
    assert held(session, loser, keys, scene.order)[0].outcome["chosen"] is False
    award.uphold(scene.act(scene.cast.regulator), scene.id, "Right.")
    assert held(session, loser, keys, scene.order)[0].outcome is None
    assert announcement(scene.act(Actor()), scene.order) is None


def test_a_draft_is_its_writers_alone_sealed_and_gone_with_the_bid(scene, session, keys):
    scene.to("open")
    me = scene.cast.firms[0]
    save_draft(scene.act(me), scene.id, {"plan": "a secret plan"})
    save_draft(scene.act(me), scene.id, {"plan": "a better plan"})
    assert draft_of(session, me, keys, scene.id)[0] == {"plan": "a better plan"}
    for actor in (scene.cast.firm_staff, scene.cast.firms[1], scene.cast.operator, Actor()):
        assert draft_of(session, actor, keys, scene.id) is None
    assert "order.save_bid_draft" not in [e.event for e in queries.trail(session, scene.cast.operator, scene.order)]
    assert bids.count(session, scene.cast.operator, scene.order) == 0
    drop_draft(scene.act(me), scene.id)
    assert draft_of(session, me, keys, scene.id) is None
    with pytest.raises(NotFound):
        save_draft(scene.act(me), "NOBODY", {})


def test_only_the_operator_keeps_the_pool_and_an_employer_makes_a_conflict_at_once(scene, session):
    scene.to("sealed")
    expert = scene.cast.experts[0].person_id
    for actor in (scene.cast.regulator, scene.cast.owner, Actor()):
        with pytest.raises(NotFound):
            experts.pool(session, actor)
        with pytest.raises(NotAllowed):
            experts.employ(scene.act(actor), expert, experts.Employer(scene.cast.owner.enterprise_id))
    op = scene.act(scene.cast.operator)
    row = experts.employ(op, expert, experts.Employer(scene.cast.owner.enterprise_id, started_on=date(2020, 1, 1)))
    assert expert in [c.person_id for c in conflicts(session, scene.order, [expert], scene.now)]
    with pytest.raises(InvalidInput):
        experts.employ(op, expert, experts.Employer())
    for wrong in (date(2019, 1, 1), scene.now.date() + timedelta(days=2)):
        with pytest.raises(InvalidInput, match="ended_on"):
            experts.end_employment(op, row.id, wrong)
    experts.end_employment(op, row.id, date(2022, 1, 1))
    assert conflicts(session, scene.order, [expert], scene.now) == []
    line = next(one for one in experts.pool(session, scene.cast.operator) if one.person_id == expert)
    assert [(job.employer, job.ended_on) for job in line.jobs] == [("enterprise", date(2022, 1, 1))]


def test_an_expert_taken_out_of_the_pool_is_drawn_no_more(scene, session):
    scene.to("sealed")
    for place in (0, 1):
        experts.remove(scene.act(scene.cast.operator), scene.cast.experts[place].person_id)
    with pytest.raises(NotPossibleNow, match=r"experts_enough$"):
        panel.draw_panel(scene.act(scene.cast.operator), scene.id, 3)
    with pytest.raises(NotFound):
        experts.remove(scene.act(scene.cast.operator), scene.cast.experts[0].person_id)


def test_places_that_were_given_stay_given_when_another_winner_declines(scene, session):
    scene.to("awarded")
    award.decline(scene.act(scene.cast.firms[1]), scene.id, "no time")
    assert award.places_held(session, scene.order) == 2
    assert [row.place for row in panel.ranking(scene.act(scene.cast.owner), scene.order, without=())] == [1, 2, 3]
    left = panel.ranking(scene.act(scene.cast.owner), scene.order)
    assert len(left) == 1
    award.propose(scene.act(scene.cast.owner), scene.id, award.Proposal({left[0].bid_id: 3}, "the others are taken"))
    outcomes = {bid.institution_id: bid.outcome["chosen"] for bid in session.scalars(select(Bid))}
    kept = next(row.institution_id for row in session.scalars(select(Award).where(Award.state == "active")))
    assert outcomes[kept]  # whose places stand is not told that it was passed over
