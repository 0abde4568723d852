"""Reads of the policies."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.errors import NotFound
from market.policies.models import Policy


def policy(session: Session, key: str) -> Policy:
    """One policy; NotFound where there is none."""
    found = session.get(Policy, key)
    if found is None:
        raise NotFound(key)
    return found


def by_ids(session: Session, ids: Sequence[str]) -> dict[str, Policy]:
    """Policies by id, those that are there."""
    return {row.id: row for row in session.scalars(select(Policy).where(Policy.id.in_(ids)))}


def policies(session: Session) -> list[Policy]:
    """All policies, the newest first; those without a date last."""
    rows = session.scalars(select(Policy)).all()
    return sorted(rows, key=lambda row: (row.issued_on or "", row.id), reverse=True)
