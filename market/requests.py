"""Carries out a write of the API once per key: a repeated request gets the first one's answer and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from market.access import Act
from market.database import locked, put_once
from market.errors import InvalidInput
from market.keys import Keys
from market.orders.models import AnsweredRequest

PURPOSE = "answered request"


@dataclass(frozen=True)
class Request:
    """Whose request, under which key, asking what (method, path and body, as JSON values)."""

    caller: str
    key: str
    content: Any

    def digest(self, keys: Keys) -> str:
        """Equal requests have equal digests; without the key nobody can try what a sealed bid may have said."""
        return keys.fingerprint(PURPOSE, json.dumps(self.content, sort_keys=True, ensure_ascii=False))


def once(act: Act, request: Request, work: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """The answer of a request and whether it was carried out now; all in the caller's transaction.

    Of parallel equal requests one works, the others wait and get its answer. InvalidInput("key: used for another request")
    where the key came with another content. What fails leaves nothing behind and may be tried again under the same key.
    """
    digest = request.digest(act.keys)
    fresh = put_once(act.session, AnsweredRequest, caller=request.caller, key=request.key, request_hash=digest, answer=None,
                     at=act.now)
    row = locked(act.session, AnsweredRequest, (request.caller, request.key))
    assert row is not None
    if not fresh:
        if row.request_hash != digest:
            raise InvalidInput("key: used for another request")
        return _opened(act.keys, row), False
    answer = work()
    row.answer = {"sealed": act.keys.seal(PURPOSE, answer).decode()}  # it may hold a link or a name
    act.session.flush()
    return answer, True


def _opened(keys: Keys, row: AnsweredRequest) -> dict[str, Any]:
    found: dict[str, Any] = keys.unseal(PURPOSE, row.answer["sealed"].encode()) if row.answer else {}
    return found
