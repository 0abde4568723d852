"""Following: one message for one happening, whatever ways lead to it, and nothing that the follower may not see."""

from collections import Counter

import pytest
from sqlalchemy import delete, select

from market.access import SYSTEM, Actor, Role
from market.accounts import actions
from market.accounts.models import Organisation, Person
from market.errors import InvalidInput, NotAllowed, NotFound
from market.notices import searches
from market.notices.follows import FIRM, ORDER, firm_changed, tell_ended_licences
from market.notices.inbox import inbox, switch
from market.notices.models import Notice
from market.orders import award, drafts, following
from market.orders.announcements import FOLLOWED
from market.orders.bid_models import Bid
from market.orders.models import Order
from market.orders.reminders import remind_verification


@pytest.fixture
def fan(scene):
    """Somebody signed in who is no party of anything."""
    person = Person(email="fan@demo.example", name="Fan", joined_at=scene.now)
    scene.session.add(person)
    scene.session.flush()
    return Actor(Role.APPLICANT, person.id)


def heard(scene, actor):
    """The events of an actor's messages, in their order."""
    scene.session.flush()
    return list(scene.session.scalars(select(Notice.event).where(Notice.person_id == actor.person_id).order_by(Notice.id)))


def forget(scene):
    scene.session.execute(delete(Notice))


def test_a_follower_of_an_order_hears_each_public_step_once_and_nothing_of_its_bids(scene, fan):
    scene.to("open")
    following.follow(scene.act(fan), scene.id, ORDER)
    scene.bid()
    assert heard(scene, fan) == []
    for step in (scene.close, scene.unseal, scene.score, scene.propose, scene.award, scene.sign, scene.deliver, scene.accept,
                 scene.settle, scene.rate, scene.close_for_good):
        step()
    assert heard(scene, fan) == [f"follow.{event}" for event in (
        "close_bids", "unseal", "propose", "award", "sign", "accept", "rate_close")]
    details = scene.session.scalars(select(Notice.reasons).where(Notice.person_id == fan.person_id)).all()
    assert details == [[]] * 7


def test_whoever_follows_the_firm_and_its_order_gets_one_message_of_the_award(scene, fan):
    scene.to("standstill")
    following.follow(scene.act(fan), scene.id, ORDER)
    for firm in scene.cast.firms:
        following.follow(scene.act(fan), firm.institution_id, FIRM)
    scene.award()
    assert heard(scene, fan) == ["follow.award"]
    row, = inbox(scene.session, fan)
    one, two, _, four = (firm.institution_id for firm in scene.cast.firms)  # the third lost
    assert row.reasons == [f"won:{firm}" for firm in sorted((one, two, four))]


@pytest.mark.parametrize(("place", "told"), [(0, ["follow.award"]), (2, []), (3, ["follow.award"])])
def test_whoever_follows_a_firm_hears_that_it_won_as_lead_or_member_and_nothing_of_a_loser(scene, fan, place, told):
    scene.to("open")
    following.follow(scene.act(fan), scene.cast.firms[place].institution_id, FIRM)
    scene.bid()
    for step in (scene.close, scene.unseal, scene.score, scene.propose, scene.award):
        step()
    assert heard(scene, fan) == told


def test_a_party_that_follows_is_told_as_a_party_and_once(scene):
    scene.to("open")
    parties = (scene.cast.owner, *scene.cast.firms)
    for actor in parties:
        following.follow(scene.act(actor), scene.id, ORDER)
        for firm in scene.cast.firms:
            following.follow(scene.act(actor), firm.institution_id, FIRM)
    forget(scene)
    scene.bid()
    for step in (scene.close, scene.unseal, scene.score, scene.propose, scene.award):
        step()
    keys = Counter(scene.session.execute(select(Notice.person_id, Notice.key)).all())
    moments = Counter((row.person_id, row.event.partition(".")[2]) for row in scene.session.scalars(select(Notice)))
    assert keys
    assert max(keys.values()) == max(moments.values()) == 1
    assert "follow.award" not in heard(scene, scene.cast.firms[0])
    assert "order.award" in heard(scene, scene.cast.firms[0])
    assert not [event for event in heard(scene, scene.cast.owner) if event in ("follow.propose", "follow.award")]  # their own


