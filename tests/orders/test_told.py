"""Who is told of what concerns one firm or one candidate of an order: once, and nobody else."""

from collections import Counter

from sqlalchemy import select

from market.access import Actor, Role
from market.accounts.models import Member, Organisation
from market.notices.models import Notice
from market.orders import bids, candidates
from market.orders.bid_models import Award, AwardedPlace
from market.orders.candidates import Decision, Proposed


def told(scene, event):
    """Person -> how many messages of an event."""
    scene.session.flush()
    return Counter(scene.session.scalars(select(Notice.person_id).where(Notice.event == f"order.{event}")))


def lead_with(scene, member, offer, share=4000):
    """The first firm bids with another one."""
    lead = scene.cast.firms[0]
    return bids.bid(scene.act(lead), scene.id, offer, (
        (lead.institution_id, 10_000 - share), (member.institution_id, share)))


def consented(scene, number=1):
    """A candidate of the first award who consented; the lead who found them."""
    lead = scene.lead()
    award = scene.session.scalars(select(Award).where(Award.institution_id == lead.institution_id)).one()
    place = scene.session.scalars(select(AwardedPlace.number).where(AwardedPlace.award_id == award.id)).first()
    row, link = candidates.propose(scene.act(lead), scene.id, Proposed(place, "Li Lei", f"138{number:08d}"))
    candidates.consent(scene.act(candidates.by_link(scene.act(Actor()), link)[0]), row.id, "2026-01")
    return row, lead


def test_a_firm_is_told_when_it_is_asked_into_a_joint_bid_and_again_only_when_asked_anew(scene):
    scene.to("open")
    member = scene.cast.firms[1]
    made = lead_with(scene, member, scene.offer(5))
    assert told(scene, "ask_member") == {member.person_id: 1}
    scene.forward(minutes=1)
    lead_with(scene, member, scene.offer(6))  # the question is still open
    assert told(scene, "ask_member") == {member.person_id: 1}
    bids.consent_bid(scene.act(member), scene.id, made.id)
    lead_with(scene, member, scene.offer(6))  # nothing changed
    assert told(scene, "ask_member") == {member.person_id: 1}
    scene.forward(minutes=1)
    lead_with(scene, member, scene.offer(6), 3000)
    assert told(scene, "ask_member") == {member.person_id: 2}


def test_a_firm_that_declined_and_is_asked_again_is_told_again(scene):
    scene.to("open")
    member = scene.cast.firms[1]
    made = lead_with(scene, member, scene.offer(5))
    bids.refuse_bid(scene.act(member), scene.id, made.id)
    scene.forward(minutes=1)
    lead_with(scene, member, scene.offer(5))
    assert told(scene, "ask_member") == {member.person_id: 2}


def test_a_bid_without_members_tells_nobody(scene):
    scene.to("open")
    bids.bid(scene.act(scene.cast.firms[0]), scene.id, scene.offer(5))
    assert told(scene, "ask_member") == {}


def test_the_enterprise_is_told_of_a_candidate_once_it_can_see_the_card(scene):
    scene.to("delivering")
    one, lead = consented(scene)
    two, _ = consented(scene, 2)
    assert told(scene, "candidate_submit") == {}
    candidates.submit(scene.act(lead), one.id)
    candidates.submit(scene.act(lead), two.id)  # at the same moment, and another candidate
    assert told(scene, "candidate_submit") == {scene.cast.owner.person_id: 2}


def test_the_winner_whose_candidate_is_moved_is_told_of_each_move_and_no_other_winner(scene):
    scene.to("delivering")
    row, lead = consented(scene)
    candidates.submit(scene.act(lead), row.id)
    for event in ("interview", "offer", "place"):
        candidates.move(scene.act(scene.cast.owner), scene.id, row.id, Decision(event))
        assert told(scene, f"candidate_{event}") == {lead.person_id: 1}
    candidates.guarantee(scene.act(scene.cast.owner), scene.id, row.id, Decision("start"))
    candidates.guarantee(scene.act(scene.cast.owner), scene.id, row.id, Decision("replace", "own_wish"))
    assert told(scene, "candidate_replace") == {lead.person_id: 1}
    assert told(scene, "candidate_start") == {}


def test_a_declined_candidate_is_told_of_to_the_lead_and_to_the_member_that_found_them(scene, session):
    scene.to("delivering")
    row, lead = consented(scene)
    candidates.submit(scene.act(lead), row.id)
    member = scene.cast.firms[3]
    session.get_one(candidates.Candidate, row.candidate_id).institution_id = member.institution_id
    candidates.move(scene.act(scene.cast.staff), scene.id, row.id, Decision("decline", "skills"))
    assert told(scene, "candidate_decline") == {lead.person_id: 1, member.person_id: 1}


def test_consultants_and_people_who_left_are_not_told(scene, session):
    scene.to("open")
    member = scene.cast.firms[1]
    house = session.scalars(select(Organisation).where(Organisation.institution_id == member.institution_id)).one()
    gone = scene.cast.experts[0].person_id
    session.add_all((Member(person_id=scene.cast.experts[1].person_id, organisation_id=house.id, role=str(Role.FIRM_STAFF),
                            joined_at=scene.now),
                     Member(person_id=gone, organisation_id=house.id, role=str(Role.FIRM_LEAD), joined_at=scene.now,
                            left_at=scene.now)))
    session.flush()
    lead_with(scene, member, scene.offer(5))
    assert told(scene, "ask_member") == {member.person_id: 1}
