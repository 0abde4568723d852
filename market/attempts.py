"""Opens the transaction of an act, and keeps in the audit what an action refused to a person who is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from market import audit
from market.access import Act, Attempt, Note
from market.audit import AuditEntry
from market.database import Database
from market.errors import NotPossibleNow, Refused
from market.orders.models import Order

RULE = re.compile(r"\b(?:ck|fk|uq|pk|ix)_\w+|\bFOREIGN KEY|\bUNIQUE|\b[a-z]+(?:_[a-z]+)+\b")
LONGEST = 60  # characters of a reason: names of guards, never what somebody typed


@contextmanager
def acting(database: Database, act_of: Callable[[Session], Act]) -> Iterator[Act]:
    """An act in one transaction, kept when the block ends well.

    A refusal undoes it; who was refused what, and by which guard, is then written in a transaction of its own.
    """
    try:
        with database.write() as session, _by_rule():
            yield act_of(session)
            session.flush()
    except Refused as error:
        with database.write() as session:
            keep(act_of(session), error)
        raise


@contextmanager
def _by_rule() -> Iterator[None]:
    """What the database's own rules refuse is refused like anything else, by the rule's name and nothing of the row."""
    try:
        yield
    except IntegrityError as error:
        name = RULE.search(str(error.orig).splitlines()[0])
        raise NotPossibleNow(f"rule: {name.group() if name else 'unknown'}") from error


def keep(act: Act, error: Refused) -> AuditEntry | None:
    """The entry of a refused attempt; None where no action refused, or nobody is known.

    Only the names of guards are kept: their details may quote a draft or name the firms of a sealed bid.
    """
    attempt = error.attempt
    if not isinstance(attempt, Attempt) or act.actor.person_id is None:
        return None
    kind = attempt.event.partition(".")[0]
    order = act.session.get(Order, attempt.about) if kind == "order" and isinstance(attempt.about, str) else None
    named = order.id if order else str(attempt.about) if isinstance(attempt.about, int) else ""
    reasons = [part.partition(":")[0][:LONGEST] for part in str(error).split("; ")]
    note = Note(kind, named, order.id if order else None, detail={"refused": type(error).__name__, "reasons": reasons})
    return audit.record(act, f"{attempt.event}{audit.REFUSED}", note)
