"""Every event in every state by every role, foreign ones too: what the specification allows goes on, all else is refused."""

import pytest

from market.access import SYSTEM, Actor, Role
from market.errors import InvalidInput, NotAllowed, NotFound, NotPossibleNow
from market.orders import award, bids, candidates, delivery, disputes, drafts, panel, settlement
from market.orders.life import EVENTS, STATES

OW, S, F, FS, X, OP, RG, SY = ("owner", "staff", "firm", "firm_staff", "expert", "operator", "regulator", "system")
DISPUTE = {"negotiating", "mediating", "disputed"}
# Written by hand from the specification, not read from the table: event -> (states, who, who must be bound to the order).
SPEC = {
    "submit": ({"draft"}, {OW}), "return": ({"pending_review"}, {OP}), "publish": ({"pending_review"}, {OP}),
    "amend": ({"open"}, {OW}), "bid": ({"open"}, {F}), "withdraw": ({"open"}, {F}), "close_bids": ({"open"}, {SY}),
    "unseal": ({"sealed"}, {OP, RG}), "fail_few": ({"sealed"}, {SY}), "score": ({"evaluating"}, {X}),
    "propose": ({"evaluating"}, {OW}), "go_on": ({"evaluating"}, {OW}), "object": ({"standstill"}, {F}),
    "uphold": ({"suspended"}, {RG}), "dismiss": ({"suspended"}, {RG}), "award": ({"standstill"}, {OW}),
    "sign": ({"awarded"}, {OW}), "decline": ({"awarded"}, {F}), "terminate": ({"delivering"}, {OW, RG}),
    "deliver_all": ({"delivering"}, {F}),
    "reject_part": ({"accepting"}, {OW}), "accept": ({"accepting"}, {OW, SY}), "dispute": ({"accepting"}, {OW, F}),
    "mediate": ({"negotiating"}, {OW, F}), "next_stage": ({"negotiating", "mediating"}, {SY}),
    "refer": ({"mediating"}, {RG}), "conclude": ({"negotiating", "mediating"}, {OW, F}), "offer": ({"negotiating"}, {OW, F}),
    "suggest": ({"mediating"}, {RG}), "answer_offer": ({"negotiating", "mediating"}, {OW, F}),
    "resolve": ({"disputed"}, {RG}), "settle": ({"settling"}, {OW}), "rate_close": ({"settled"}, {SY}),
    "cancel": ({"draft", "pending_review", "open", "evaluating"}, {OW, RG}), "pause": ({"open"}, {OW, SY}),
    "resume": ({"paused"}, {OW}), "edit": ({"draft"}, {OW, S}), "ask": ({"open"}, {F, FS}), "answer": ({"open"}, {OW, S}),
    "accept_terms": ({"open"}, {F, FS}), "consent_bid": ({"open"}, {F}), "refuse_bid": ({"open"}, {F}),
    "reconfirm": ({"open"}, {F}), "reissue": ({"unsuccessful"}, {OW}),
    "draw_panel": ({"sealed", "evaluating"}, {OP}), "free_seat": ({"evaluating"}, {OP}), "turn_key": ({"sealed"}, {OP, RG}),
    "recuse": ({"sealed", "evaluating"}, {X}), "answer_objection": ({"suspended"}, {OW}), "sign_member": ({"awarded"}, {F}),
    "report": ({"delivering"}, {F}), "propose_candidate": ({"delivering"}, {F, FS}),
    "move_candidate": ({"delivering"}, {OW, S}),
    "guarantee": ({"delivering", "accepting", *DISPUTE, "settling", "settled", "closed"}, {OW, S}),
    "say": ({"awarded", "delivering", "accepting", *DISPUTE, "settling"}, {OW, S, F, FS}), "rate": ({"settled"}, {OW, F}),
    "reply": ({"closed"}, {OW, F}),
}
CANCEL = {OW: {"draft", "pending_review", "open", "evaluating"}, RG: {"evaluating"}}
HIDDEN = {"draft", "pending_review"}
BOUND = {F: {"withdraw", "object", "decline", "deliver_all", "dispute", "reconfirm", "sign_member", "report",
             "propose_candidate", "say", "rate", "reply", "mediate", "conclude", "offer", "answer_offer"},
         FS: {"propose_candidate", "say"}, OW: set(EVENTS), S: set(EVENTS), X: {"score", "recuse"}}
