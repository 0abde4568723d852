"""Closing one's own account: refused while anything would lose its owner; nothing but the number is left."""

import orjson
import pytest
from sqlalchemy import func, select

from market.access import Actor, Role
from market.accounts import membership, sessions, tokens
from market.accounts.models import Expert, Member, Person, SignedIn
from market.accounts.passwords import hashed
from market.audit import AuditEntry
from market.errors import NotFound, NotPossibleNow
from market.institutions.models import Institution
from market.notices import searches
from market.notices.inbox import Happening, tell
from market.notices.models import Follow, Notice, SavedSearch
from market.orders import bids, following, leaving, panel, person_data, shortlists
from market.orders.bid_models import Shortlist, ShortlistFirm
from market.orders.leaving import close_account, held_by

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.usefixtures("quick_hash")


def person_of(scene, actor):
    row = scene.session.get(Person, actor.person_id)
    row.password_hash = hashed(PASSWORD)
    scene.session.flush()
    return row


def member_of(scene, actor):
    return scene.session.scalars(select(Member).where(Member.person_id == actor.person_id, Member.left_at.is_(None))).one()


def kinds(scene, actor):
    return [(held.kind, held.key) for held in held_by(scene.session, actor.person_id)]


def test_an_account_that_holds_nothing_is_closed_and_only_its_number_is_left(scene):
    staff = scene.cast.staff
    person = person_of(scene, staff)
    email, number = person.email, person.id
    token = sessions.sign_in(scene.act(Actor()), email, PASSWORD).token
    program = tokens.create(scene.act(staff), "mine", 9)[1]
    searches.save(scene.act(staff), "kept", {}, [])
    following.follow(scene.act(staff), "F1", "institution")
    tell(scene.act(staff), Happening("order.publish", "order", "X", "k"), [number])
    assert close_account(scene.act(staff), PASSWORD, "a new job")
    scene.session.expire_all()
    person = scene.session.get(Person, number)
    kept = {column.key: getattr(person, column.key) for column in Person.__mapper__.columns}
    assert kept == {"id": number, "email": f"closed-{number}", "name": f"#{number}", "password_hash": None,
                    "totp_sealed": None, "totp_step": 0, "joined_at": person.joined_at, "closed_at": scene.now}
    for table in (SavedSearch, Follow, Notice, SignedIn):
        assert scene.session.scalar(select(func.count()).select_from(table).where(table.person_id == number)) == 0
    assert sessions.actor_of(scene.act(Actor()), token).person_id is None
    assert tokens.actor_of(scene.session, program, scene.now).person_id is None
    assert sessions.sign_in(scene.act(Actor()), email, PASSWORD) is None
    entry = scene.session.scalars(select(AuditEntry).where(AuditEntry.event == "account.closed")).one()
    assert (entry.person_id, entry.object_id, entry.detail) == (number, str(number), {"reason": "a new job"})
    assert scene.session.scalars(select(AuditEntry).where(AuditEntry.person_id == number)).all()
    assert scene.session.scalars(select(Member).where(Member.person_id == number)).one().left_at == scene.now
    again = Person(email=email, name="New", joined_at=scene.now)  # the address is free again
    scene.session.add(again)
    scene.session.flush()


def test_a_wrong_password_closes_nothing_and_is_counted(scene):
    staff = scene.cast.staff
    person = person_of(scene, staff)
    assert not close_account(scene.act(staff), "wrong", "")
    assert person.closed_at is None
    for _ in range(9):
        scene.forward(days=1)
        close_account(scene.act(staff), "wrong", "")
    with pytest.raises(NotPossibleNow, match="wait"):
        close_account(scene.act(staff), PASSWORD, "")


def test_a_visitor_has_nothing_to_close(scene):
    with pytest.raises(NotFound):
        close_account(scene.act(Actor()), PASSWORD, "")


def test_orders_that_run_keep_their_owner_until_they_are_handed_over(scene):
    owner, staff = scene.cast.owner, scene.cast.staff
    person_of(scene, owner)
    scene.to("open")
    assert kinds(scene, owner)[0] == ("order", scene.id)
    with pytest.raises(NotPossibleNow, match="held"):
        close_account(scene.act(owner), PASSWORD, "")
    heir = member_of(scene, staff)
    membership.set_role(scene.act(owner), heir.id, Role.ENTERPRISE_OWNER, admin=True)
    scene.order.owner_id = staff.person_id
    scene.session.flush()
    assert kinds(scene, owner) == []
    assert close_account(scene.act(owner), PASSWORD, "")


