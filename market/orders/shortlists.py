"""Shortlists of firms, shared inside an organisation to look at or to edit; a firm that changed is marked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, action
from market.accounts.models import Member
from market.accounts.queries import verifications
from market.clock import day_of
from market.errors import InvalidInput, NotFound
from market.institutions.queries import by_ids
from market.orders.bid_models import Shortlist, ShortlistFirm


def _facts(session: Session, ids: Collection[str], now: datetime) -> dict[str, dict[str, object]]:
    """What is known of some firms now, asked for all of them at once."""
    firms, labels = by_ids(session, list(ids)), verifications(session, ids, now)
    return {key: {"credit_grade": firm.credit_grade, "licences": sorted(firm.held(day_of(now))),
                  "verification": labels[key].state} for key, firm in firms.items()}


def _open(session: Session, actor: Actor, shortlist_id: int, *, edit: bool = False) -> Shortlist:
    row = session.get(Shortlist, shortlist_id)
    if row is None or row.organisation_id != actor.organisation_id:
        raise NotFound("shortlist")
    right = row.shared.get(str(actor.person_id))
    if row.owner_id != actor.person_id and (right is None or (edit and right != "edit")):
        raise NotFound("shortlist")
    return row


@action(Permission.SHORTLIST, "shortlist.made")
def make(act: Act, name: str) -> Shortlist:
    """A list of the actor's own."""
    if not name.strip() or act.actor.person_id is None or act.actor.organisation_id is None:
        raise InvalidInput("name")
    row = Shortlist(organisation_id=act.actor.organisation_id, owner_id=act.actor.person_id, name=name.strip())
    act.session.add(row)
    act.session.flush()
    act.note("shortlist", row.id)
    return row


@action(Permission.SHORTLIST, "shortlist.shared")
def share(act: Act, shortlist_id: int, person_id: int, right: str) -> None:
    """Shares a list with a colleague: "view" or "edit", or no longer: "none"; only its owner does."""
    row = _open(act.session, act.actor, shortlist_id)
    colleague = act.session.scalar(select(Member.id).where(
        Member.person_id == person_id, Member.organisation_id == row.organisation_id, Member.left_at.is_(None)))
    if row.owner_id != act.actor.person_id or colleague is None:
        raise NotFound("shortlist")
    if right not in ("view", "edit", "none"):
        raise InvalidInput("right")
    others = {key: given for key, given in row.shared.items() if key != str(person_id)}
    row.shared = others if right == "none" else {**others, str(person_id): right}
    act.note("shortlist", row.id, detail={"person": person_id, "right": right})


@action(Permission.SHORTLIST, "shortlist.firm_put")
def put(act: Act, shortlist_id: int, institution_id: str, note: str) -> ShortlistFirm:
    """Puts a firm on a list, or writes another note; what is known of the firm now is kept beside it."""
    row = _open(act.session, act.actor, shortlist_id, edit=True)
    facts = _facts(act.session, [institution_id], act.now).get(institution_id)
    if facts is None:
        raise NotFound("institution")
    entry = act.session.get(ShortlistFirm, (row.id, institution_id)) or ShortlistFirm(
        shortlist_id=row.id, institution_id=institution_id)
    entry.note, entry.seen = note, facts
    act.session.add(entry)
    act.session.flush()
    act.note("shortlist", row.id, detail={"institution": institution_id})
    return entry


@action(Permission.SHORTLIST, "shortlist.firm_taken")
def take(act: Act, shortlist_id: int, institution_id: str) -> None:
    """Takes a firm off a list."""
    row = _open(act.session, act.actor, shortlist_id, edit=True)
    entry = act.session.get(ShortlistFirm, (row.id, institution_id))
    if entry is None:
        raise NotFound("institution")
    act.session.delete(entry)
    act.note("shortlist", row.id, detail={"institution": institution_id})


@action(Permission.SHORTLIST, "shortlist.removed")
def remove(act: Act, shortlist_id: int) -> None:
    """Removes a list with what stands on it; only its owner does."""
    row = _open(act.session, act.actor, shortlist_id)
    if row.owner_id != act.actor.person_id:
        raise NotFound("shortlist")
    act.session.execute(delete(ShortlistFirm).where(ShortlistFirm.shortlist_id == row.id))
    act.session.delete(row)
    act.note("shortlist", shortlist_id)


def hand_over(session: Session, leaver: Member, heir: int | None) -> None:
    """Gives the lists of somebody who leaves an organisation to a colleague, and takes the leaver off those of others; where
    nobody is left, the lists go."""
    person = str(leaver.person_id)
    for row in session.scalars(select(Shortlist).where(Shortlist.organisation_id == leaver.organisation_id)).all():
        mine = row.owner_id == leaver.person_id
        if mine and heir is None:
            session.execute(delete(ShortlistFirm).where(ShortlistFirm.shortlist_id == row.id))
            session.delete(row)
            continue
        row.owner_id = heir if mine and heir is not None else row.owner_id
        gone = {person, str(heir)} if mine else {person}
        row.shared = {key: right for key, right in row.shared.items() if key not in gone}
    session.flush()


def right_of(session: Session, actor: Actor, shortlist_id: int) -> tuple[Shortlist, str]:
    """A list that the actor may see, with what they may do: "own", "edit" or "view"."""
    row = _open(session, actor, shortlist_id)
    return row, _right(actor, row)


def _right(actor: Actor, row: Shortlist) -> str:
    return "own" if row.owner_id == actor.person_id else row.shared[str(actor.person_id)]


@dataclass(frozen=True)
class Listed:
    """A firm on a list; changed: what is no longer as it was when the firm was put there, name -> (then, now); suspended:
    its organisation may not act on this site now."""

    institution_id: str
    note: str
    changed: dict[str, tuple[object, object]]
    suspended: bool = False


def firms(session: Session, actor: Actor, shortlist_id: int, at: datetime) -> list[Listed]:
    """The firms of a list that the actor may see."""
    row = _open(session, actor, shortlist_id)
    return _listed(session, [row], at)[row.id]


def _listed(session: Session, rows: Sequence[Shortlist], at: datetime) -> dict[int, list[Listed]]:
    """The firms of some lists, with what changed of each: as many questions for many lists as for one."""
    entries = list(session.scalars(select(ShortlistFirm).where(ShortlistFirm.shortlist_id.in_([row.id for row in rows]))
                                   .order_by(ShortlistFirm.institution_id)))
    facts = _facts(session, {entry.institution_id for entry in entries}, at)
    out: dict[int, list[Listed]] = {row.id: [] for row in rows}
    for entry in entries:
        now = facts[entry.institution_id]
        changed = {name: (value, now[name]) for name, value in sorted(entry.seen.items()) if now[name] != value}
        out[entry.shortlist_id].append(Listed(entry.institution_id, entry.note, changed, now["verification"] == "suspended"))
    return out


def with_firms(session: Session, actor: Actor, at: datetime) -> list[tuple[Shortlist, str, list[Listed]]]:
    """The lists that the actor sees, with what they may do and the firms of each."""
    rows = mine(session, actor)
    found = _listed(session, rows, at)
    return [(row, _right(actor, row), found[row.id]) for row in rows]


def mine(session: Session, actor: Actor) -> list[Shortlist]:
    """The lists that the actor owns or that were shared with them."""
    rows = session.scalars(select(Shortlist).where(
        Shortlist.organisation_id == actor.organisation_id,
        or_(Shortlist.owner_id == actor.person_id, Shortlist.shared.is_not(None))).order_by(Shortlist.id))
    return [row for row in rows if row.owner_id == actor.person_id or str(actor.person_id) in row.shared]
