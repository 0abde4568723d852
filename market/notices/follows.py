"""What the followers of a firm hear: a change of its row, another label of its verification; one message per happening."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.access import Act
from market.clock import now
from market.institutions.models import Institution
from market.notices.inbox import Happening, put, tell
from market.notices.models import Follow

FIRM, ORDER = "institution", "order"
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
