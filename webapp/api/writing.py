"""Carries out a write of the interface: once per key, on the version that the program knows, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from market.access import Act
from market.orders.models import Order
from market.orders.steps import entitled
from market.orders.versions import expect
from market.requests import Request, once
from webapp.access import actor, writing

Work = Callable[[Act], dict[str, Any]]


def _caller() -> str:
    who = actor()
    return f"{who.person_id}:{who.organisation_id}:{who.role}"


def written(headers: Mapping[str, str], work: Work, order_id: str = "", event: str = "") -> dict[str, Any]:
    """The answer of a write, or the one that it got the first time.

    NotPossibleNow("changed: ...") where If-Match names an older version of the order and the step is the caller's to take:
    whose it is not learns nothing of what changed.
    """
    asked = Request(_caller(), headers["key"], [request.method, request.path, request.get_json(silent=True)])
    with writing() as act:
        def first() -> dict[str, Any]:
            if order_id and headers["version"]:
                entitled(act, order_id, event)
                expect(act, order_id, int(headers["version"].strip('"')))
            return work(act)

        return once(act, asked, first)[0]


def done(act: Act, event: str, order_id: str, made: dict[str, Any]) -> dict[str, Any]:
    """The answer of a step: JSON values only, because it is kept for a repeated request."""
    order = act.session.get_one(Order, order_id)
    act.session.flush()
    return {"event": event, "order_id": order_id, "state": order.state, "version": order.version, "made": made}
