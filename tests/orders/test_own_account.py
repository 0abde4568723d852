"""What people do with their own account and organisation, and what others may read of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from market.access import SYSTEM, Actor, Role
from market.accounts import actions, founding, membership, own, register, sessions, tickets
from market.accounts.actions import Application
from market.accounts.founding import Founding
from market.accounts.models import Member, Organisation, Person
from market.accounts.passwords import hashed
from market.accounts.register import OrganisationsWanted
from market.accounts.tickets import Invitation
from market.audit import AuditEntry
from market.errors import InvalidInput, NotAllowed, NotFound, NotPossibleNow
from market.institutions.models import Institution
from market.institutions.rules import sample_code
from market.notices import inbox
from market.notices.inbox import Happening, tell
from market.orders import audit_trail
from market.orders.audit_trail import AuditWanted
from market.orders.models import Order

PASSWORD, NEW = "correct horse battery", "another horse battery"

pytestmark = pytest.mark.usefixtures("quick_hash")


def with_password(scene, actor):
    """Gives somebody of the cast a password; gives their address."""
    person = scene.session.get(Person, actor.person_id)
    person.password_hash = hashed(PASSWORD)
    scene.session.flush()
    return person.email


def signed_in_twice(scene, actor):
    email = with_password(scene, actor)
    return [sessions.sign_in(scene.act(Actor()), email, PASSWORD).token for _ in range(2)]


def who(scene, token):
    return sessions.actor_of(scene.act(Actor()), token).person_id


def test_a_new_password_asks_the_old_one_and_ends_every_other_session(scene):
    owner = scene.cast.owner
    here, there = signed_in_twice(scene, owner)
    assert not own.change_password(scene.act(owner), here, "not the old one", NEW)
    with pytest.raises(InvalidInput, match="too_short"):
        own.change_password(scene.act(owner), here, PASSWORD, "short")
    assert own.change_password(scene.act(owner), here, PASSWORD, NEW)
    assert (who(scene, here), who(scene, there)) == (owner.person_id, None)
    assert sessions.sign_in(scene.act(Actor()), "owner@demo.example", NEW)
    with pytest.raises(NotFound):
        own.change_password(scene.act(Actor()), here, PASSWORD, NEW)


def test_the_old_password_cannot_be_guessed_without_waiting(scene):
    owner = scene.cast.owner
    here, _ = signed_in_twice(scene, owner)
    for _ in range(5):
        own.change_password(scene.act(owner), here, "not the old one", NEW)
    with pytest.raises(NotPossibleNow, match="wait"):
        own.change_password(scene.act(owner), here, PASSWORD, NEW)


def test_every_session_ends_at_once_when_its_person_says_so(scene):
    tokens = signed_in_twice(scene, scene.cast.owner)
    own.end_everywhere(scene.act(scene.cast.owner))
    assert [who(scene, token) for token in tokens] == [None, None]


def member(scene, actor):
    return scene.session.scalars(select(Member).where(Member.person_id == actor.person_id)).one()


def test_an_admin_changes_roles_but_not_the_last_admin_nor_an_owner_with_orders(scene):
    owner, staff = scene.cast.owner, scene.cast.staff
    mine, theirs = member(scene, owner), member(scene, staff)
    with pytest.raises(NotPossibleNow, match="last_admin"):
        membership.set_role(scene.act(owner), mine.id, Role.ENTERPRISE_OWNER, admin=False)
    membership.set_role(scene.act(owner), theirs.id, Role.ENTERPRISE_OWNER, admin=True)
    scene.draft()
    with pytest.raises(NotPossibleNow, match=scene.id):
        membership.set_role(scene.act(owner), mine.id, Role.ENTERPRISE_STAFF, admin=True)
    for role in (Role.FIRM_LEAD, Role.OPERATOR):
        with pytest.raises(InvalidInput, match="role"):
            membership.set_role(scene.act(owner), theirs.id, role, admin=False)
    with pytest.raises(NotFound):
        membership.set_role(scene.act(scene.cast.rival), theirs.id, Role.ENTERPRISE_STAFF, admin=False)
    with pytest.raises(NotFound):
        membership.set_role(scene.act(staff), theirs.id, Role.ENTERPRISE_STAFF, admin=False)


def test_somebody_with_an_account_joins_only_when_signed_in_as_themselves(scene, session):
    owner, expert = scene.cast.owner, scene.cast.experts[0]
    email = session.get(Person, expert.person_id).email
    token = tickets.invite(scene.act(owner), Invitation(email, Role.ENTERPRISE_STAFF))
    assert tickets.invited(scene.act(Actor()), token).known
    for actor in (Actor(), scene.cast.rival, Actor(Role.VISITOR, expert.person_id)):
        with pytest.raises(InvalidInput, match="sign in"), session.begin_nested():
            tickets.join(scene.act(actor), token, "x", PASSWORD)
    joined = tickets.join(scene.act(expert), token, "", "")
    assert (joined.person_id, joined.organisation_id) == (expert.person_id, owner.organisation_id)
    with pytest.raises(NotFound):
        tickets.invited(scene.act(Actor()), token)
    again = tickets.invite(scene.act(owner), Invitation(email, Role.ENTERPRISE_STAFF))
    with pytest.raises(InvalidInput, match="member"):
        tickets.join(scene.act(expert), again, "", "")


def test_a_refused_organisation_reads_why_and_asks_again(scene, session):
    person = actions.register(scene.act(Actor()), "new@example.org", "New", PASSWORD)
    applied = Application("enterprise", "New House", sample_code(77))
    house = actions.apply(scene.act(Actor(Role.APPLICANT, person.id)), person.id, applied)
    operator = scene.cast.operator
    me = sessions.actor_for(person.id, Role.APPLICANT, session.scalars(select(Member).where(
        Member.person_id == person.id)).one())
    with pytest.raises(NotPossibleNow):
        actions.apply_again(scene.act(me), house.id, "", "please")
    actions.refuse(scene.act(operator), house.id, "no such address")
    note, = inbox.inbox(session, me)
    assert (note.event, note.reasons) == ("organisation.refused", ["no such address"])
    scene.forward(minutes=1)
    for stranger in (scene.cast.owner, Actor(Role.APPLICANT, person.id)):
        with pytest.raises(NotFound):
            actions.apply_again(scene.act(stranger), house.id, "", "please")
    actions.apply_again(scene.act(me), house.id, "", "we moved")
    assert house.state == "applied"
    scene.forward(minutes=1)
    actions.approve(scene.act(operator), house.id)
    told = [row.event for row in inbox.inbox(session, me)]
    assert told == ["organisation.approved", "organisation.refused"]
    assert [row.event for row in inbox.inbox(session, operator)] == ["organisation.applied"] * 2


def test_the_register_is_the_operators_and_says_what_speaks_for_an_applicant(scene, session):
    operator = scene.cast.operator
    firm = session.get(Institution, "F5")
    person = actions.register(scene.act(Actor()), "new@example.org", "New", PASSWORD)
    house = actions.apply(scene.act(Actor(Role.APPLICANT, person.id)), person.id,
                          Application("hr_firm", "Another name", firm.unified_code, "L5"))
    day = scene.now.date()
    assert [(check.name, check.holds) for check in register.checks(session, house, day)] == [
        ("code", True), ("register", True), ("name", False), ("licence", True)]
    assert not register.checks(session, house, day.replace(year=2031))[-1].holds
    house.licence_number = "L6"
    assert not register.checks(session, house, day)[-1].holds
    total, rows = register.listed(session, operator, OrganisationsWanted("applied"))
    assert (total, rows) == (1, [house])
    assert register.listed(session, operator, OrganisationsWanted(text="Another"))[1] == [house]
    assert register.listed(session, operator, OrganisationsWanted(text=firm.unified_code.lower()))[1] == [house]
    assert register.counts(session, operator)["applied"] == 1
    assert register.applicant(session, house) is person
    for other in (scene.cast.owner, scene.cast.regulator, Actor()):
        assert register.listed(session, other, OrganisationsWanted()) == (0, [])
        assert register.counts(session, other) == {}


def test_authorities_are_founded_by_command_and_the_first_of_them_is_admin(scene, session):
    act = scene.act(SYSTEM)
    bureau = Founding("officer@example.org", Role.DISTRICT_OFFICER, "Xuhui bureau", sample_code(88), "Xuhui")
    token = founding.invite_by_command(act, bureau)
    joined = tickets.join(scene.act(Actor()), token, "Officer", PASSWORD)
    assert (joined.admin, joined.organisation.state, joined.organisation.district) == (True, "approved", "Xuhui")
    again = founding.invite_by_command(act, Founding("two@example.org", Role.DISTRICT_OFFICER, "Xuhui bureau"))
    assert not tickets.invited(act, again).admin
    for wrong, fault in ((Founding("a@b.c", Role.EXPERT, "x"), "role"),
                         (Founding("a@b.c", Role.REGULATOR, "Xuhui bureau"), "role"),
                         (Founding("a@b.c", Role.FIRM_LEAD, "New firm", sample_code(89)), "kind"),
                         (Founding("a@b.c", Role.REGULATOR, "City", "12"), "unified_code"),
                         (Founding("nobody", Role.DISTRICT_OFFICER, "Xuhui bureau"), "email"),
                         (Founding("a@b.c", Role.DISTRICT_OFFICER, "Nowhere", sample_code(90), "Nowhere"), "district")):
        with pytest.raises(InvalidInput, match=fault):
            founding.invite_by_command(act, wrong)


def test_the_audit_is_searched_by_event_object_person_and_time_inside_ones_district(scene, session):
    scene.to("open")
    regulator, officer = scene.cast.regulator, scene.cast.officer
    session.get(Organisation, officer.organisation_id).district = "Xuhui"
    officer = sessions.actor_for(officer.person_id, officer.role, member(scene, officer))
    total, rows = audit_trail.searched(session, regulator, AuditWanted())
    assert total == len(rows) > 2
    assert audit_trail.searched(session, regulator, AuditWanted(), 1, 2)[1] == rows[1:3]
    published = audit_trail.searched(session, regulator, AuditWanted("publish"))[1]
    assert {row.event for row in published} == {"order.publish"}
    assert audit_trail.searched(session, regulator, AuditWanted("zzz", ["order.publish"]))[1] == published
    assert audit_trail.searched(session, regulator, AuditWanted(scene.id))[0] > 0
    name = session.get(Person, scene.cast.operator.person_id).name
    assert {row.person_id for row in audit_trail.searched(session, regulator, AuditWanted(name))[1]} == {
        scene.cast.operator.person_id}
    assert audit_trail.searched(session, regulator, AuditWanted(since=scene.now + timedelta(days=1)))[0] == 0
    assert audit_trail.searched(session, regulator, AuditWanted(before=scene.now + timedelta(days=1)))[0] == total
    session.get(Order, scene.id).district = None
    session.flush()
    assert audit_trail.searched(session, officer, AuditWanted())[0] == 0
    session.get(Order, scene.id).district = "Xuhui"
    session.flush()
    assert audit_trail.searched(session, officer, AuditWanted())[0] > 0
    for other in (scene.cast.owner, scene.cast.firms[0], Actor()):
        assert audit_trail.searched(session, other, AuditWanted()) == (0, [])


def test_everybody_reads_what_was_done_with_their_account_and_an_admin_their_organisation(scene, session):
    owner, staff = scene.cast.owner, scene.cast.staff
    sessions.sign_in(scene.act(Actor()), "staff@demo.example", "not the password")
    tickets.invite(scene.act(owner), Invitation("new@example.org", Role.ENTERPRISE_STAFF))
    assert [row.event for row in audit_trail.own_trail(session, staff)] == ["account.sign_in_failed"]
    assert "organisation.invited" in [row.event for row in audit_trail.own_trail(session, owner)]
    assert audit_trail.own_trail(session, scene.cast.rival) == []
    (_, person, house), *_ = audit_trail.with_names(session, audit_trail.own_trail(session, owner))
    assert (person, house) == (session.get(Person, owner.person_id).name,
                               session.get(Organisation, owner.organisation_id).name)


def test_unread_messages_come_first_and_all_are_read_at_once(scene, session):
    me = scene.cast.owner
    for number in range(3):
        tell(scene.act(SYSTEM), Happening("order.publish", "order", "O", f"k{number}"), [me.person_id])
        scene.forward(minutes=1)
    inbox.read(scene.act(me), inbox.inbox(session, me)[0].id)
    session.flush()
    assert [row.key for row in inbox.inbox(session, me)] == ["k1", "k0", "k2"]
    assert [row.key for row in inbox.inbox(session, me, 1, 1)] == ["k0"]
    assert inbox.counted(session, me) == (3, 2)
    inbox.read_all(scene.act(scene.cast.rival))
    assert inbox.unread(session, me) == 2
    inbox.read_all(scene.act(me))
    assert inbox.unread(session, me) == 0
    inbox.switch(scene.act(me), "order.publish", (False, "now"))
    assert (inbox.counted(session, me), inbox.switches(session, me)) == ((0, 0), {"order.publish": (False, "now")})


def test_whoever_waits_for_approval_has_an_account_and_nothing_else(scene):
    person = actions.register(scene.act(Actor()), "new@example.org", "New", PASSWORD)
    me = sessions.actor_of(scene.act(Actor()), sessions.sign_in(scene.act(Actor()), "new@example.org", PASSWORD).token)
    assert me == Actor(Role.APPLICANT, person.id)
    with pytest.raises(NotAllowed):
        tickets.invite(scene.act(me), Invitation("x@example.org", Role.ENTERPRISE_STAFF))
    assert session_count(scene, person) == 1


def session_count(scene, person):
    return len(scene.session.scalars(select(AuditEntry.id).where(AuditEntry.event == "account.signed_in",
                                                                 AuditEntry.object_id == str(person.id))).all())
