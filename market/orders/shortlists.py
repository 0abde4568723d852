"""Shortlists of firms, shared inside an organisation to look at or to edit; a firm that changed is marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, action
from market.accounts.models import Member
from market.accounts.queries import verification
from market.clock import day_of
from market.errors import InvalidInput, NotFound
from market.institutions.models import Institution
from market.orders.bid_models import Shortlist, ShortlistFirm


def _facts(session: Session, firm: Institution, now: datetime) -> dict[str, object]:
    return {"credit_grade": firm.credit_grade, "licences": sorted(firm.held(day_of(now))),
            "verification": verification(session, firm.id, now).state}


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
    firm = act.session.get(Institution, institution_id)
    if firm is None:
        raise NotFound("institution")
    entry = act.session.get(ShortlistFirm, (row.id, firm.id)) or ShortlistFirm(shortlist_id=row.id, institution_id=firm.id)
    entry.note, entry.seen = note, _facts(act.session, firm, act.now)
    act.session.add(entry)
    act.session.flush()
    act.note("shortlist", row.id, detail={"institution": firm.id})
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


def right_of(session: Session, actor: Actor, shortlist_id: int) -> tuple[Shortlist, str]:
    """A list that the actor may see, with what they may do: "own", "edit" or "view"."""
    row = _open(session, actor, shortlist_id)
    return row, "own" if row.owner_id == actor.person_id else row.shared[str(actor.person_id)]


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
    out = []
    for entry in session.scalars(select(ShortlistFirm).where(ShortlistFirm.shortlist_id == row.id)
                                 .order_by(ShortlistFirm.institution_id)):
        now = _facts(session, session.get_one(Institution, entry.institution_id), at)
        changed = {name: (value, now[name]) for name, value in sorted(entry.seen.items()) if now[name] != value}
        out.append(Listed(entry.institution_id, entry.note, changed, now["verification"] == "suspended"))
    return out


def mine(session: Session, actor: Actor) -> list[Shortlist]:
    """The lists that the actor owns or that were shared with them."""
    rows = session.scalars(select(Shortlist).where(
        Shortlist.organisation_id == actor.organisation_id,
        or_(Shortlist.owner_id == actor.person_id, Shortlist.shared.is_not(None))).order_by(Shortlist.id))
    return [row for row in rows if row.owner_id == actor.person_id or str(actor.person_id) in row.shared]
