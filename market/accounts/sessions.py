"""Signing in: tries in lanes that slow down, sessions kept on the server, the second factor, leaving."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from market.access import SECOND_FACTOR, Act, Actor, Note, Permission, Role, Scope, action
from market.accounts.models import AccessToken, Expert, Member, Organisation, Person, SignedIn, SignInLane
from market.accounts.passwords import fits
from market.accounts.rules import wait_after
from market.audit import record
from market.database import locked, put_once
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.keys import Keys

IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # a session's last sight is written at most this often
STEP_SECONDS = 30
DEVICE = "device"


@dataclass(frozen=True)
class SignIn:
    """What a browser keeps after signing in: the session's token, and the token that makes its device known."""

    token: str
    device: str
    needs_second_factor: bool


def token_hash(token: str) -> str:
    """What a token is stored under; tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """256 random bits for a link or a cookie."""
    return secrets.token_urlsafe(32)


def lane_of(act: Act, email: str, device: str) -> SignInLane:
    """The lane of a try, NotPossibleNow("wait: seconds") while it waits; an owner's own device is not slowed by strangers."""
    known = bool(device) and _knows(act.keys, email, device)
    key = hashlib.sha256(f"{email}|{device if known else ''}".encode()).hexdigest()
    put_once(act.session, SignInLane, lane=key, failures=0, next_at=act.now)
    lane = locked(act.session, SignInLane, key)
    assert lane is not None
    if act.now < lane.next_at:
        raise NotPossibleNow(f"wait: {int((lane.next_at - act.now).total_seconds()) + 1}")
    return lane


def slow_down(act: Act, lane: SignInLane) -> None:
    """Counts a failed try; the caller commits, or it would not count."""
    lane.failures += 1
    lane.next_at = act.now + wait_after(lane.failures)


def _knows(keys: Keys, email: str, device: str) -> bool:
    try:
        return keys.checked(DEVICE, device).partition("|")[0] == email
    except NotFound:
        return False


def sign_in(act: Act, email: str, password: str, device: str = "") -> SignIn | None:
    """Signs a person in, or None for a wrong password; NotPossibleNow("wait: seconds") while the account's lane waits.

    The caller commits also after None: a failure must be counted.
    """
    email = email.strip().lower()
    lane = lane_of(act, email, device)
    person = act.session.scalar(select(Person).where(Person.email == email))
    if not fits(person.password_hash if person else None, password) or person is None:
        slow_down(act, lane)
        if person:
            record(act, "account.sign_in_failed", Note("person", str(person.id)))
        return None
    lane.failures, lane.next_at = 0, act.now
    return begin(act, person)


def begin(act: Act, person: Person, *, passed: bool = False) -> SignIn:
    """Begins a session with a fresh token; the role is that of the first membership until another is chosen.

    passed: whoever vouches for the person has asked a second factor already.
    """
    token = new_token()
    member = act.session.scalars(_memberships(person.id)).first()
    act.session.add(SignedIn(token_hash=token_hash(token), person_id=person.id, member_id=member.id if member else None,
                             second_factor=passed, began_at=act.now, seen_at=act.now, ends_at=act.now + LONGEST))
    role = _role(act.session, person.id, member)
    record(replace(act, actor=Actor(role, person.id)), "account.signed_in", Note("person", str(person.id)))
    device = act.keys.signed(DEVICE, f"{person.email}|{secrets.token_hex(8)}")
    return SignIn(token, device, not passed and role in SECOND_FACTOR)


def _memberships(person_id: int) -> Select[Member]:
    return (select(Member).join(Organisation).where(Member.person_id == person_id, Member.left_at.is_(None))
            .order_by(Member.id))


def _role(session: Session, person_id: int, member: Member | None) -> Role:
    if member:
        return Role(member.role) if member.organisation.state == "approved" else Role.APPLICANT
    expert = session.get(Expert, person_id)
    return Role.EXPERT if expert and expert.approved_at else Role.APPLICANT


def _session(act: Act, token: str) -> SignedIn:
    found = act.session.get(SignedIn, token_hash(token))
    if found is None or act.now >= found.ends_at or act.now >= found.seen_at + IDLE:
        raise NotFound("session")
    return found


def actor_of(act: Act, token: str) -> Actor:
    """Who a session's token stands for; a visitor where there is none, and while the second factor is missing."""
    try:
        found = _session(act, token)
    except NotFound:
        return Actor()
    member = act.session.get(Member, found.member_id) if found.member_id else None
    if member and member.left_at:
        member = None
    role = _role(act.session, found.person_id, member)
    if role in SECOND_FACTOR and not found.second_factor:
        role = Role.VISITOR
    return actor_for(found.person_id, role, member)


def actor_for(person_id: int, role: Role, member: Member | None) -> Actor:
    """A person in a role, with what their organisation stands for."""
    if member is None:
        return Actor(role, person_id)
    house = member.organisation
    return Actor(role, person_id, house.id, house.enterprise_id, house.institution_id,
                 scope=Scope(house.district or "", house.park_id or ""), admin=member.admin)


