"""Access tokens: a person's own programs act as the person does, in one role, until a day or until taken back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, Role, action
from market.accounts.models import AccessToken, Expert, Member
from market.accounts.sessions import actor_for, new_token, token_hash
from market.errors import InvalidInput, NotFound

PREFIX = "caitu_"  # by which a token that strayed into a log or a repository is found
LONGEST_DAYS, MOST = 365, 20
SEEN_EVERY = timedelta(hours=1)  # a token's last use is written at most this often


@action(Permission.OWN_ACCOUNT, "account.token_made")
def create(act: Act, name: str, days: int) -> tuple[AccessToken, str]:
    """A token for the role that the actor has now; the text is given this once."""
    if not name.strip():
        raise InvalidInput("name")
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidInput("days")
    if act.actor.person_id is None or len(standing(act.session, act.actor, act.now)) >= MOST:
        raise InvalidInput("tokens: enough")
    member = act.session.scalar(select(Member.id).where(
        Member.person_id == act.actor.person_id, Member.organisation_id == act.actor.organisation_id,
        Member.left_at.is_(None)))
    text = PREFIX + new_token()
    row = AccessToken(token_hash=token_hash(text), person_id=act.actor.person_id, member_id=member, name=name.strip(),
                      made_at=act.now, ends_at=act.now + timedelta(days=days))
    act.session.add(row)
    act.session.flush()
    act.note("token", row.id, detail={"days": days})
    return row, text


@action(Permission.OWN_ACCOUNT, "account.token_revoked")
def revoke(act: Act, token_id: int) -> None:
    """Takes one of the actor's tokens back, from this moment on."""
    row = act.session.get(AccessToken, token_id)
    if row is None or row.person_id != act.actor.person_id:
        raise NotFound("token")
    row.revoked_at = row.revoked_at or act.now
    act.note("token", row.id)


def standing(session: Session, actor: Actor, now: datetime) -> list[AccessToken]:
    """The actor's tokens that work, the newest first."""
    return list(session.scalars(select(AccessToken).where(
        AccessToken.person_id == actor.person_id, AccessToken.revoked_at.is_(None), AccessToken.ends_at > now)
        .order_by(AccessToken.id.desc())))


def _found(session: Session, text: str, now: datetime) -> AccessToken | None:
    if not text.startswith(PREFIX):
        return None
    return session.scalar(select(AccessToken).where(
        AccessToken.token_hash == token_hash(text), AccessToken.revoked_at.is_(None), AccessToken.ends_at > now))


def actor_of(session: Session, text: str, now: datetime) -> Actor:
    """Who a token stands for; a visitor for a wrong or ended one, and once the membership or its approval is over."""
    row = _found(session, text, now)
    if row is None:
        return Actor()
    if row.member_id is None:
        expert = session.get(Expert, row.person_id)
        return Actor(Role.EXPERT, row.person_id) if expert and expert.approved_at else Actor()
    member = session.get_one(Member, row.member_id)
    if member.left_at or member.organisation.state != "approved":
        return Actor()
    return actor_for(row.person_id, Role(member.role), member)


def is_stale(session: Session, text: str, now: datetime) -> bool:
    """True when a token's last use is old enough to be written anew."""
    row = _found(session, text, now)
    return row is not None and (row.used_at is None or now - row.used_at > SEEN_EVERY)


def touch(session: Session, text: str, now: datetime) -> None:
    """Writes down that a token is used."""
    row = _found(session, text, now)
    if row is not None:
        row.used_at = now
