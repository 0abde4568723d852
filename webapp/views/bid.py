"""Writing a bid: the gate, the offer, the firms that share it; a draft is kept, and nothing typed is lost on an error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from index.queries import Query
from market.access import Act, Permission
from market.database import Session
from market.errors import InvalidInput
from market.institutions import queries as institutions
from market.institutions.models import Institution
from market.orders import bids
from market.orders.bid_drafts import draft_of, drop_draft, save_draft
from market.orders.bid_models import Bid
from market.orders.conditions import conditions, fitness
from market.orders.standing import HeldBid, held
from webapp.access import actor, needs, writing
from webapp.amounts import YuanField, basis_points, typed_percent, typed_yuan
from webapp.forms import SiteForm, carried_out
from webapp.orderframe import OrderFrame, frame_of
from webapp.services import services
from webapp.words.bids import BID_KEPT, BID_WAITS, DRAFT_KEPT, NEEDED, NO_FIRM, SHARE_MISSING, TOO_LONG

blueprint = Blueprint("bid", __name__, url_prefix="/orders")

LONG, SHORT = 20_000, 2_000
MOST_FIRMS, OFFERED = 20, 6
TEXTS = ("price", "plan", "timeline", "team", "cases")


def _text(most: int) -> Length:
    return Length(max=most, message=TOO_LONG.format(most))


class BidForm(SiteForm):
    """An offer; shares_whole only carries what is wrong with the shares."""

    price = YuanField()
    plan = TextAreaField(validators=[DataRequired(NEEDED), _text(LONG)])
    timeline = TextAreaField(validators=[DataRequired(NEEDED), _text(SHORT)])
    team = TextAreaField(validators=[_text(LONG)])
    cases = TextAreaField(validators=[_text(LONG)])
    conflict_declared = BooleanField()
    shares_whole = HiddenField()
    find = StringField(validators=[_text(200)])
    version = HiddenField()

    @property
    def offer(self) -> bids.Offer:
        """What was typed as an offer; one case a line."""
        cases = tuple(line.strip() for line in (self.cases.data or "").splitlines() if line.strip())
        return bids.Offer(self.price.fen, self.plan.data or "", self.timeline.data or "", self.team.data or "", cases,
                          bool(self.conflict_declared.data))


@dataclass(frozen=True)
class TeamLine:
    """One firm of the bid as the form shows it: the share as it was typed, and what everybody may know of its fitness."""

    firm: Institution
    share: str
    checks: tuple[Any, ...] = ()


Shares = list[tuple[str, str]]  # firm, per cent as typed; the bidder's own first


def _typed_shares() -> Shares:
    pairs = list(zip(request.form.getlist("member"), request.form.getlist("share"), strict=False))[:MOST_FIRMS]
    return list(dict(pairs).items())


def _preset(own: str) -> Shares:
    """The shares of ?team=firm:percent,firm:percent; what is left of the whole is the bidder's where it is not named."""
    parts = [part.partition(":") for part in request.args.get("team", "").split(",") if part][:MOST_FIRMS]
    named = {key.strip(): share.strip() for key, _, share in parts if key.strip()}
    if not named:
        return []
    if own not in named:
        try:
            left = 10_000 - sum(map(basis_points, named.values()))
        except ValueError:
            left = 0
        named = {own: typed_percent(left) if left > 0 else "", **named}
    return sorted(named.items(), key=lambda pair: pair[0] != own)


def _of_bid(mine: HeldBid) -> tuple[dict[str, Any], Shares]:
    offer = mine.offer
    typed = {"price": typed_yuan(offer["price_fen"]), "plan": offer["plan"], "timeline": offer["timeline"],
             "team": offer.get("team", ""), "cases": "\n".join(offer.get("cases", ()))}
    shares = [(party.institution_id, typed_percent(party.share_bp)) for party in mine.parties if party.stage != "left"]
    return typed, shares


def _basis_points(shares: Shares) -> list[tuple[str, int]]:
    """The shares of a joint bid; InvalidInput("shares_whole") with what is wrong; empty for a firm alone."""
    if len(shares) < 2:
        return []
    if any(not share.strip() for _, share in shares):
        raise InvalidInput(SHARE_MISSING)
    try:
        return [(firm, basis_points(share)) for firm, share in shares]
    except ValueError as error:
        raise InvalidInput(str(error)) from None