def test_nobody_follows_what_they_may_not_know_of(scene, fan):
    scene.draft()
    for key, kind in ((scene.id, ORDER), ("NOBODY", FIRM), ("NOTHING", ORDER), (scene.id, "person")):
        with pytest.raises(NotFound):
            following.follow(scene.act(fan), key, kind)
    with pytest.raises(NotAllowed):
        following.follow(scene.act(Actor()), "F1", FIRM)
    following.follow(scene.act(scene.cast.owner), scene.id, ORDER)


def test_a_public_posting_is_not_followed(scene, fan):
    scene.session.add(Order(id="P1", kind="posting", state="reference", title="posting", source_kind="reference"))
    scene.session.flush()
    with pytest.raises(NotFound):
        following.follow(scene.act(fan), "P1", ORDER)


def test_an_order_that_is_hidden_again_says_nothing_to_whoever_followed_it(scene):
    scene.draft()
    drafts.submit(scene.act(scene.cast.owner), scene.id)
    operator = scene.cast.operator
    following.follow(scene.act(operator), scene.id, ORDER)
    forget(scene)
    scene.cancel()
    assert heard(scene, operator) == []
    assert following.mine(scene.session, operator)[0].thing is None
    following.unfollow(scene.act(operator), scene.id, ORDER)
    assert following.mine(scene.session, operator) == []


def test_what_a_file_changes_of_a_firm_is_one_message_that_says_what(scene, fan):
    firm = scene.session.get(following.Institution, "F1")
    following.follow(scene.act(fan), "F1", FIRM)
    firm.version, firm.credit_grade = 2, "D"
    for _ in range(2):
        firm_changed(scene.session, firm, {"credit_grade": "D", "services": [], "lon": 1.0}, "B")
    row, = inbox(scene.session, fan)
    assert (row.event, row.reasons) == ("follow.firm", ["credit_grade:B:D", "services"])
    firm.version = 3
    firm_changed(scene.session, firm, {"lon": 2.0}, "D")
    assert len(inbox(scene.session, fan)) == 1


def house_of(scene, firm):
    return scene.session.scalars(select(Organisation).where(Organisation.institution_id == firm.institution_id)).one()


def test_a_ban_and_the_way_back_are_told_without_the_reason_and_to_the_firm_itself_once(scene, fan):
    firm = scene.cast.firms[0]
    house = house_of(scene, firm)
    for actor in (fan, firm):
        following.follow(scene.act(actor), firm.institution_id, FIRM)
    actions.refuse(scene.act(scene.cast.operator), house.id, "a secret reason")
    row, = inbox(scene.session, fan)
    assert (row.event, row.object_id, row.reasons) == ("follow.standing", firm.institution_id, ["suspended"])
    assert heard(scene, firm) == ["organisation.refused"]
    actions.refuse(scene.act(scene.cast.operator), house.id, "again")  # suspended -> refused: the label goes
    assert [one.reasons for one in inbox(scene.session, fan)] == [["none"], ["suspended"]]


def test_a_renewed_verification_changes_no_label_and_says_nothing(scene, fan):
    firm = scene.cast.firms[0]
    house = house_of(scene, firm)
    house.licence_number = "L1"
    house.unified_code = scene.session.get(following.Institution, firm.institution_id).unified_code
    following.follow(scene.act(fan), firm.institution_id, FIRM)
    actions.approve(scene.act(scene.cast.operator), house.id)
    assert heard(scene, fan) == []


def test_a_verification_that_runs_out_is_told_once_and_only_to_whoever_followed_then(scene, fan):
    firm = scene.cast.firms[0]
    following.follow(scene.act(fan), firm.institution_id, FIRM)
    scene.forward(days=184)
    late = scene.cast.rival
    following.follow(scene.act(late), firm.institution_id, FIRM)
    for _ in range(2):
        remind_verification(scene.act(SYSTEM))
    assert heard(scene, fan) == ["follow.standing"]
    assert "follow.standing" not in heard(scene, late)


