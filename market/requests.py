"""Carries out a write of the API once per key: a repeated request gets the first one's answer and changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from market.access import Act
from market.database import locked, put_once
from market.errors import InvalidInput
from market.orders.models import AnsweredRequest

KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Request:
    """Whose request, under which key, asking what (method, path and body, as JSON values)."""

    caller: str
    key: str
    content: Any

    @property
    def digest(self) -> str:
        """Equal requests have equal digests."""
        return hashlib.sha256(json.dumps(self.content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def once(act: Act, request: Request, work: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """The answer of a request and whether it was carried out now; all in the caller's transaction.

    Of parallel equal requests one works, the others wait and get its answer. InvalidInput("key: used for another request")
    where the key came with another content. What fails leaves nothing behind and may be tried again under the same key.
    """
    fresh = put_once(act.session, AnsweredRequest, caller=request.caller, key=request.key, request_hash=request.digest,
                     answer=None, at=act.now)
    row = locked(act.session, AnsweredRequest, (request.caller, request.key))
    assert row is not None
    if not fresh:
        if row.request_hash != request.digest:
            raise InvalidInput("key: used for another request")
        return row.answer or {}, False
    row.answer = work()
    act.session.flush()
    return row.answer, True


def forget(session: Session, now: datetime) -> None:
    """Deletes answers that nobody will ask for again."""
    session.execute(delete(AnsweredRequest).where(AnsweredRequest.at < now - KEPT))
