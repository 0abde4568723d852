"""Access tokens act in their owner's role, until they end or are taken back; only their hash is kept."""

import pytest
from sqlalchemy import text

from market.accounts import own, tokens
from market.accounts.models import AccessToken, Expert, Member, Organisation, Person
from market.accounts.passwords import hashed
from market.errors import InvalidInput, NotFound


def made(scene, actor, days=30):
    return tokens.create(scene.act(actor), "payroll", days)


@pytest.mark.parametrize("name", ["owner", "staff", "operator", "firm_staff"])
def test_a_token_stands_for_its_owner_in_the_role_in_which_it_was_made(scene, session, name):
    me = getattr(scene.cast, name)
    _, token = made(scene, me)
    assert tokens.actor_of(session, token, scene.now) == me


def test_an_expert_has_tokens_too(scene, session):
    me = scene.cast.experts[0]
    _, token = made(scene, me)
    assert tokens.actor_of(session, token, scene.now) == me
    session.get(Expert, me.person_id).approved_at = None
    assert tokens.actor_of(session, token, scene.now).person_id is None


def test_the_database_has_no_readable_token(scene, session):
    _, token = made(scene, scene.cast.owner)
    assert token.startswith("caitu_")
    assert token not in repr(session.execute(text("SELECT * FROM access_tokens")).all())
    assert token not in repr(session.execute(text("SELECT * FROM audit_entries")).all())


def test_an_ended_a_revoked_and_a_wrong_token_stand_for_nobody(scene, session):
    row, token = made(scene, scene.cast.owner, 2)
    with pytest.raises(NotFound):
        tokens.revoke(scene.act(scene.cast.staff), row.id)
    for wrong in ("", "caitu_", token[:-1], "Bearer", token.removeprefix("caitu_")):
        assert tokens.actor_of(session, wrong, scene.now).person_id is None
    tokens.revoke(scene.act(scene.cast.owner), row.id)
    assert tokens.actor_of(session, token, scene.now).person_id is None
    _, other = made(scene, scene.cast.owner, 2)
    scene.forward(days=2)
    assert tokens.actor_of(session, other, scene.now).person_id is None


def test_who_left_or_whose_house_was_suspended_acts_no_more(scene, session):
    _, token = made(scene, scene.cast.staff)
    session.get(Organisation, scene.cast.staff.organisation_id).state = "suspended"
    assert tokens.actor_of(session, token, scene.now).person_id is None
    session.get(Organisation, scene.cast.staff.organisation_id).state = "approved"
    session.query(Member).filter_by(person_id=scene.cast.staff.person_id).one().left_at = scene.now
    session.flush()
    assert tokens.actor_of(session, token, scene.now).person_id is None


@pytest.mark.parametrize(("name", "days"), [("", 5), ("a", 0), ("a", 366)])
def test_a_token_needs_a_name_and_an_end(scene, name, days):
    with pytest.raises(InvalidInput):
        tokens.create(scene.act(scene.cast.owner), name, days)


def test_the_last_use_is_written_once_an_hour(scene, session):
    row, token = made(scene, scene.cast.owner)
    assert tokens.is_stale(session, token, scene.now)
    tokens.touch(session, token, scene.now)
    assert not tokens.is_stale(session, token, scene.now)
    scene.forward(hours=2)
    assert tokens.is_stale(session, token, scene.now)
    assert session.get(AccessToken, row.id).used_at is not None


def test_a_token_ends_with_every_session_and_with_a_new_password(scene, session):
    owner, operator = scene.cast.owner, scene.cast.operator
    _, token = made(scene, owner)
    own.end_everywhere(scene.act(owner))
    assert tokens.actor_of(session, token, scene.now).person_id is None
    _, token = made(scene, operator)
    session.get(Person, operator.person_id).password_hash = hashed("correct horse battery")
    assert own.change_password(scene.act(operator), "", "correct horse battery", "another horse battery")
    assert tokens.actor_of(session, token, scene.now).person_id is None