NEEDS_BID = {"withdraw", "object", "reconfirm"}
AFTER_BIDS = set(STATES) - {"draft", "pending_review", "open", "paused", "cancelled", "unsuccessful"}
AFTER_AWARD = {"awarded", "delivering", "terminated", "accepting", *DISPUTE, "settling", "settled", "closed"}
CALLS = {
    "submit": drafts.submit, "return": lambda a, k: drafts.send_back(a, k, "x"), "publish": drafts.publish,
    "amend": lambda a, k: drafts.amend(a, k, {}), "bid": lambda a, k: bids.bid(a, k, bids.Offer(1, "p", "t")),
    "withdraw": bids.withdraw, "close_bids": panel.close_bids, "unseal": panel.unseal, "fail_few": panel.fail_few,
    "score": lambda a, k: panel.score(a, k, panel.Marks(0, {})),
    "propose": lambda a, k: award.propose(a, k, award.Proposal({})),
    "go_on": award.go_on,
    "object": lambda a, k: award.objection(a, k, ""), "uphold": lambda a, k: award.uphold(a, k, ""),
    "dismiss": lambda a, k: award.dismiss(a, k, ""), "award": award.award, "sign": award.sign,
    "decline": lambda a, k: award.decline(a, k, ""), "terminate": lambda a, k: delivery.terminate(a, k, ""),
    "deliver_all": delivery.deliver_all, "reject_part": lambda a, k: delivery.reject_part(a, k, {}),
    "accept": delivery.accept,
    "dispute": lambda a, k: disputes.dispute(a, k, ""), "resolve": lambda a, k: disputes.resolve(a, k, disputes.Ruling("")),
    "offer": lambda a, k: disputes.offer(a, k, disputes.Terms(0, "")), "mediate": disputes.mediate,
    "suggest": lambda a, k: disputes.suggest(a, k, disputes.Terms(0, "")), "next_stage": disputes.next_stage,
    "answer_offer": lambda a, k: disputes.answer_offer(a, k, disputes.Answer(0, False)),
    "refer": lambda a, k: disputes.refer(a, k, ""), "conclude": disputes.conclude,
    "settle": settlement.settle, "rate_close": settlement.rate_close, "cancel": lambda a, k: drafts.cancel(a, k, ""),
    "pause": drafts.pause, "resume": drafts.resume, "edit": lambda a, k: drafts.edit(a, k, {"nothing": 1}),
    "ask": lambda a, k: drafts.ask(a, k, ""), "answer": lambda a, k: drafts.answer(a, k, 0, ""),
    "accept_terms": drafts.accept_terms, "consent_bid": lambda a, k: bids.consent_bid(a, k, 0),
    "refuse_bid": lambda a, k: bids.refuse_bid(a, k, 0), "reconfirm": bids.reconfirm,
    "reissue": lambda a, k: drafts.reissue(a, k, ""), "draw_panel": lambda a, k: panel.draw_panel(a, k, 0),
    "free_seat": lambda a, k: panel.free_seat(a, k, 0, ""),
    "turn_key": panel.turn_key, "recuse": lambda a, k: panel.recuse(a, k, ""),
    "answer_objection": lambda a, k: award.answer_objection(a, k, ""), "sign_member": award.sign_member,
    "report": lambda a, k: delivery.report(a, k, 0, ()),
    "propose_candidate": lambda a, k: candidates.propose(a, k, candidates.Proposed(0, "", "")),
    "move_candidate": lambda a, k: candidates.move(a, k, 0, candidates.Decision("x")),
    "guarantee": lambda a, k: candidates.guarantee(a, k, 0, candidates.Decision("x")),
    "say": lambda a, k: delivery.say(a, k, delivery.Words("")),
    "rate": lambda a, k: settlement.rate(a, k, settlement.Stars(0, 0)), "reply": lambda a, k: settlement.reply(a, k, 0, ""),
}
NOT_FOUND_INSIDE = {"score": "bid", "free_seat": "seat", "answer": "question", "consent_bid": "bid", "refuse_bid": "bid",
                    "report": "milestone", "propose_candidate": "place", "move_candidate": "placement", "rate": "award",
                    "reply": "award", "answer_offer": "offer"}


