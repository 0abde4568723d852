"""Experts with a conflict: own firm, team member, buyer, hired after the panel stood; each is refused, and that is kept."""

from __future__ import annotations

import sys

from ground import DATA, KEYS, Ground, arguments, ground, verdict
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from market.access import Act, Actor
from market.accounts.models import Employment
from market.attempts import acting
from market.audit import AuditEntry
from market.errors import NotPossibleNow
from market.orders import life, panel, rules
from market.orders.bid_models import Bid, BidMember, PanelSeat
from market.orders.models import Order


def employments(site: Ground, person: int) -> dict[str, dict[str, object]]:
    """The four conflicts of one person."""
    with site.database.read() as session:
        order = session.get_one(Order, site.order_id)
        joint = session.scalars(select(BidMember).join(Bid, Bid.id == BidMember.bid_id).where(
            BidMember.order_id == order.id, BidMember.institution_id != Bid.institution_id)).one()
        lead = session.get_one(Bid, joint.bid_id).institution_id
        return {"own firm": {"institution_id": lead}, "team member": {"institution_id": joint.institution_id},
                "buyer": {"enterprise_id": order.enterprise_id},
                "hired after the panel stood": {"institution_id": lead, "started_on": site.now.date()}}


def scored(site: Ground, expert: Actor) -> str:
    """What scoring gives: "scored", or the name of the guard or of the database's rule that refused."""
    with site.database.read() as session:
        bid = session.scalars(select(Bid.id).where(Bid.order_id == site.order_id).order_by(Bid.id)).first() or 0
    marks = panel.Marks(bid, {"plan": 5, "team": 5, "price": 5})
    try:
        with acting(site.database, lambda s: Act(s, expert, site.now, KEYS, DATA)) as act:
            panel.score(act, site.order_id, marks)
    except (NotPossibleNow, IntegrityError) as error:
        return str(error).partition("\n")[0]
    return "scored"


def refusals(site: Ground, expert: Actor) -> list[str]:
    """Every conflict tried once, one after the other."""
    found = []
    for values in employments(site, expert.person_id or 0).values():
        with site.database.write() as session:
            session.add(Employment(person_id=expert.person_id, **values))
        found.append(scored(site, expert))
        with site.database.write() as session:
            for row in session.scalars(select(Employment).where(Employment.person_id == expert.person_id)):
                session.delete(row)
    return found


def without_guard(site: Ground, expert: Actor) -> list[str]:
    """The control: the same without the guard."""
    kept = life.LIFE
    life.LIFE = tuple(
        type(m)(m.event, m.sources, m.target, m.who, tuple(g for g in m.guards if g is not rules.no_conflict), m.clock)
        for m in kept)
    try:
        return refusals(site, expert)
    finally:
        life.LIFE = kept


def main() -> int:
    """Runs the trial and its control."""
    args = arguments(__doc__ or "", 4)
    with ground(args.database, "evaluating") as site:
        with site.database.read() as session:
            seats = set(session.scalars(select(PanelSeat.person_id).where(PanelSeat.order_id == site.order_id)))
        expert = next(expert for expert in site.cast.experts if expert.person_id in seats)
        told = refusals(site, expert)
        with site.database.read() as session:
            kept = session.scalar(select(func.count()).select_from(AuditEntry).where(
                AuditEntry.event == "order.score.refused", AuditEntry.person_id == expert.person_id)) or 0
        bare = without_guard(site, expert)
        free = scored(site, expert)
    refused, stopped = sum(word == "no_conflict" for word in told), sum(word != "no_conflict" for word in bare)
    return verdict(f"conflicted experts, {'PostgreSQL' if args.database else 'SQLite'}", {
        "refused": (refused, "4", refused == len(told) == 4), "kept in the audit": (kept, "4", kept == 4),
        "control without a conflict": (free, "scored", free == "scored"),
        "control without the guard: stopped by the database's own rule": (
            stopped, "4", stopped == 4 and "scored" not in bare),
    })


if __name__ == "__main__":
    sys.exit(main())