def is_stale(act: Act, token: str) -> bool:
    """True when a session's last sight is old enough to be written anew."""
    found = act.session.get(SignedIn, token_hash(token))
    return found is not None and act.now < found.ends_at and SEEN_EVERY < act.now - found.seen_at < IDLE


def touch(act: Act, token: str) -> None:
    """Keeps a session from ending for idleness."""
    _session(act, token).seen_at = act.now


def prolong(act: Act, amount: timedelta) -> None:
    """Moves every session along with a clock that was put forward: for a demo only."""
    act.session.execute(update(SignedIn).values(seen_at=act.now, ends_at=act.now + LONGEST).where(
        SignedIn.ends_at > act.now - amount))


def choose_role(act: Act, token: str, member_id: int | None) -> None:
    """Acts from now on as another of one's memberships, or as an expert with None; the second factor is asked anew."""
    found = _session(act, token)
    member = act.session.get(Member, member_id) if member_id else None
    if member_id and (member is None or member.person_id != found.person_id or member.left_at):
        raise NotFound("membership")
    found.member_id, found.second_factor = member_id, False


def sign_out(act: Act, token: str) -> None:
    """Ends a session."""
    act.session.execute(delete(SignedIn).where(SignedIn.token_hash == token_hash(token)))


def end_all(session: Session, person_id: int, now: datetime, but: str = "") -> None:
    """Ends every session of a person but the one of a token, and every access token: after a new password, when they leave,
    and when they ask for it. Whoever once had the password may have made a token with it."""
    session.execute(delete(SignedIn).where(SignedIn.person_id == person_id, SignedIn.token_hash != token_hash(but)))
    session.execute(update(AccessToken).where(AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None))
                    .values(revoked_at=now))


def new_second_factor(act: Act, person_id: int, issuer: str) -> tuple[str, str]:
    """A fresh secret and its otpauth address for the person's telephone; it counts once `enrol` saw a right code."""
    person = act.session.get_one(Person, person_id)
    secret = pyotp.random_base32()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=person.email, issuer_name=issuer)


@action(Permission.OWN_ACCOUNT, "account.second_factor_set")
def enrol(act: Act, person_id: int, secret: str, code: str) -> None:
    """Keeps the secret of a second factor that gave a right code; only one's own."""
    if act.actor.person_id != person_id:
        raise NotFound("person")
    _enrol(act, person_id, secret, code)
    act.note("person", person_id)


def _enrol(act: Act, person_id: int, secret: str, code: str) -> None:
    step = _step_of(secret, code, act.now.timestamp())
    if step is None:
        raise InvalidInput("code")
    person = act.session.get_one(Person, person_id)
    person.totp_sealed, person.totp_step = act.keys.seal("totp", secret), step


def _step_of(secret: str, code: str, seconds: float) -> int | None:
    """The 30-second step whose code this is, one step either side allowed; None for a wrong code."""
    now = int(seconds) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    return next((step for step in (now, now - 1, now + 1)
                 if hmac.compare_digest(totp.at(step * STEP_SECONDS), code.strip())), None)


def secret_of(act: Act, person_id: int) -> str:
    """The secret of a person's second factor, empty where there is none: for the demo's sign-in page only."""
    person = act.session.get_one(Person, person_id)
    return str(act.keys.unseal("totp", person.totp_sealed)) if person.totp_sealed else ""


def lacks_second_factor(act: Act, token: str) -> bool:
    """True for a session of a person who has no second factor yet."""
    return not act.session.get_one(Person, _session(act, token).person_id).totp_sealed


def enrol_first(act: Act, token: str, secret: str, code: str) -> None:
    """The first second factor of a person who needs one to act at all; InvalidInput("code") for a wrong code.

    Only for a session whose person has none: whoever has one changes it while signed in with it.
    """
    found = _session(act, token)
    if act.session.get_one(Person, found.person_id).totp_sealed:
        raise NotFound("session")
    _enrol(act, found.person_id, secret, code)
    found.second_factor = True
    record(act, "account.second_factor_set", Note("person", str(found.person_id)))


def second_factor(act: Act, token: str, code: str) -> bool:
    """Completes a sign-in; False for a wrong or used code. The first code of a person without a secret fails too.

    Wrong codes wait like wrong passwords; the caller commits also after False.
    """
    found = _session(act, token)
    person = act.session.get_one(Person, found.person_id)
    lane = lane_of(act, f"second factor|{person.email}", "")
    step = _step_of(act.keys.unseal("totp", person.totp_sealed), code, act.now.timestamp()) if person.totp_sealed else None
    if step is None or step <= person.totp_step:
        slow_down(act, lane)
        return False
    lane.failures, person.totp_step, found.second_factor = 0, step, True
    return True
