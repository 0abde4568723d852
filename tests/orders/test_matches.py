"""Judgements of fit, readers without ranks, measurements, and what the orders' life says of a firm; on both databases."""

import pytest
from sqlalchemy import func, select

from market.access import Actor
from market.errors import InvalidInput, NotAllowed, NotFound, NotPossibleNow
from market.matches import actions, queries
from market.matches.models import CityPlan, FitLabel
from market.standings import standings, with_standing
from matching.profiles import Profile


def firm_of(actor):
    return str(actor.institution_id)


def test_a_judgement_is_kept_once_for_each_person_and_the_newer_one_counts(scene):
    scene.to("open")
    owner, firm = scene.act(scene.cast.owner), firm_of(scene.cast.firms[0])
    actions.judge(owner, scene.id, firm, True, "  knows the  trade ")
    actions.judge(owner, scene.id, firm, False, "has no people left")
    actions.judge(scene.act(scene.cast.staff), scene.id, firm, True, "did it before")
    kept = queries.own_label(scene.session, scene.cast.owner, scene.id, firm)
    assert (kept.fit, kept.reason, kept.role) == (False, "has no people left", "enterprise_owner")
    assert queries.label_counts(scene.session) == (2, 1)


@pytest.mark.parametrize("reason", ["", " ", "x", "y" * 501])
def test_a_judgement_without_a_reason_is_refused(scene, reason):
    scene.to("open")
    with pytest.raises(InvalidInput, match="reason"):
        actions.judge(scene.act(scene.cast.owner), scene.id, firm_of(scene.cast.firms[0]), True, reason)


def test_who_may_not_judge_is_refused_and_nobody_judges_what_they_may_not_see(scene):
    scene.to("draft")
    with pytest.raises(NotFound):
        actions.judge(scene.act(scene.cast.firms[0]), scene.id, firm_of(scene.cast.firms[1]), True, "sees nothing")
    with pytest.raises(NotAllowed):
        actions.judge(scene.act(Actor()), scene.id, firm_of(scene.cast.firms[1]), True, "is nobody")
    with pytest.raises(NotFound):
        actions.judge(scene.act(scene.cast.owner), scene.id, "nobody", True, "no such firm")
    assert scene.session.scalar(select(func.count()).select_from(FitLabel)) == 0


def test_reading_without_ranks_is_remembered_for_the_person_and_taken_back(scene):
    scene.to("open")
    owner = scene.act(scene.cast.owner)
    actions.read_neutrally(owner, True)
    actions.read_neutrally(owner, True)
    assert queries.reads_neutrally(scene.session, scene.cast.owner)
    assert not queries.reads_neutrally(scene.session, scene.cast.staff)
    assert not queries.reads_neutrally(scene.session, Actor())
    actions.read_neutrally(owner, False)
    assert not queries.reads_neutrally(scene.session, scene.cast.owner)


def test_one_measurement_runs_at_a_time_and_only_staff_ask_for_it(scene):
    scene.to("open")
    with pytest.raises(NotAllowed):
        actions.ask_measurement(scene.act(scene.cast.owner))
    first = actions.ask_measurement(scene.act(scene.cast.operator))
    with pytest.raises(NotPossibleNow, match="measuring"):
        actions.ask_measurement(scene.act(scene.cast.regulator))
    first.finished_at = scene.now
    assert actions.ask_measurement(scene.act(scene.cast.regulator)).id != first.id


def test_a_plan_takes_the_place_of_the_one_before_and_a_month_keeps_its_last_fronts(scene):
    scene.to("open")
    one, two = (firm_of(firm) for firm in scene.cast.firms[:2])
    for stamp in ("a", "b"):
        queries.keep_plan(scene.session, CityPlan(made_at=scene.now, stamp=stamp, content={}))
        scene.session.flush()
    assert scene.session.scalars(select(CityPlan.stamp)).all() == ["b"]
    queries.keep_front(scene.session, "2026-02", [(scene.id, [one])])
    queries.keep_front(scene.session, "2026-03", [(scene.id, [one, two])])
    scene.session.flush()
    queries.keep_front(scene.session, "2026-03", [(scene.id, [two])])
    scene.session.flush()
    assert queries.fronts(scene.session) == {"2026-02": [[one]], "2026-03": [[two]]}


def test_places_promised_by_an_award_count_by_the_members_shares_until_they_are_filled(scene):
    scene.to("delivering")
    known = standings(scene.session)
    promised = {key: held.promised for key, held in known.items() if held.promised}
    assert sum(promised.values()) == 5
    assert all(held.asked == 0 for held in known.values())
    two, four = firm_of(scene.cast.firms[1]), firm_of(scene.cast.firms[3])
    if two in promised:  # the joint bid: 60 to 40
        assert promised[two] >= promised.get(four, 0)


def test_an_ended_order_counts_as_asked_and_what_was_filled_as_delivered(scene):
    scene.to("closed")
    known = standings(scene.session)
    assert sum(held.asked for held in known.values()) == 5
    assert 0 < sum(held.delivered for held in known.values()) <= 5
    assert all(held.promised == 0 for held in known.values())


def test_what_a_team_filled_counts_for_each_of_its_members(scene):
    scene.full = True
    scene.to("closed")
    counted = {key: (held.delivered, held.asked) for key, held in standings(scene.session).items() if held.asked}
    assert len(counted) == 3
    assert all(done == asked for done, asked in counted.values())


def test_a_profile_learns_what_is_on_record_and_how_long_the_firm_is_here(scene):
    scene.to("delivering")
    known = standings(scene.session)
    key = next(key for key, held in known.items() if held.promised)
    profiles = [Profile(key, "A", capacity_per_quarter=40), Profile("nobody", "B")]
    held, unknown = with_standing(profiles, known, scene.now.date())
    assert held.promised == known[key].promised
    assert held.free == 40 - held.promised
    assert held.listed_days is not None
    assert unknown == Profile("nobody", "B")