def test_an_order_that_is_over_holds_nobody(scene):
    owner = scene.cast.owner
    membership.set_role(scene.act(owner), member_of(scene, scene.cast.staff).id, Role.ENTERPRISE_OWNER, admin=True)
    scene.to("cancelled")
    assert kinds(scene, owner) == []


def test_the_last_admin_stays_while_others_are_there(scene):
    owner = scene.cast.owner
    assert kinds(scene, owner) == [("admin", str(owner.organisation_id))]
    membership.set_role(scene.act(owner), member_of(scene, scene.cast.staff).id, Role.ENTERPRISE_OWNER, admin=True)
    assert kinds(scene, owner) == []


def test_the_only_lead_of_a_firm_stays_while_it_takes_part_in_an_order(scene):
    scene.to("open")
    scene.bid()
    third = scene.cast.firms[2]
    assert kinds(scene, third) == [("firm_order", scene.id)]
    second = Member(person_id=scene.cast.rival.person_id, organisation_id=third.organisation_id, role="firm_lead", admin=True,
                    joined_at=scene.now, left_at=scene.now)
    scene.session.add(second)
    scene.session.flush()
    assert kinds(scene, third) == [("firm_order", scene.id)]  # a colleague who left takes nothing over
    second.left_at = None
    scene.session.flush()
    assert kinds(scene, third) == []


def test_a_withdrawn_bid_and_an_order_that_is_over_hold_no_lead(scene):
    scene.to("open")
    scene.bid()
    bids.withdraw(scene.act(scene.cast.firms[2]), scene.id)
    assert kinds(scene, scene.cast.firms[2]) == []
    assert kinds(scene, scene.cast.firms[1]) == [("firm_order", scene.id)]
    scene.cancel()
    assert kinds(scene, scene.cast.firms[1]) == []


def test_an_expert_stays_until_the_panel_is_done(scene):
    scene.to("evaluating")
    expert = scene.sitting()[0]
    assert kinds(scene, expert) == [("panel", scene.id)]
    person_of(scene, expert)
    with pytest.raises(NotPossibleNow):
        close_account(scene.act(expert), PASSWORD, "")
    scene.score()
    scene.propose()
    assert kinds(scene, expert) == []
    assert close_account(scene.act(expert), PASSWORD, "")
    row = scene.session.get(Expert, expert.person_id)
    assert (row.approved_at, row.fields) == (None, [])


def test_an_expert_who_stepped_back_is_free_to_go(scene):
    scene.to("evaluating")
    expert = scene.sitting()[0]
    panel.recuse(scene.act(expert), scene.id, "a cousin bids")
    assert kinds(scene, expert) == []


def test_the_only_member_of_an_authority_stays(scene):
    for actor in (scene.cast.operator, scene.cast.regulator):
        assert kinds(scene, actor) == [("house", str(actor.organisation_id))]


def lists_of(scene, actor):
    return [row.name for row in scene.session.scalars(select(Shortlist).where(Shortlist.owner_id == actor.person_id))]


def listed(scene, actor, name="mine"):
    row = shortlists.make(scene.act(actor), name)
    shortlists.put(scene.act(actor), row.id, "F1", "a note")
    return row


def test_the_shortlists_of_whoever_leaves_go_to_the_one_who_takes_the_orders(scene):
    owner, staff = scene.cast.owner, scene.cast.staff
    scene.to("open")
    membership.set_role(scene.act(owner), member_of(scene, staff).id, Role.ENTERPRISE_OWNER, admin=True)
    row, others = listed(scene, owner), listed(scene, staff, "theirs")
    shortlists.share(scene.act(owner), row.id, staff.person_id, "view")
    shortlists.share(scene.act(staff), others.id, owner.person_id, "edit")
    admin = sessions.actor_for(staff.person_id, Role.ENTERPRISE_OWNER, member_of(scene, staff))
    membership.remove(scene.act(admin), member_of(scene, owner).id, {scene.id: staff.person_id})
    scene.session.expire_all()
    assert sorted(lists_of(scene, staff)) == ["mine", "theirs"]
    assert scene.session.get(Shortlist, row.id).shared == scene.session.get(Shortlist, others.id).shared == {}
    assert shortlists.right_of(scene.session, staff, row.id)[1] == "own"
    assert [one.note for one in shortlists.firms(scene.session, staff, row.id, scene.now)] == ["a note"]


