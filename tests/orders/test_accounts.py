"""Accounts: who may come in, how, and what becomes of what they leave."""

from datetime import date, timedelta

import pyotp
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from market.access import Actor, Role
from market.accounts import actions, membership, queries, sessions, tickets
from market.accounts.actions import Application
from market.accounts.models import Member, Organisation, Person, SignedIn
from market.accounts.rules import ROLES_OF, wait_after
from market.accounts.tickets import Invitation
from market.audit import AuditEntry
from market.errors import InvalidInput, NotAllowed, NotFound, NotPossibleNow
from market.institutions.models import Institution, Licence
from market.institutions.rules import sample_code
from market.orders.models import Enterprise, Order

PASSWORD = "correct horse battery"
OPERATOR = Actor(Role.OPERATOR, 99, 99)

pytestmark = pytest.mark.usefixtures("quick_hash")


@pytest.fixture
def person(act):
    return actions.register(act(), "Ann@Example.org", "Ann", PASSWORD)


def house(act, person, kind="enterprise", number=1, **more):
    return actions.apply(act(), person.id, Application(kind, f"{kind} {number}", sample_code(number), **more))


def actor_after(act, token):
    return sessions.actor_of(act(), token)


def test_a_password_is_kept_as_argon2id_with_19_mib_and_two_passes():
    from importlib import reload

    from market.accounts import passwords

    kept = reload(passwords).hashed(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits(kept, PASSWORD)
    assert not passwords.fits(kept, PASSWORD + "x")
    assert not passwords.fits(None, PASSWORD)


@pytest.mark.parametrize(("password", "fault"), [("short", "too_short"), ("aaaaaaaaaaaa", "too_simple"),
                                                 ("x" * 201, "too_long"), ("ann@example.org", "too_simple")])
def test_a_weak_password_is_refused(act, password, fault):
    with pytest.raises(InvalidInput, match=fault):
        actions.register(act(), "ann@example.org", "Ann", password)


def test_an_address_has_one_account(act, person):
    with pytest.raises(InvalidInput, match="taken"):
        actions.register(act(), "ANN@example.org ", "Another", PASSWORD)


def test_a_session_is_found_by_its_token_and_only_the_hash_is_kept(act, session, person):
    entry = sessions.sign_in(act(), " ANN@example.org", PASSWORD)
    assert actor_after(act, entry.token) == Actor(Role.APPLICANT, person.id)
    assert session.scalars(select(SignedIn.token_hash)).one() != entry.token
    assert actor_after(act, entry.token + "x") == Actor()


def test_a_session_ends_after_idleness_after_twelve_hours_and_on_leaving(act, clock, person):
    entry = sessions.sign_in(act(), person.email, PASSWORD)
    clock.forward(hours=1, minutes=59)
    sessions.touch(act(), entry.token)
    clock.forward(hours=1, minutes=59)
    assert actor_after(act, entry.token).person_id == person.id
    clock.forward(minutes=2)
    assert actor_after(act, entry.token) == Actor()
    entry = sessions.sign_in(act(), person.email, PASSWORD)
    for _ in range(12):
        clock.forward(hours=1)
        assert actor_after(act, entry.token).person_id == (person.id if _ < 11 else None)
        if _ < 11:
            sessions.touch(act(), entry.token)
    entry = sessions.sign_in(act(), person.email, PASSWORD)
    sessions.sign_out(act(), entry.token)
    assert actor_after(act, entry.token) == Actor()


def test_a_stranger_tries_at_most_20_passwords_in_an_hour_and_the_owners_own_device_is_not_slowed(act, clock, person):
    device = sessions.sign_in(act(), person.email, PASSWORD).device
    tried = 0
    for second in range(3600):
        for _ in range(3 if second % 20 == 0 else 0):
            try:
                assert sessions.sign_in(act(), person.email, "wrong wrong wrong") is None
                tried += 1
            except NotPossibleNow:
                pass
        clock.forward(seconds=1)
    assert 10 < tried <= 20
    with pytest.raises(NotPossibleNow, match="wait"):
        sessions.sign_in(act(), person.email, PASSWORD)
    assert sessions.sign_in(act(), person.email, PASSWORD, device)


def test_a_device_of_another_account_gains_nothing(act, person):
    actions.register(act(), "eve@example.org", "Eve", PASSWORD)
    device = sessions.sign_in(act(), "eve@example.org", PASSWORD).device
    for _ in range(5):
        sessions.sign_in(act(), person.email, "wrong wrong wrong")
    with pytest.raises(NotPossibleNow):
        sessions.sign_in(act(), person.email, PASSWORD, device)


def test_an_unknown_account_waits_like_a_known_one(act):
    for _ in range(5):
        assert sessions.sign_in(act(), "nobody@example.org", PASSWORD) is None
    with pytest.raises(NotPossibleNow):
        sessions.sign_in(act(), "nobody@example.org", PASSWORD)


def test_waits_grow_and_then_stay():
    waits = [wait_after(n).total_seconds() for n in range(1, 13)]
    assert waits == [0, 0, 0, 0, 15, 30, 60, 120, 240, 300, 300, 300]


def test_recovery_works_once_within_an_hour_and_ends_every_session(act, clock, person):
    entry = sessions.sign_in(act(), person.email, PASSWORD)
    token = tickets.start_recovery(act(), person.email)
    tickets.recover(act(), token, "another good pass")
    assert actor_after(act, entry.token) == Actor()
    assert sessions.sign_in(act(), person.email, "another good pass")
    with pytest.raises(NotFound):
        tickets.recover(act(), token, "yet another pass")
    assert tickets.start_recovery(act(), person.email) is None, "one was sent a moment ago"
    clock.forward(minutes=2)
    late = tickets.start_recovery(act(), person.email)
    clock.forward(hours=1)
    with pytest.raises(NotFound):
        tickets.recover(act(), late, "yet another pass")
    assert tickets.start_recovery(act(), "nobody@example.org") is None


def test_an_organisation_needs_a_right_code_and_a_firm_its_licence_number(act, person):
    wrong = sample_code(1)[:-1] + ("0" if sample_code(1)[-1] != "0" else "1")
    with pytest.raises(InvalidInput, match="check digit"):
        actions.apply(act(), person.id, Application("enterprise", "E", wrong))
    with pytest.raises(InvalidInput, match="licence_number"):
        house(act, person, "hr_firm")
    with pytest.raises(InvalidInput, match="kind"):
        house(act, person, "city_regulator")


def test_a_member_may_nothing_before_approval_and_their_role_after(act, person):
    made = house(act, person)
    entry = sessions.sign_in(act(), person.email, PASSWORD)
    assert actor_after(act, entry.token).role == Role.APPLICANT
    with pytest.raises(NotAllowed):
        actions.approve(act(Actor(Role.REGULATOR, 5)), made.id)
    actions.approve(act(OPERATOR), made.id)
    actor = actor_after(act, entry.token)
    assert (actor.role, actor.enterprise_id, actor.admin) == (Role.ENTERPRISE_OWNER, made.enterprise_id, True)


def test_a_firm_is_approved_only_with_a_licence_valid_today(act, session, clock, person):
    session.add(Institution(id="F1", name="Firm", unified_code=sample_code(7), licences=[
        Licence(name="人力资源服务许可", number="L7", valid_from=date(2025, 1, 1), valid_to=clock.now.date())]))
    made = house(act, person, "hr_firm", 7, licence_number="L7")
    clock.forward(days=1)
    with pytest.raises(InvalidInput, match="not valid today"):
        actions.approve(act(OPERATOR), made.id)
    clock.forward(days=-1)
    assert actions.approve(act(OPERATOR), made.id).institution_id == "F1"
    other = house(act, person, "hr_firm", 8, licence_number="L7")
    with pytest.raises(InvalidInput, match="no such firm"):
        actions.approve(act(OPERATOR), other.id)


def test_verification_runs_out_after_six_months(act, clock, person):
    made = actions.approve(act(OPERATOR), house(act, person).id)
    assert queries.days_verified(made, clock.now) == 183
    clock.forward(days=183)
    assert not queries.verified(made, clock.now)


def test_another_organisation_is_not_found(act, session, person):
    made = house(act, person)
    with pytest.raises(NotFound):
        queries.organisation(session, Actor(Role.ENTERPRISE_OWNER, 5, made.id + 1), made.id)
    assert queries.waiting(session, Actor(Role.ENTERPRISE_OWNER, 5, made.id)) == []
    assert queries.waiting(session, OPERATOR) == [made]


def admin_of(act, session, made):
    member = session.scalars(select(Member).where(Member.organisation_id == made.id)).first()
    return sessions.actor_for(member.person_id, Role(member.role), member)


def test_an_invitation_brings_a_member_in_once(act, session, person):
    made = actions.approve(act(OPERATOR), house(act, person).id)
    admin = admin_of(act, session, made)
    token = tickets.invite(act(admin), Invitation("bob@example.org", Role.ENTERPRISE_STAFF))
    tickets.join(act(), token, "Bob", PASSWORD)
    assert [m.role for m in queries.members(session, admin)] == ["enterprise_owner", "enterprise_staff"]
    with pytest.raises(NotFound):
        tickets.join(act(), token, "Bob", PASSWORD)
    with pytest.raises(InvalidInput, match="role"):
        tickets.invite(act(admin), Invitation("eve@example.org", Role.OPERATOR))
    again = tickets.invite(act(admin), Invitation(person.email, Role.ENTERPRISE_STAFF))
    with pytest.raises(InvalidInput, match="password"):
        tickets.join(act(), again, "", "not my password")


def test_only_an_admin_invites_and_removes(act, session, person):
    made = actions.approve(act(OPERATOR), house(act, person).id)
    plain = Actor(Role.ENTERPRISE_STAFF, 5, made.id, made.enterprise_id)
    with pytest.raises(NotFound):
        tickets.invite(act(plain), Invitation("bob@example.org", Role.ENTERPRISE_STAFF))


def test_a_member_who_leaves_hands_over_every_order(act, session, person):
    made = actions.approve(act(OPERATOR), house(act, person).id)
    admin = admin_of(act, session, made)
    for name in ("bob", "cat"):
        role = Role.ENTERPRISE_OWNER
        tickets.join(act(), tickets.invite(act(admin), Invitation(f"{name}@example.org", role, admin=True)), name, PASSWORD)
    bob, cat = session.scalars(select(Member).where(Member.admin, Member.person_id != person.id).order_by(Member.id))
    session.add(Order(id="O1", title="t", enterprise_id=made.enterprise_id, owner_id=bob.person_id,
                      deadline=date(2026, 9, 1)))
    session.flush()
    entry = sessions.sign_in(act(), "bob@example.org", PASSWORD)
    with pytest.raises(NotPossibleNow, match="O1"):
        membership.remove(act(admin), bob.id, {})
    with pytest.raises(InvalidInput, match="heir"):
        membership.remove(act(admin), bob.id, {"O1": bob.person_id})
    membership.remove(act(admin), bob.id, {"O1": cat.person_id})
    assert session.get(Order, "O1").owner_id == cat.person_id
    assert actor_after(act, entry.token) == Actor()


def test_the_last_admin_stays(act, session, person):
    made = actions.approve(act(OPERATOR), house(act, person).id)
    member = session.scalars(select(Member)).one()
    with pytest.raises(NotPossibleNow, match="last_admin"):
        membership.remove(act(admin_of(act, session, made)), member.id, {})


def test_operator_regulator_and_expert_are_visitors_until_the_second_factor(act, session, clock, person):
    actions.approve_expert(act(OPERATOR), person.id, ["ai"])
    entry = sessions.sign_in(act(), person.email, PASSWORD)
    assert entry.needs_second_factor
    assert actor_after(act, entry.token).role == Role.VISITOR
    assert not sessions.second_factor(act(), entry.token, "000000")
    secret, address = sessions.new_second_factor(act(), person.id, "Caitu")
    assert address.startswith("otpauth://totp/Caitu:ann%40example.org")
    me = Actor(Role.EXPERT, person.id)
    with pytest.raises(InvalidInput):
        sessions.enrol(act(me), person.id, secret, "12")
    with pytest.raises(NotFound):
        sessions.enrol(act(Actor(Role.EXPERT, person.id + 1)), person.id, secret, "12")
    sessions.enrol(act(me), person.id, secret, pyotp.TOTP(secret).at(clock.now))
    assert secret.encode() not in session.get(Person, person.id).totp_sealed
    assert not sessions.second_factor(act(), entry.token, pyotp.TOTP(secret).at(clock.now))  # used once already
    clock.forward(seconds=30)
    assert sessions.second_factor(act(), entry.token, pyotp.TOTP(secret).at(clock.now))
    assert actor_after(act, entry.token).role == Role.EXPERT
    assert not sessions.second_factor(act(), entry.token, pyotp.TOTP(secret).at(clock.now))


def test_codes_are_not_to_be_guessed(act, session, clock, keys, person):
    secret = pyotp.random_base32()
    person.totp_sealed = keys.seal("totp", secret)
    entry = sessions.sign_in(act(), person.email, PASSWORD)
    for _ in range(5):
        sessions.second_factor(act(), entry.token, "000000")
    with pytest.raises(NotPossibleNow):
        sessions.second_factor(act(), entry.token, pyotp.TOTP(secret).at(clock.now))


def test_a_role_is_chosen_among_ones_own_memberships(act, session, person):
    first = actions.approve(act(OPERATOR), house(act, person).id)
    second = actions.approve(act(OPERATOR), house(act, person, number=2).id)
    entry = sessions.sign_in(act(), person.email, PASSWORD)
    assert actor_after(act, entry.token).organisation_id == first.id
    mine = queries.memberships(session, person.id)
    sessions.choose_role(act(), entry.token, mine[1].id)
    assert actor_after(act, entry.token).organisation_id == second.id
    other = actions.register(act(), "eve@example.org", "Eve", PASSWORD)
    theirs = house(act, other, number=3)
    member = session.scalars(select(Member).where(Member.organisation_id == theirs.id)).one()
    with pytest.raises(NotFound):
        sessions.choose_role(act(), entry.token, member.id)


def refused(session, row):
    """The database itself refuses a row."""
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(row)


def test_the_database_itself_keeps_one_active_membership_and_known_kinds(act, session, person):
    made = house(act, person)
    refused(session, Member(person_id=person.id, organisation_id=made.id, role="enterprise_staff", joined_at=act().now))
    refused(session, Organisation(kind="club", name="x", unified_code=sample_code(5), applied_at=act().now))
    assert set(ROLES_OF) == {"enterprise", "hr_firm", "park_operator", "district_bureau", "city_regulator",
                             "platform_operator"}


def test_what_is_done_with_accounts_is_in_the_audit(act, session, person):
    sessions.sign_in(act(), person.email, "wrong wrong wrong")
    actions.approve(act(OPERATOR), house(act, person).id)
    events = session.scalars(select(AuditEntry.event).order_by(AuditEntry.id)).all()
    assert events == ["account.registered", "account.sign_in_failed", "organisation.applied", "organisation.approved"]
    assert session.scalar(select(func.count()).select_from(Enterprise)) == 1


def test_a_refusal_says_why_and_suspends_who_was_approved(act, person):
    made = house(act, person)
    with pytest.raises(InvalidInput):
        actions.refuse(act(OPERATOR), made.id, "  ")
    actions.refuse(act(OPERATOR), made.id, "no such address")
    assert (made.state, made.refusal) == ("refused", "no such address")
    actions.approve(act(OPERATOR), made.id)
    actions.refuse(act(OPERATOR), made.id, "licence withdrawn")
    assert made.state == "suspended"
    assert timedelta(0) < made.verified_until - act().now