def _found(session: Session, text: str) -> list[Institution]:
    """Firms by id, code or name; where nothing is called so, what the index finds."""
    rows = institutions.named_like(session, [text], OFFERED)
    index = None if rows else services().index_or_none()
    if index is None:
        return rows
    hits = index.search(replace(Query(text=text, filters={"kind": ("institution",)}), limit=OFFERED)).hits
    known = institutions.by_ids(session, [hit.id for hit in hits])
    return [known[hit.id] for hit in hits if hit.id in known]


def _started(session: Session, frame: OrderFrame, mine: HeldBid | None) -> tuple[BidForm, Shares, Any]:
    """The form as it opens: from the draft, else from the bid that was handed in, with the shares that a link names."""
    own = actor().institution_id or ""
    typed, shares = _of_bid(mine) if mine else ({}, [])
    draft = draft_of(session, actor(), services().keys, frame.order.id)
    if draft:
        typed, shares = {name: draft[0].get(name, "") for name in TEXTS}, [(k, s) for k, s in draft[0].get("shares", [])]
    form = BidForm(formdata=None, **typed, conflict_declared=bool(draft and draft[0].get("conflict_declared")))
    form.version.data = str(frame.order.version)
    return form, _preset(own) or shares or [(own, "100")], draft[1] if draft else None


def _kept(act: Act, key: str, form: BidForm, shares: Shares) -> Bid:
    made = bids.bid(act, key, form.offer, _basis_points(shares))
    drop_draft(act, key)
    return made


def _edited(form: BidForm, shares: Shares, do: str) -> tuple[Shares, bool]:
    """The shares after a button of the firms' part; True when one of these was pressed."""
    step, _, firm = do.partition(":")
    if step == "add" and firm not in dict(shares):
        form.find.data = ""
        return [*shares, (firm, "")], True
    if step == "drop":
        return [pair for pair in shares if pair[0] != firm], True
    return shares, step in ("add", "find")


@blueprint.route("/<key>/bid", methods=["GET", "POST"])
@needs(Permission.BID)
def write(key: str) -> str | Redirect:
    """The form of a bid, until the deadline; afterwards the reader is led to what became of it."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        mine = next((one for one in held(session, actor(), site.keys, frame.order) if one.leads), None)
        if "bid" not in frame.events:
            return redirect(f"/orders/{key}/bids", 303)
        if request.method == "GET":
            return _page(session, frame, mine, _started(session, frame, mine))
    form, shares, do = BidForm(), _typed_shares(), request.form.get("do", "bid")
    if do == "save":
        return _saved(key, form, shares)
    shares, only_edited = _edited(form, shares, do)
    made = None if only_edited else carried_out(form, lambda act: _kept(act, key, form, shares))
    if made is not None:
        flash(BID_KEPT if len(shares) < 2 else BID_WAITS, "ok")
        return redirect(f"/orders/{key}/bids", 303)
    with site.database.read() as session:
        return _page(session, frame_of(session, key), mine, (form, shares, None))


def _saved(key: str, form: BidForm, shares: Shares) -> Redirect:
    typed = {name: form[name].data or "" for name in TEXTS}
    with writing() as act:
        save_draft(act, key, {**typed, "conflict_declared": bool(form.conflict_declared.data), "shares": shares})
    flash(DRAFT_KEPT, "ok")
    return redirect(f"/orders/{key}/bid", 303)


def _team(act: Act, frame: OrderFrame, shares: Iterable[tuple[str, str]]) -> list[TeamLine]:
    pairs = list(shares)
    firms = institutions.by_ids(act.session, [key for key, _ in pairs])
    return [TeamLine(firms[key], share, tuple(fitness(act, frame.order, firms[key]))) for key, share in pairs if key in firms]


def _page(session: Session, frame: OrderFrame, mine: HeldBid | None, typed: tuple[BidForm, Shares, Any]) -> str:
    form, shares, saved_at = typed
    act = services().act(session, actor())
    own = institutions.institution(session, actor().institution_id or "")
    text = (form.find.data or "").strip()
    found = [firm for firm in _found(session, text) if firm.id not in dict(shares)] if text else []
    return render_template(
        "bid.html", frame=frame, tab_here="bids", form=form, mine=mine, saved_at=saved_at, own=own, found=found,
        not_found=NO_FIRM.format(text) if text and not found else "", team=_team(act, frame, shares),
        gate=conditions(act, frame.order, own, mine.bid_id if mine else None))