def test_without_orders_the_shortlists_go_to_the_admin_who_acts(scene):
    owner, staff = scene.cast.owner, scene.cast.staff
    listed(scene, staff)
    membership.remove(scene.act(owner), member_of(scene, staff).id, {})
    assert lists_of(scene, owner) == ["mine"]


def test_of_two_admins_the_one_who_removes_takes_the_shortlists(scene):
    staff, house = scene.cast.staff, scene.cast.owner.organisation_id
    membership.set_role(scene.act(scene.cast.owner), member_of(scene, staff).id, Role.ENTERPRISE_STAFF, admin=True)
    person = Person(email="third@demo.example", name="Third", joined_at=scene.now)
    scene.session.add(person)
    scene.session.flush()
    third = Member(person_id=person.id, organisation_id=house, role="enterprise_staff", admin=False, joined_at=scene.now)
    scene.session.add(third)
    scene.session.flush()
    listed(scene, sessions.actor_for(person.id, Role.ENTERPRISE_STAFF, third))
    admin = sessions.actor_for(staff.person_id, Role.ENTERPRISE_STAFF, member_of(scene, staff))
    membership.remove(scene.act(admin), third.id, {})
    assert lists_of(scene, staff) == ["mine"]


def test_the_shortlists_of_a_closed_account_go_to_a_colleague_or_with_the_last_one(scene):
    staff, rival = scene.cast.staff, scene.cast.rival
    person_of(scene, staff)
    listed(scene, staff)
    close_account(scene.act(staff), PASSWORD, "")
    assert lists_of(scene, scene.cast.owner) == ["mine"]
    person_of(scene, rival)
    row = listed(scene, rival)
    assert held_by(scene.session, rival.person_id) == []
    close_account(scene.act(rival), PASSWORD, "")
    assert scene.session.scalar(select(func.count()).select_from(Shortlist).where(Shortlist.id == row.id)) == 0
    assert scene.session.scalar(select(func.count()).select_from(ShortlistFirm)) == 1


def test_one_s_own_file_holds_what_is_one_s_own_and_no_secret(scene):
    owner, staff = scene.cast.owner, scene.cast.staff
    person_of(scene, owner)
    scene.to("open")
    listed(scene, owner)
    listed(scene, staff, "zqx-of-somebody-else")
    sessions.sign_in(scene.act(Actor()), scene.session.get(Person, owner.person_id).email, PASSWORD)
    tokens.create(scene.act(owner), "mine", 9)
    scene.session.flush()
    found = person_data.everything_on(scene.session, owner)
    text = orjson.dumps(found).decode()
    assert found["person"]["email"] == scene.session.get(Person, owner.person_id).email
    assert [row["id"] for row in found["orders_owned"]] == [scene.id]
    assert [row["name"] for row in found["shortlists"]] == ["mine"]
    assert [row["institution_id"] for row in found["shortlist_firms"]] == ["F1"]
    assert found["audit"]
    assert found["access_tokens"]
    assert "zqx" not in text
    secrets = scene.session.scalars(select(SignedIn.token_hash)).all()
    assert secrets
    assert not [one for one in (*secrets, "password_hash", "argon2", "totp_sealed") if one in text]


def test_every_table_of_a_person_is_in_their_file_or_left_out_for_a_reason():
    from market.models import Table

    left_out = {"people", "bids", "key_turns", "scores", "measurements", "sign_in_lanes"}  # firm's, panel's, site's
    named = {column.table.name for column in person_data.TABLES.values()}
    assert {table.name for table in Table.metadata.sorted_tables if "person_id" in table.columns} - named - left_out == set()
    assert {table.__tablename__ for table in leaving.FORGOTTEN} <= named
    assert Institution.__tablename__ not in named
