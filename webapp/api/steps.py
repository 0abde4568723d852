"""Every step of an order's life that a person may take, each as one address: POST /api/v1/orders/<order>/<event>."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema

from market.access import ACTIONS, Act
from market.orders import award, bids, candidates, delivery, disputes, drafts, panel, settlement
from webapp.access import PROGRAMS, needs
from webapp.api import schemas as s
from webapp.api.answers import Done
from webapp.api.writing import done, written

blueprint = Blueprint("api_steps", __name__, url_prefix=f"{PROGRAMS}/orders", description="Steps of an order's life")

Given = dict[str, Any]
Do = Callable[[Act, str, Given], object]


@dataclass(frozen=True)
class Deed:
    """One step: what it is sent, what it does, and what of the result the program is told."""

    schema: type[Schema]
    do: Do
    made: Callable[[Any], Given] = lambda _: {}


def _plain(run: Callable[[Act, str], object]) -> Do:
    return lambda act, key, _: run(act, key)


def _with(run: Callable[[Act, str, str], object], name: str = "reason") -> Do:
    return lambda act, key, given: run(act, key, given[name])


def _bid(act: Act, key: str, given: Given) -> object:
    shares = tuple((row["institution_id"], row["share_bp"]) for row in given.pop("members"))
    return bids.bid(act, key, bids.Offer(**given), shares)


def _propose(act: Act, key: str, given: Given) -> object:
    places = {row["bid_id"]: row["places"] for row in given["bids"] if row["places"]}
    words = {row["bid_id"]: row["words"] for row in given["bids"] if row["words"]}
    return award.propose(act, key, award.Proposal(places, given["reason"], words))


def _reject(act: Act, key: str, given: Given) -> object:
    return delivery.reject_part(act, key, {row["milestone_id"]: row["reason"] for row in given["items"]})


def _decide(run: Callable[..., object]) -> Do:
    return lambda act, key, given: run(act, key, given["placement_id"],
                                       candidates.Decision(given["event"], given["reason_code"]))


DEEDS: dict[str, Deed] = {
    "edit": Deed(s.OrderFields, drafts.edit), "submit": Deed(s.Nothing, _plain(drafts.submit)),
    "return": Deed(s.Reason, _with(drafts.send_back)), "publish": Deed(s.Nothing, _plain(drafts.publish)),
    "amend": Deed(s.OrderFields, drafts.amend, lambda row: {"material": row.material, "changed": sorted(row.changes)}),
    "cancel": Deed(s.Reason, _with(drafts.cancel)), "pause": Deed(s.Nothing, _plain(drafts.pause)),
    "resume": Deed(s.Nothing, _plain(drafts.resume)),
    "reissue": Deed(s.Reason, _with(drafts.reissue), lambda row: {"order_id": row.id}),
    "accept_terms": Deed(s.Nothing, _plain(drafts.accept_terms)),
    "ask": Deed(s.Text, _with(drafts.ask, "text"), lambda row: {"question_id": row.id}),
    "answer": Deed(s.AnswerFields, lambda act, key, given: drafts.answer(act, key, given["question_id"], given["text"])),
    "bid": Deed(s.BidFields, _bid, lambda row: {"bid_id": row.id}),
    "consent_bid": Deed(s.BidKey, lambda act, key, given: bids.consent_bid(act, key, given["bid_id"])),
    "refuse_bid": Deed(s.BidKey, lambda act, key, given: bids.refuse_bid(act, key, given["bid_id"])),
    "reconfirm": Deed(s.Nothing, _plain(bids.reconfirm)), "withdraw": Deed(s.Nothing, _plain(bids.withdraw)),
    "draw_panel": Deed(s.Size, lambda act, key, given: panel.draw_panel(act, key, given["size"]),
                       lambda rows: {"people": rows}),
    "free_seat": Deed(s.SeatFields, lambda act, key, given: panel.free_seat(act, key, given["person_id"], given["reason"])),
    "turn_key": Deed(s.Nothing, _plain(panel.turn_key)), "unseal": Deed(s.Nothing, _plain(panel.unseal)),
    "score": Deed(s.MarksFields, lambda act, key, given: panel.score(act, key, panel.Marks(**given)),
                  lambda row: {"total_bp": row.total_bp}),
    "recuse": Deed(s.Reason, _with(panel.recuse)),
    "propose": Deed(s.ProposalFields, _propose, lambda rows: {"award_ids": [row.id for row in rows]}),
    "go_on": Deed(s.Nothing, _plain(award.go_on)),
    "object": Deed(s.Reason, _with(award.objection), lambda row: {"objection_id": row.id}),
    "answer_objection": Deed(s.Text, _with(award.answer_objection, "text")),
    "uphold": Deed(s.Reason, _with(award.uphold)), "dismiss": Deed(s.Reason, _with(award.dismiss)),
    "award": Deed(s.Nothing, _plain(award.award), lambda rows: {"award_ids": [row.id for row in rows]}),
    "sign_member": Deed(s.Nothing, _plain(award.sign_member)), "sign": Deed(s.Nothing, _plain(award.sign)),
    "decline": Deed(s.Reason, _with(award.decline)), "terminate": Deed(s.Reason, _with(delivery.terminate)),
    "report": Deed(s.ReportFields, lambda act, key, given: delivery.report(act, key, given["milestone_id"],
                                                                           given["evidence"])),
    "deliver_all": Deed(s.Nothing, _plain(delivery.deliver_all)), "accept": Deed(s.Nothing, _plain(delivery.accept)),
    "reject_part": Deed(s.Rejection, _reject), "dispute": Deed(s.Reason, _with(disputes.dispute)),
    "resolve": Deed(s.RulingFields, lambda act, key, given: disputes.resolve(act, key, disputes.Ruling(**given))),
    "offer": Deed(s.TermsFields, lambda act, key, given: disputes.offer(act, key, disputes.Terms(**given)),
                  lambda row: {"offer_id": row.id}),
    "suggest": Deed(s.TermsFields, lambda act, key, given: disputes.suggest(act, key, disputes.Terms(**given)),
                    lambda row: {"offer_id": row.id}),
    "answer_offer": Deed(s.OfferAnswerFields, lambda act, key, given: disputes.answer_offer(act, key,
                                                                                            disputes.Answer(**given))),
    "mediate": Deed(s.Nothing, _plain(disputes.mediate)), "refer": Deed(s.Reason, _with(disputes.refer)),
    "conclude": Deed(s.Nothing, _plain(disputes.conclude)),
    "say": Deed(s.WordsFields, lambda act, key, given: delivery.say(act, key, delivery.Words(**given)),
                lambda row: {"message_id": row.id}),
    "propose_candidate": Deed(s.PersonFields, lambda act, key, given: candidates.propose(
        act, key, candidates.Proposed(**given)), lambda found: {"placement_id": found[0].id, "consent_token": found[1]}),
    "move_candidate": Deed(s.DecisionFields, _decide(candidates.move)),
    "guarantee": Deed(s.DecisionFields, _decide(candidates.guarantee)),
    "settle": Deed(s.Nothing, _plain(settlement.settle)),
    "rate": Deed(s.StarsFields, lambda act, key, given: settlement.rate(act, key, settlement.Stars(**given))),
    "reply": Deed(s.ReplyFields, lambda act, key, given: settlement.reply(act, key, given["award_id"], given["text"])),
}


def _add(event: str, deed: Deed) -> None:
    """One address for one step; open to the roles that the table of permissions gives its action to."""
    def step(given: Given, headers: Mapping[str, str], key: str) -> Given:
        return written(headers, lambda act: done(act, event, key, deed.made(deed.do(act, key, given))), key, event)

    step.__name__, step.__doc__ = event, f"Takes the step {event!r} on an order, as docs/order_life.md has it."
    view = blueprint.response(200, Done)(step)
    view = blueprint.arguments(s.WriteHeaders, location="headers")(view)
    view = blueprint.arguments(deed.schema)(view)
    view = blueprint.doc(security=[{"token": []}])(view)
    blueprint.route(f"/<key>/{event}", methods=["POST"])(needs(ACTIONS[f"order.{event}"])(view))


for _event, _deed in DEEDS.items():
    _add(_event, _deed)
