"""The audit: every way to change it afterwards is found, at its place."""

import random

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import IntegrityError

from market import audit
from market.access import Actor, Note, Permission, Role, action
from market.audit import AuditEntry, Fault
from market.errors import NotAllowed, NotFound
from market.keys import Keys, open_keys

OWNER = Actor(Role.ENTERPRISE_OWNER, 1, 2)
LENGTH = 24
HERE = AuditEntry.chain == "order:A"


def chain(act, name="A", length=LENGTH):
    for number in range(length):
        audit.record(act(OWNER), "order.noted", Note("order", name, name, detail={"n": number, "part": 10.0}))


def free(session):
    """What somebody with the database in hand does first: take the triggers away."""
    for what in ("change", "go"):
        on = "" if session.get_bind().dialect.name == "sqlite" else " ON audit_entries"
        session.execute(text(f"DROP TRIGGER audit_entries_never_{what}{on}"))


def shift(session, start, by):
    """Moves the numbers of the entries from `start` on, one by one, so that no two are ever equal."""
    numbers = range(LENGTH, start - 1, -1) if by > 0 else range(start, LENGTH + 1)
    for seq in numbers:
        session.execute(update(AuditEntry).where(HERE, AuditEntry.seq == seq).values(seq=seq + by))


def edit(session, place):
    session.execute(update(AuditEntry).where(HERE, AuditEntry.seq == place).values(detail={"n": 99}))


def remove(session, place):
    session.execute(delete(AuditEntry).where(HERE, AuditEntry.seq == place))


def remove_and_close(session, place):
    remove(session, place)
    shift(session, place + 1, -1)


def insert(session, place):
    shift(session, place, 1)
    session.add(AuditEntry(chain="order:A", seq=place, at=session.query(AuditEntry.at).first()[0], role="operator",
                           event="order.forged", kind="order", object_id="A", detail={}, previous="0" * 64, digest="0" * 64))
    session.flush()


def swap(session, place):
    place = min(place, LENGTH - 1)
    for old, new in ((place, 1000), (place + 1, place), (1000, place + 1)):
        session.execute(update(AuditEntry).where(HERE, AuditEntry.seq == old).values(seq=new))


def truncate(session, place):
    session.execute(delete(AuditEntry).where(HERE, AuditEntry.seq >= place))


@pytest.mark.parametrize(("tamper", "what"), [(edit, "edited"), (remove, "missing"), (remove_and_close, "edited"),
                                              (insert, "edited"), (swap, "edited"), (truncate, "truncated")])
def test_tampering_is_found_at_its_place(act, session, keys, tmp_path, tamper, what):
    chain(act)
    chain(act, "B", 3)
    audit.anchor(session, tmp_path / "heads", keys, act().now)
    heads = audit.anchored(tmp_path / "heads", keys)
    assert audit.verify(session, heads, keys) == []
    free(session)
    for place in random.Random(4).sample(range(1, LENGTH), 20):
        with session.begin_nested() as savepoint:
            tamper(session, place)
            session.expire_all()
            found = audit.verify(session, heads, keys)
            savepoint.rollback()
        session.expire_all()
        assert found == [Fault("order:A", place, what)]
    assert audit.verify(session, heads, keys) == []


def test_without_the_anchored_heads_a_cut_tail_is_not_seen(act, session, keys):
    chain(act)
    free(session)
    truncate(session, 10)
    assert audit.verify(session, {}, keys) == []


def test_a_chain_written_anew_with_another_key_does_not_pass(act, session, keys):
    chain(act, length=3)
    assert [fault.seq for fault in audit.verify(session, {}, Keys(b"x" * 32))] == [1]


def test_a_chain_that_grew_again_after_a_cut_is_found_by_its_anchor(act, session, keys, tmp_path):
    chain(act, length=6)
    audit.anchor(session, tmp_path / "heads", keys, act().now)
    free(session)
    truncate(session, 4)
    head = session.get(audit.AuditHead, "order:A")
    last = session.query(AuditEntry).filter_by(seq=3).one()
    head.seq, head.digest = 3, last.digest
    session.flush()
    for number in range(5):
        audit.record(act(OWNER), "order.noted", Note("order", "A", "A", detail={"m": number}))
    found = audit.verify(session, audit.anchored(tmp_path / "heads", keys), keys)
    assert found == [Fault("order:A", 6, "rewritten")]


def test_an_anchor_line_is_written_only_for_what_moved_and_its_signature_is_checked(act, session, keys, tmp_path):
    path = tmp_path / "heads"
    chain(act, length=2)
    assert audit.anchor(session, path, keys, act().now) == 1
    assert audit.anchor(session, path, keys, act().now) == 0
    chain(act, "B", 1)
    assert audit.anchor(session, path, keys, act().now) == 1
    path.write_text(path.read_text().replace('"order:A":[2', '"order:A":[1'))
    with pytest.raises(NotFound):
        audit.anchored(path, keys)


def test_equal_values_have_one_form():
    assert audit.canonical({"b": 10.0, "a": [1.5, True, None]}) == audit.canonical({"a": [1.5, True, None], "b": 10})


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET event = 'x'", "DELETE FROM audit_entries"])
def test_the_database_refuses_to_change_the_audit(act, session, statement):
    chain(act, length=1)
    with pytest.raises(IntegrityError, match="audit_entries_never"), session.begin_nested():
        session.execute(text(statement))


@action(Permission.SCORE, "test.scored")
def scored(act, order_id):
    act.note("order", order_id, order_id=order_id)
    return 7


@action(Permission.SCORE, "test.silent")
def silent(act):
    return None


def test_an_action_checks_the_role_and_writes_its_entry(act, session):
    with pytest.raises(NotAllowed):
        scored(act(OWNER), "A")
    assert session.query(AuditEntry).count() == 0
    assert scored(act(Actor(Role.EXPERT, 5)), "A") == 7
    entry = session.query(AuditEntry).one()
    assert (entry.chain, entry.seq, entry.event, entry.person_id, entry.role) == ("order:A", 1, "test.scored", 5, "expert")


def test_an_action_that_does_not_say_what_it_was_about_fails(act):
    with pytest.raises(RuntimeError):
        silent(act(Actor(Role.EXPERT, 5)))


def test_a_person_sees_who_read_their_data(act, session):
    audit.record(act(OWNER), "candidate.unmasked", Note("placement", "1", "A", subject=3, detail={"reason": "interview"}))
    audit.record(act(OWNER), "candidate.unmasked", Note("placement", "2", "A", subject=4))
    assert [entry.detail["reason"] for entry in audit.who_read(session, 3)] == ["interview"]


def test_the_keys_file_is_made_once_and_for_its_owner_only(tmp_path):
    keys = open_keys(tmp_path / "var" / "key")
    assert open_keys(tmp_path / "var" / "key") == keys
    assert (tmp_path / "var" / "key").stat().st_mode & 0o777 == 0o600
    assert len(keys.root) == 32
    assert keys.root.hex() not in repr(keys)


def test_a_sealed_value_opens_only_for_its_purpose_and_unchanged(keys):
    sealed = keys.seal("bid:A", {"price": 5})
    assert keys.unseal("bid:A", sealed) == {"price": 5}
    for purpose, box in (("bid:B", sealed), ("bid:A", sealed[:-3] + b"AAA")):
        with pytest.raises(NotFound):
            keys.unseal(purpose, box)
