"""The matches of one order: the list on the order's page, its export, one firm with every reason, firms side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from index.analysis import normalise
from market.access import Permission
from market.database import Session
from market.errors import InvalidInput, NotPossibleNow
from market.institutions import queries as institutions
from market.matches.queries import own_label
from market.orders import queries
from market.orders.models import Order
from matching.encoders import EncoderNotReady
from matching.requirements import Requirement
from webapp.access import actor, public
from webapp.clock import today
from webapp.exports import Sheet, workbook
from webapp.fitform import FitForm
from webapp.listing import Page, offset_asked
from webapp.matchpage import Table, all_reasons, hit_rates
from webapp.matchstate import LEVERS, OPEN_TO_CHANGE, MatchState, must_key
from webapp.progress import read_progress
from webapp.services import Services, services
from webapp.sidebyside import compared
from webapp.spotlight import of_firm, of_order, spotlit
from webapp.suiting import place_for_firm
from webapp.teaming import wants_team
from webapp.words.exports import EXPORT_MATCH_HEADS, EXPORT_MATCH_TITLE, export_lines, export_match
from webapp.words.levers import LEVER_WORDS, SOURCE_WORDS, factor_word, other_musts, rates_word
from webapp.words.matches import must_word

blueprint = Blueprint("matches", __name__, url_prefix="/orders")

OPEN = "open"
MOST_COMPARED = 4
MOST_OFFERED = 12  # firms offered for a name that is not one firm's


def table_of(site: Services, order: Order, state: MatchState) -> Table | None:
    """The order before the firms; None while vectors are missing or no firm can be matched."""
    if order.state != OPEN:
        return None
    try:
        pool = site.firms()
        table = Table(site, order, pool, state) if pool else None
        if table:
            assert table.sitting
    except EncoderNotReady:
        return None
    return table


def matches_context(site: Services, session: Session, order: Order, state: MatchState) -> dict[str, Any]:
    """What partials/matches.html and partials/musts.html show."""
    table = table_of(site, order, state)
    path = f"/orders/{order.id}"
    shown: dict[str, Any] = {"state": state, "path": path, "ready": table is not None}
    if table is None:
        return {"found": shown, "musts": [], "progress": read_progress(site.settings.var_dir)}
    offset = offset_asked() if state.neutral else 0
    ranking, needs = table.ranking, table.sitting.needs
    figures = site.desk.matcher.weights.figures
    shown |= {
        "rows": table.by_name(session, offset) if state.neutral else table.rows(session), "refused": table.refused(session),
        "eligible": ranking.eligible, "considered": ranking.considered,
        "bands": {band: ranking.bands.get(band, 0) for band in (3, 2, 1)},
        "rates": rates_word(hit_rates(figures), figures.get("learned_on", "")),
        "levers": [(name, LEVER_WORDS[name], state.weights.get(name, 1.0)) for name in LEVERS],
        "team": wants_team(table.sitting.demand, [table.free(match.institution_id) for match in ranking.matches]),
        "changes": _changes(state, path), "page": Page((), ranking.eligible, offset),
        "page_address": lambda start: state.address(path, ("order", "name"), ("from", str(start))),
        "pair": lambda firm: state.address(f"{path}/firms/{firm}", ("reason", "")), "levers_open": "levers" in request.args,
        "free": table.free,
    }
    return {"found": shown, "musts": _musts(table, needs, path), "must_choices": _additions(table, needs)}


def _changes(state: MatchState, path: str) -> list[tuple[str, str]]:
    """What the reader changed, each with the address that takes it back."""
    found = [(factor_word(name, factor), state.with_weight(name, 1.0).address(path))
             for name, factor in state.weights.items()]
    for mark, keys, undo in (("-", state.dropped, state.keeping), ("+", state.added, state.dropping)):
        found += [(f"{mark} {must_word(*key.split(':', 1))}", undo(key).address(path)) for key in keys]
    return found


def _musts(table: Table, needs: Sequence[Requirement], path: str) -> list[dict[str, Any]]:
    """The must-haves that count, each with how it can be corrected."""
    state, out = table.state, []
    for need in needs:
        free, key = need.source in OPEN_TO_CHANGE, must_key(need)
        without = state.dropping(key)
        out.append({"word": must_word(need.kind, need.value), "quote": need.quote, "source": SOURCE_WORDS[need.source],
                    "drop": without.address(path) if free else "", "keep": without.to_args(),
                    "others": other_musts(need.kind, need.value, _regions(table)) if free else []})
    return out


def _regions(table: Table) -> tuple[str, ...]:
    return tuple(name for name, _ in table.site.desk.matcher.vocabulary.region_words)


def _additions(table: Table, needs: Sequence[Requirement]) -> list[tuple[str, str]]:
    there = {must_key(need) for need in needs}
    offered = [pair for kind in ("licence", "credit", "region") for pair in other_musts(kind, "", _regions(table))]
    return [(key, word) for key, word in offered if key not in there]


def needed(site: Services, order: Order, state: MatchState) -> Table:
    """The order before the firms; NotPossibleNow while they are not ready."""
    table = table_of(site, order, state)
    if table is None:
        raise NotPossibleNow(f"{order.id}: the matches are not there yet")
    return table


@blueprint.get("/<key>/matches.xlsx")
@public
def export(key: str) -> Response:
    """The firms that the order's page shows, as an Excel file; NotPossibleNow while vectors are missing."""
    site = services()
    with site.database.read() as session:
        order = queries.order(session, key, actor())
        table = needed(site, order, MatchState.from_args(request.args))
        lines = [export_match(row.place or 0, row.firm, row.match) for row in table.rows(session)]
    about = export_lines(EXPORT_MATCH_TITLE.format(order.title), "; ".join(word for word, _ in _changes(table.state, "")),
                         (len(lines), table.ranking.eligible), site.settings.map_approval)
    return workbook(Sheet(EXPORT_MATCH_HEADS, lines, about), f"caitu-{order.id}")