def test_a_licence_that_runs_out_is_told_once_and_only_to_whoever_followed_then(scene, fan):
    following.follow(scene.act(fan), "F1", FIRM)
    licence = scene.session.get(following.Institution, "F1").licences[0]
    licence.valid_to = scene.now.date()
    scene.session.flush()
    assert tell_ended_licences(scene.act(SYSTEM)) == 0
    scene.forward(days=1)
    following.follow(scene.act(scene.cast.rival), "F1", FIRM)
    assert [tell_ended_licences(scene.act(SYSTEM)) for _ in range(2)] == [1, 0]
    row, = inbox(scene.session, fan)
    assert (row.event, row.reasons) == ("follow.firm", [f"ended:{licence.name}"])


def test_a_firm_whose_award_fell_is_not_told_of_as_a_winner(scene, fan):
    scene.to("suspended")
    fallen, third = scene.cast.firms[0], scene.cast.firms[2]
    for firm in (fallen, third):
        following.follow(scene.act(fan), firm.institution_id, FIRM)
    award.uphold(scene.act(scene.cast.regulator), scene.id, "right")
    rows = {row.institution_id: row.id for row in scene.session.scalars(select(Bid).where(Bid.order_id == scene.id))}
    award.propose(scene.act(scene.cast.owner), scene.id, award.Proposal({rows[third.institution_id]: 2}, "because"))
    scene.award()
    row, = inbox(scene.session, fan)
    assert (row.event, row.reasons) == ("follow.award", [f"won:{third.institution_id}"])


def test_a_follower_switches_an_event_off(scene, fan):
    scene.to("sealed")
    following.follow(scene.act(fan), scene.id, ORDER)
    switch(scene.act(fan), "follow.unseal", (False, "never"))
    scene.unseal()
    assert heard(scene, fan) == []


def test_a_change_that_a_kept_search_finds_too_is_one_message_that_names_the_search(scene):
    owner = scene.cast.owner
    scene.to("paused")
    following.follow(scene.act(scene.cast.rival), scene.id, ORDER)
    searches.save(scene.act(scene.cast.rival), "compilers", {}, [])
    searches.alert(scene.act(SYSTEM), lambda _: [])
    forget(scene)
    scene.forward(hours=1)
    drafts.resume(scene.act(owner), scene.id)
    assert searches.alert(scene.act(SYSTEM), lambda _: [f"order:{scene.id}"]) == 0
    row, = inbox(scene.session, scene.cast.rival)
    assert (row.event, row.reasons) == ("follow.resume", ["search:compilers"])
    searches.save(scene.act(scene.cast.rival), "later", {}, [])
    scene.forward(hours=1)
    assert searches.alert(scene.act(SYSTEM), lambda _: []) == 0
    scene.forward(hours=1)  # nothing changed since that look: what is found now is news of its own
    assert searches.alert(scene.act(SYSTEM), lambda q: [f"order:{scene.id}"]) == 1


def test_a_message_that_is_switched_off_for_the_inbox_hides_no_hit(scene):
    rival = scene.cast.rival
    scene.to("paused")
    following.follow(scene.act(rival), scene.id, ORDER)
    searches.save(scene.act(rival), "compilers", {}, [])
    switch(scene.act(rival), "follow.resume", (False, "digest"))
    drafts.resume(scene.act(scene.cast.owner), scene.id)
    assert searches.alert(scene.act(SYSTEM), lambda _: [f"order:{scene.id}"]) == 1


def test_one_follows_no_more_than_can_be_read(scene, fan, monkeypatch):
    monkeypatch.setattr(following, "MOST", 2)
    following.follow(scene.act(fan), "F1", FIRM)
    following.follow(scene.act(fan), "F2", FIRM)
    with pytest.raises(InvalidInput):
        following.follow(scene.act(fan), "F3", FIRM)


def test_no_event_of_a_bid_a_candidate_or_the_panel_is_followed():
    private = {"submit", "return", "bid", "withdraw", "ask", "say", "ask_member", "consent_bid", "refuse_bid", "score",
               "recuse", "settle", "seat_drawn", "seat_freed"}
    assert not private & set(FOLLOWED)
    assert not [event for event in FOLLOWED if event.startswith("candidate")]
