"""The orders that suit one firm, with its place in each, those that it misses by one must-have, and why not another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from market.access import Permission
from market.database import Session
from market.institutions import queries
from market.institutions.models import Institution
from market.matches.queries import reads_neutrally
from market.orders import queries as orders
from market.orders.models import Order
from market.profiles import demand_of
from matching.constraints import failures
from matching.encoders import EncoderNotReady
from matching.explaining import WhyNot, verdict
from matching.pool import Pool
from webapp.access import actor, needs, public
from webapp.clock import today
from webapp.matchstate import neutral_asked
from webapp.progress import read_progress
from webapp.services import Services, services
from webapp.suiting import soonest
from webapp.views.fit import choose_reading

blueprint = Blueprint("firm_orders", __name__, url_prefix="/institutions")

SHOWN, NEARLY, OFFERED = 20, 5, 12


@dataclass(frozen=True)
class Standing:
    """One order and where the firm stands in it."""

    order: Order
    why: WhyNot


def _standings(site: Services, pool: Pool, firm: Institution, taking: Sequence[Order]) -> list[Standing]:
    matcher, row = site.desk.matcher, pool.row_of[firm.id]
    return [Standing(order, verdict(matcher, matcher.sitting(demand_of(order), pool), row)) for order in taking]


def _suiting(site: Services, pool: Pool | None, firm: Institution, taking: dict[str, Order], neutral: bool) -> list[Order]:
    """The orders whose must-haves the firm meets: the best, or without any rank those that end soonest."""
    found = [taking[match.demand_id] for match in site.desk.suits(firm.id, taking.values(), pool,
                                                                  len(taking) if neutral else SHOWN)]
    return soonest(found) if neutral else found


def _nearly(site: Services, pool: Pool, firm: Institution, taking: Sequence[Order], neutral: bool) -> list[Order]:
    """The orders of which the firm misses one must-have alone: those first that it would suit best, or that end soonest."""
    matcher, alone = site.desk.matcher, pool.alone(pool.row_of[firm.id])
    scored = []
    for order in taking:
        demand = demand_of(order)
        if len(failures(alone.profiles[0], demand, matcher.needs(demand), matcher.vocabulary)) == 1:
            score = 0 if neutral else -matcher.match(matcher.sitting(demand, alone), 0).score
            scored.append((score, order.id, order))
    if neutral:
        return soonest([order for _, _, order in scored])[:NEARLY]
    return [order for _, _, order in sorted(scored, key=lambda row: row[:2])[:NEARLY]]


@blueprint.get("/<key>/orders")
@public
def suiting(key: str) -> str:
    """The orders that suit a firm and those that it nearly suits."""
    site = services()
    with site.database.read() as session:
        firm, neutral = queries.institution(session, key), neutral_asked(request.args, reads_neutrally(session, actor()))
        taking = site.desk.matchable(orders.open_orders(session, today()))
        try:
            pool = site.firms()
            found = _suiting(site, pool, firm, taking, neutral)
        except EncoderNotReady:
            pool, found = None, []
        able = pool is not None and firm.id in pool.row_of
        rest = [order for order in taking.values() if order not in found]
        return render_template(
            "firm_orders.html", firm=firm, able=able, asked="", offered=(), progress=read_progress(site.settings.var_dir),
            neutral=neutral, total=len(found), rows=_standings(site, pool, firm, found[:SHOWN]) if pool and able else (),
            nearly=_standings(site, pool, firm, _nearly(site, pool, firm, rest, neutral)) if pool and able else ())


@blueprint.post("/<key>/reading")
@needs(Permission.OWN_ACCOUNT)
def reading(key: str) -> Answer:
    """Remembers whether the reader wants ranks, and shows the firm's orders so."""
    choose_reading()
    return redirect(f"/institutions/{key}/orders", 303)


def _offered(session: Session, asked: str) -> list[Order]:
    return orders.open_named_like(session, today(), asked, OFFERED) if asked else []


@blueprint.get("/<key>/why")
@public
def why(key: str) -> Answer | str:
    """Why not this order: leads to the one that is named, or offers those whose title is like it."""
    asked = " ".join(request.args.get("order", "").split())[:80]
    with services().database.read() as session:
        firm, found = queries.institution(session, key), _offered(session, asked)
        if len(found) == 1:
            return redirect(f"/orders/{found[0].id}/firms/{firm.id}")
        return render_template("firm_orders.html", firm=firm, able=True, asked=asked, offered=found, rows=(), nearly=())