def actors(scene):
    """Who tries: name -> (actor, what it is in the specification, bound to the order or foreign)."""
    cast = scene.cast
    seats = {expert.person_id for expert in scene.sitting()}
    sitting = [expert for expert in cast.experts if expert.person_id in seats] or [cast.experts[0]]
    outside = [expert for expert in cast.experts if expert.person_id not in seats] or [cast.experts[3]]
    foreign_firm = Actor(Role.FIRM_LEAD, cast.firms[0].person_id, 10**6, institution_id="F6")
    return {
        "owner": (cast.owner, OW, True), "rival": (cast.rival, OW, False), "staff": (cast.staff, S, True),
        "firm": (cast.firms[1], F, True), "foreign_firm": (foreign_firm, F, False),
        "firm_staff": (Actor(Role.FIRM_STAFF, cast.firms[1].person_id, cast.firms[1].organisation_id,
                             institution_id=cast.firms[1].institution_id), FS, True),
        "rival_staff": (Actor(Role.ENTERPRISE_STAFF, cast.rival.person_id, cast.rival.organisation_id), S, False),
        "foreign_firm_staff": (Actor(Role.FIRM_STAFF, cast.firms[0].person_id, 10**6, institution_id="F6"), FS, False),
        "park": (cast.park, "park", False), "officer": (cast.officer, "officer", False),
        "regulator": (cast.regulator, RG, False), "operator": (cast.operator, OP, False),
        "expert": (sitting[0], X, bool(seats)), "foreign_expert": (outside[0], X, False),
        "candidate": (cast.of(Role.CANDIDATE), "candidate", False), "visitor": (Actor(), "visitor", False),
        "system": (SYSTEM, SY, False),
    }


def bound(name, event, state, who, *, ours):
    """True when an actor of a role is tied to the order as the event asks."""
    if event not in BOUND.get(who, set()):
        return True
    if not ours:
        return False
    if who in (F, FS):
        return state in (AFTER_BIDS if event in NEEDS_BID else AFTER_AWARD)
    return True


def expected(state, event, name, who, *, ours):
    """What the specification says: refused as "never", "unseen", "not now", or "goes on" to the guards."""
    states, roles = SPEC[event]
    if who not in roles:
        return "never"
    sees = state not in HIDDEN or (who in (OW, S) and ours) or (who == OP and state == "pending_review") or who == SY
    if not sees or not bound(name, event, state, who, ours=ours):
        return "unseen"
    allowed = CANCEL[who] if event == "cancel" else states
    return "goes on" if state in allowed else "not now"


def got(session, event, act, order_id):
    """What the action itself does; a guard's or an argument's refusal counts as going on."""
    try:
        with session.begin_nested() as savepoint:
            CALLS[event](act, order_id)
            savepoint.rollback()
    except NotAllowed:
        return "never"
    except NotFound as error:
        return "goes on" if str(error) == NOT_FOUND_INSIDE.get(event, "?") or str(error) == "placement" else "unseen"
    except NotPossibleNow as error:
        return "not now" if str(error).startswith("state: ") else "goes on"
    except InvalidInput:
        pass
    return "goes on"


@pytest.mark.parametrize("state", STATES)
def test_the_matrix_of_events_states_and_roles_is_as_specified(scene, session, state):
    order_id = scene.to(state).id
    tried, wrong = 0, []
    for name, (actor, who, ours) in actors(scene).items():
        for event in EVENTS:
            found = got(session, event, scene.act(actor), order_id)
            wanted = expected(state, event, name, who, ours=ours)
            tried += 1
            if found != wanted:
                wrong.append((event, name, found, wanted))
    assert wrong == []
    assert tried == len(EVENTS) * 17


def test_the_matrix_is_whole():
    assert set(CALLS) == set(SPEC) == set(EVENTS)
    assert len(EVENTS) * len(STATES) * len(Role) >= 4080
