"""What the followers of a firm hear: a change of its row, another label of its verification; one message per happening."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act
from market.clock import day_of, end_of, now
from market.institutions.models import Institution, Licence
from market.notices.inbox import Happening, put, tell
from market.notices.models import Follow

FIRM, ORDER = "institution", "order"
LOOK_BACK = timedelta(days=30)  # older ends were told of; the worker does not look at them for ever
ENDED = "ended:"  # a reason of this kind names a licence
TOLD = ("name", "credit_grade", "licences", "services", "industries", "role_families", "regions", "seniority", "languages",
        "capacity_per_quarter", "profile", "track_record", "address", "district", "park_id")  # of a firm's row


def followers(session: Session, kind: str, object_id: str, before: datetime | None = None) -> set[int]:
    """Who follows a thing; before: those who did at a moment."""
    query = select(Follow.person_id).where(Follow.kind == kind, Follow.object_id == object_id)
    return set(session.scalars(query if before is None else query.where(Follow.since <= before)))


def firm_changed(session: Session, firm: Institution, changed: Mapping[str, Any], grade: str | None) -> int:
    """Tells of what a file changed in a firm's row; grade: the one before. The row's version makes it one happening."""
    fields = [name for name in TOLD if name in changed]
    reasons = [f"{name}:{grade or ''}:{firm.credit_grade or ''}" if name == "credit_grade" else name for name in fields]
    people = followers(session, FIRM, firm.id) if fields else ()
    happening = Happening("follow.firm", FIRM, firm.id, f"institution:{firm.id}:v{firm.version}")
    return put(session, now(), happening, people, reasons)


def standing_changed(act: Act, firm_id: str, label: str, but: Collection[int]) -> int:
    """Tells of another label of a firm's verification; but: its own people, who are told in another message."""
    happening = Happening("follow.standing", FIRM, firm_id, f"institution:{firm_id}:{label}:{act.now.isoformat()}")
    return tell(act, happening, followers(act.session, FIRM, firm_id).difference(but), label)


def verification_over(act: Act, firm_id: str, until: datetime, but: Collection[int]) -> int:
    """Tells whoever followed a firm when its verification ran out; asked again and again, it is one message."""
    happening = Happening("follow.standing", FIRM, firm_id, f"institution:{firm_id}:over:{until.isoformat()}")
    return tell(act, happening, followers(act.session, FIRM, firm_id, until).difference(but), "over")


def tell_ended_licences(act: Act) -> int:
    """Tells whoever followed a firm when a licence of it ran out; asked again and again, it is one message."""
    today = day_of(act.now)
    rows = act.session.scalars(select(Licence).where(
        Licence.valid_to.between(today - LOOK_BACK, today - timedelta(days=1)),
        Licence.institution_id.in_(select(Follow.object_id).where(Follow.kind == FIRM))))
    sent = 0
    for row in rows.all():
        assert row.valid_to is not None
        happening = Happening("follow.firm", FIRM, row.institution_id,
                              f"institution:{row.institution_id}:ended:{row.name}:{row.valid_to.isoformat()}")
        people = followers(act.session, FIRM, row.institution_id, end_of(row.valid_to))
        sent += tell(act, happening, people, f"{ENDED}{row.name}")
    return sent
