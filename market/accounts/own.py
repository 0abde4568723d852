"""Writes of one's own account: a new password, and ending every session."""

from __future__ import annotations

from market.access import Act, Note, Permission, action
from market.accounts.models import Person
from market.accounts.passwords import fits, hashed
from market.accounts.rules import password_fault
from market.accounts.sessions import end_all, lane_of, slow_down
from market.audit import record
from market.errors import InvalidInput, NotFound


def change_password(act: Act, token: str, old: str, new: str) -> bool:
    """Sets a new password and ends every other session of the person; False where the old one is wrong.

    Wrong ones wait like those of signing in (NotPossibleNow("wait: seconds")); the caller commits also after False.
    """
    person = act.session.get(Person, act.actor.person_id or 0)
    if person is None or not act.actor.may(Permission.OWN_ACCOUNT):
        raise NotFound("person")
    if fault := password_fault(new, person.email):
        raise InvalidInput(f"password: {fault}")
    lane = lane_of(act, f"old password|{person.email}", "")
    if not fits(person.password_hash, old):
        slow_down(act, lane)
        return False
    lane.failures, person.password_hash = 0, hashed(new)
    end_all(act.session, person.id, act.now, but=token)
    record(act, "account.password_changed", Note("person", str(person.id)))
    return True


@action(Permission.OWN_ACCOUNT, "account.sessions_ended")
def end_everywhere(act: Act) -> None:
    """Ends every session of the actor, on every device, this one too."""
    assert act.actor.person_id is not None
    end_all(act.session, act.actor.person_id, act.now)
    act.note("person", act.actor.person_id)
