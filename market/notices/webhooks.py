"""Calls the addresses that organisations gave, signed, never inside the own network, again until they answer."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import secrets
import socket
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlparse

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from market.access import Act, Actor, Permission, action
from market.database import Database, locked, put_once
from market.errors import InvalidInput, NotFound
from market.keys import Keys
from market.notices.models import Webhook, WebhookCall

MOST_TRIES, FIRST_WAIT, TIMEOUT_S = 8, timedelta(minutes=1), 10
SIGNATURE = "X-Caitu-Signature"


@dataclass(frozen=True)
class Calls:
    """How calls are made; inside allows addresses of the own network, for trials on one machine only."""

    keys: Keys
    inside: bool = False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could lead inside the own network: it is not followed."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Refuses."""


def address_fault(url: str, *, inside: bool) -> str:
    """Why an address is not called: scheme, host, inside; empty for a good one."""
    parsed = urlparse(url)
    if parsed.scheme != "https" and not inside:
        return "scheme"
    try:
        found = socket.getaddrinfo(parsed.hostname or "", parsed.port or 443, proto=socket.IPPROTO_TCP)
    except (OSError, ValueError):
        return "host"
    outside = all(ipaddress.ip_address(entry[4][0]).is_global for entry in found)
    return "" if inside or outside else "inside"


@action(Permission.MANAGE_MEMBERS, "organisation.webhook_added")
def add(act: Act, url: str, calls: Calls) -> tuple[Webhook, str]:
    """Adds an address of the actor's organisation; gives the secret, which is shown this once."""
    if not act.actor.admin or act.actor.organisation_id is None:
        raise NotFound("organisation")
    if fault := address_fault(url, inside=calls.inside):
        raise InvalidInput(f"url: {fault}")
    secret = secrets.token_hex(32)
    row = Webhook(organisation_id=act.actor.organisation_id, url=url, secret_sealed=act.keys.seal("webhook", secret))
    act.session.add(row)
    act.session.flush()
    act.note("webhook", row.id)
    return row, secret


@action(Permission.MANAGE_MEMBERS, "organisation.webhook_removed")
def remove(act: Act, hook_id: int) -> None:
    """Stops calling an address of the actor's organisation; what it is still owed is forgotten."""
    row = act.session.get(Webhook, hook_id)
    if row is None or not act.actor.admin or row.organisation_id != act.actor.organisation_id:
        raise NotFound("webhook")
    act.session.execute(delete(WebhookCall).where(WebhookCall.webhook_id == row.id))
    act.session.delete(row)
    act.note("webhook", hook_id)


def listed(session: Session, actor: Actor, calls: int = 5) -> list[tuple[Webhook, list[WebhookCall]]]:
    """The addresses of the organisation that the actor administers, each with its last calls, the newest first."""
    if not actor.admin or actor.organisation_id is None:
        return []
    hooks = session.scalars(select(Webhook).where(Webhook.organisation_id == actor.organisation_id).order_by(Webhook.id))
    return [(hook, list(session.scalars(select(WebhookCall).where(WebhookCall.webhook_id == hook.id)
                                        .order_by(WebhookCall.id.desc()).limit(calls)))) for hook in hooks]


def owe(act: Act, organisations: Iterable[int], key: str, body: dict[str, str]) -> None:
    """Notes one call for each address of some organisations, once per key."""
    for hook in act.session.scalars(select(Webhook.id).where(Webhook.organisation_id.in_(list(organisations)))):
        put_once(act.session, WebhookCall, webhook_id=hook, key=key, body=body, tries=0, next_at=act.now)


def signature(secret: str, at: int, body: bytes) -> str:
    """t=seconds,v1=HMAC-SHA256 over "seconds.body": an old call cannot be sent again as a new one."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def _call(calls: Calls, hook: Webhook, row: WebhookCall, now: datetime) -> bool:
    if address_fault(hook.url, inside=calls.inside):
        return False
    body = json.dumps({"id": row.key, **row.body}, ensure_ascii=False).encode()
    secret = calls.keys.unseal("webhook", hook.secret_sealed)
    request = urllib.request.Request(hook.url, body, {"Content-Type": "application/json",
                                                      SIGNATURE: signature(secret, int(now.timestamp()), body)})
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT_S) as answer:
            return 200 <= int(answer.status) < 300
    except (urllib.error.URLError, OSError):
        return False


def call_waiting(database: Database, calls: Calls, now: datetime) -> int:
    """Makes the calls that are due; gives how many were answered.

    A call is claimed first, by moving its next try: another worker passes over it, and one that died is tried again.
    """
    with database.read() as session:
        due = list(session.scalars(select(WebhookCall.id).where(
            WebhookCall.done_at.is_(None), WebhookCall.next_at <= now, WebhookCall.tries < MOST_TRIES)))
    done = 0
    for key in due:
        if not _claimed(database, key, now):
            continue
        with database.read() as session:
            row = session.get_one(WebhookCall, key)
            answered = _call(calls, session.get_one(Webhook, row.webhook_id), row, now)
        if answered:
            with database.write() as session:
                session.get_one(WebhookCall, key).done_at = now
        done += answered
    return done


def _claimed(database: Database, key: int, now: datetime) -> bool:
    with database.write() as session:
        row = locked(session, WebhookCall, key)
        if row is None or row.done_at or row.next_at > now:
            return False
        row.tries += 1
        row.next_at = now + FIRST_WAIT * (1 << row.tries)
        return True
