"""All that the site keeps on a person who has an account: for the person's own file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Actor
from market.accounts.models import AccessToken, Employment, Expert, Member, Person, SignedIn
from market.audit import AuditEntry
from market.matches.models import FitLabel, NeutralReader
from market.notices.models import Follow, Notice, NoticeSwitch, SavedSearch
from market.orders.bid_models import BidDraft, PanelSeat, Shortlist, ShortlistFirm
from market.orders.models import BriefReading, DisputeOffer, Message, OfferAnswer, Order

SECRETS = frozenset({"token_hash", "password_hash", "totp_sealed", "totp_step", "sealed"})  # of no use to the person
TABLES = {  # part of the file -> the rows that are the person's
    "memberships": Member.person_id, "sessions": SignedIn.person_id, "access_tokens": AccessToken.person_id,
    "expert": Expert.person_id, "employments": Employment.person_id, "messages_received": Notice.person_id,
    "switches": NoticeSwitch.person_id, "saved_searches": SavedSearch.person_id, "follows": Follow.person_id,
    "messages_written": Message.person_id, "panel_seats": PanelSeat.person_id, "bid_drafts": BidDraft.person_id,
    "briefs_read": BriefReading.person_id, "fit_labels": FitLabel.person_id, "reads_without_ranks": NeutralReader.person_id,
    "offers_made": DisputeOffer.person_id, "offers_answered": OfferAnswer.person_id, "audit": AuditEntry.person_id,
}


def _plain(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [{column.key: getattr(row, column.key) for column in row.__mapper__.columns if column.key not in SECRETS}
            for row in rows]


def everything_on(session: Session, actor: Actor) -> dict[str, Any]:
    """The actor's own row, what hangs on it, the orders that they own, their shortlists; no secret, nothing of others."""
    person = session.get_one(Person, actor.person_id)
    found: dict[str, Any] = {"person": {**_plain([person])[0], "second_factor": person.totp_sealed is not None}}
    for name, column in TABLES.items():
        found[name] = _plain(session.scalars(select(column.class_).where(column == person.id)))
    lists = list(session.scalars(select(Shortlist).where(Shortlist.owner_id == person.id).order_by(Shortlist.id)))
    firms = session.scalars(select(ShortlistFirm).where(ShortlistFirm.shortlist_id.in_([row.id for row in lists])))
    found["shortlists"], found["shortlist_firms"] = _plain(lists), _plain(firms)
    found["orders_owned"] = [{"id": key, "title": title, "state": state} for key, title, state in session.execute(
        select(Order.id, Order.title, Order.state).where(Order.owner_id == person.id).order_by(Order.id))]
    return found