@blueprint.get("/<key>/firms/<firm_id>")
@public
def pair(key: str, firm_id: str) -> str:
    """One firm and one order: place, what is missing, and every reason beside the sentences that it rests on."""
    return pair_page(key, firm_id)


def pair_page(key: str, firm_id: str, form: FitForm | None = None) -> str:
    """The page of a pair; form: a judgement that was sent and refused."""
    site, state = services(), MatchState.from_args(request.args)
    with site.database.read() as session:
        order, firm = queries.order(session, key, actor()), institutions.institution(session, firm_id)
        table = table_of(site, order, state)
        if table is None or firm_id not in table.pool.row_of:
            progress = read_progress(site.settings.var_dir)
            return render_template("pair.html", order=order, firm=firm, why=None, back="", progress=progress)
        why = table.verdict(firm_id)
        reasons = all_reasons(why)
        chosen = _chosen(len(reasons))
        lit = reasons[chosen] if reasons else None
        label = own_label(session, actor(), key, firm_id)
        return render_template(
            "pair.html", order=order, firm=firm, why=why, reasons=reasons, chosen=chosen, state=state,
            order_lines=spotlit(of_order(order), lit.demand_quote if lit else "", lit.demand_marks if lit else ()),
            firm_lines=spotlit(of_firm(firm, today()), lit.profile_quote if lit else "", lit.profile_marks if lit else ()),
            address=lambda place: state.address(f"/orders/{key}/firms/{firm_id}", ("reason", str(place))),
            back=state.address(f"/orders/{order.id}"), label=label,
            other_way=place_for_firm(session, firm_id, order.id, table.pool) if why.place and not state.neutral else None,
            form=form or (FitForm.of(label) if actor().may(Permission.JUDGE_FIT) else None))


def _chosen(count: int) -> int:
    text = request.args.get("reason") or "0"
    if not text.isdigit():
        raise InvalidInput(f"reason={text}")
    return min(int(text), max(count - 1, 0))


@blueprint.get("/<key>/why")
@public
def why(key: str) -> Answer | str:
    """Why not this one: leads to the firm that is named, or offers those whose name is like it."""
    site, state = services(), MatchState.from_args(request.args)
    asked = " ".join(request.args.get("firm", "").split())[:80]
    with site.database.read() as session:
        order = queries.order(session, key, actor())
        found = institutions.named_like(session, (asked, normalise(asked)), MOST_OFFERED) if asked else []
    if len(found) == 1:
        return redirect(state.address(f"/orders/{order.id}/firms/{found[0].id}"))
    return render_template("why.html", order=order, asked=asked, offered=found, state=state)


@blueprint.get("/<key>/compare")
@public
def compare(key: str) -> str:
    """Up to four firms side by side."""
    site, state = services(), MatchState.from_args(request.args)
    wanted = list(dict.fromkeys(request.args.getlist("firm")))
    with site.database.read() as session:
        order = queries.order(session, key, actor())
        table = needed(site, order, state)
        firms = institutions.by_ids(session, wanted)
        chosen = [firms[one] for one in wanted if one in firms and one in table.pool.row_of][:MOST_COMPARED]
        verdicts = [table.verdict(firm.id) for firm in chosen]
        columns = [(firm, _without(state, order.id, chosen, firm)) for firm in chosen]
        return render_template(
            "compare.html", order=order, state=state, verdicts=verdicts, columns=columns, left_out=len(wanted) - len(chosen),
            back=state.address(f"/orders/{order.id}"), rows=compared(table.sitting.needs, verdicts))


def _without(state: MatchState, order_id: str, chosen: Sequence[Any], firm: Any) -> str:
    left = [("firm", one.id) for one in chosen if one is not firm]
    return f"/orders/{order_id}/compare?{urlencode([*state.to_args(), *left])}" if left else ""
