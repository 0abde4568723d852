"""The order's life as one table: event, from, to, who, guards, clock; the only way by which an order's state changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from market.access import Actor, Role
from market.errors import NotAllowed, NotFound, NotPossibleNow
from market.orders import delivery_rules, rules
from market.orders.facts import Facts
from market.orders.models import IN_DISPUTE
from market.orders.rules import DETAILS, ERRORS, Guard


class Tie(StrEnum):
    """What binds an actor to an order, beside the role."""

    ANY = "any"
    BUYER = "buyer"
    BIDDER = "bidder"
    MEMBER = "member"  # a firm of an awarded bid, the lead or another
    WINNER = "winner"
    PANEL = "panel"


@dataclass(frozen=True)
class Move:
    """One row: target None stays in the state; clock names the duration that begins in the target state."""

    event: str
    sources: tuple[str, ...]
    target: str | None
    who: tuple[tuple[Role, Tie], ...]
    guards: tuple[Guard, ...] = ()
    clock: str = ""


OWNER = ((Role.ENTERPRISE_OWNER, Tie.BUYER),)
OPERATOR = ((Role.OPERATOR, Tie.ANY),)
REGULATOR = ((Role.REGULATOR, Tie.ANY),)
BY_SYSTEM = ((Role.SYSTEM, Tie.ANY),)
FIRM = ((Role.FIRM_LEAD, Tie.ANY),)
FIRM_PEOPLE = (*FIRM, (Role.FIRM_STAFF, Tie.ANY))
BIDDER = ((Role.FIRM_LEAD, Tie.BIDDER),)
MEMBER = ((Role.FIRM_LEAD, Tie.MEMBER),)
WINNER = ((Role.FIRM_LEAD, Tie.WINNER),)
WINNERS = (*WINNER, (Role.FIRM_STAFF, Tie.WINNER))
BUYERS = (*OWNER, (Role.ENTERPRISE_STAFF, Tie.BUYER))
PANEL = ((Role.EXPERT, Tie.PANEL),)
KEY_HOLDERS = (*OPERATOR, *REGULATOR)

LIFE: tuple[Move, ...] = (
    Move("submit", ("draft",), "pending_review", OWNER,
         (rules.milestones_whole, rules.headcount_positive, rules.complete, rules.no_forbidden_terms), "review"),
    Move("return", ("pending_review",), "draft", OPERATOR, (rules.reason_given,)),
    Move("publish", ("pending_review",), "open", OPERATOR, (rules.deadline_far_enough, rules.enterprise_verified)),
    Move("amend", ("open",), None, OWNER,
         (rules.before_deadline, rules.headcount_positive, rules.complete, rules.no_forbidden_terms)),
    Move("bid", ("open",), None, FIRM, (rules.before_deadline, rules.licence_valid, rules.grade_not_d,
                                        rules.conflict_declared, rules.shares_whole, rules.not_elsewhere,
                                        rules.answered_for, rules.terms_accepted)),
    Move("withdraw", ("open",), None, BIDDER, (rules.before_deadline,)),
    Move("close_bids", ("open",), "sealed", BY_SYSTEM, (rules.deadline_reached,), "unsealing"),
    Move("unseal", ("sealed",), "evaluating", KEY_HOLDERS,
         (rules.two_keys, rules.bids_enough, rules.experts_enough, rules.no_conflict), "scoring"),
    Move("fail_few", ("sealed",), "unsuccessful", BY_SYSTEM, (rules.bids_too_few,)),
    Move("score", ("evaluating",), None, PANEL,
         (rules.not_recused, rules.no_conflict, rules.scorecard_before_bids, rules.marks_right)),
    Move("propose", ("evaluating",), "standstill", OWNER,
         (rules.experts_enough, rules.all_scored, rules.places_positive, rules.places_within_headcount,
          rules.pass_mark_reached, rules.ranking_followed_or_reason), "standstill"),
    Move("go_on", ("evaluating",), "awarded", OWNER, (rules.all_scored, rules.none_left, rules.award_stands), "signing"),
    Move("object", ("standstill",), "suspended", BIDDER, (rules.inside_standstill, rules.reason_given), "ruling"),
    Move("uphold", ("suspended",), "evaluating", REGULATOR, (rules.reason_given,), "scoring"),
    Move("dismiss", ("suspended",), "standstill", REGULATOR, (rules.reason_given,), "standstill"),
    Move("award", ("standstill",), "awarded", OWNER,
         (rules.standstill_over, rules.no_open_objection, rules.places_within_headcount), "signing"),
    Move("sign", ("awarded",), "delivering", OWNER, (delivery_rules.all_signed,)),
    Move("decline", ("awarded",), "evaluating", WINNER, (rules.reason_given,), "scoring"),
    Move("terminate", ("delivering",), "terminated", (*OWNER, *REGULATOR), (rules.reason_given,)),
    Move("deliver_all", ("delivering",), "accepting", WINNER,
         (delivery_rules.none_scheduled, delivery_rules.consents_present), "acceptance"),
    Move("reject_part", ("accepting",), "delivering", OWNER, (delivery_rules.every_item_reasoned,)),
    Move("accept", ("accepting",), "settling", OWNER, (), "settlement"),
    Move("accept", ("accepting",), "settling", BY_SYSTEM, (delivery_rules.silence_over,), "settlement"),
    Move("dispute", ("accepting",), "negotiating", (*OWNER, *WINNER), (rules.reason_given,), "negotiation"),
    Move("mediate", ("negotiating",), "mediating", (*OWNER, *WINNER), (), "mediation"),
    Move("next_stage", ("negotiating",), "mediating", BY_SYSTEM, (delivery_rules.stage_over,), "mediation"),
    Move("next_stage", ("mediating",), "disputed", BY_SYSTEM, (delivery_rules.stage_over,), "ruling_of_dispute"),
    Move("refer", ("mediating",), "disputed", REGULATOR, (rules.reason_given,), "ruling_of_dispute"),
    Move("conclude", ("negotiating", "mediating"), "settling", (*OWNER, *WINNER), (delivery_rules.all_agreed,), "settlement"),
    Move("resolve", ("disputed",), "settling", REGULATOR, (rules.reason_given,), "settlement"),
    Move("settle", ("settling",), "settled", OWNER, (delivery_rules.members_whole, delivery_rules.money_adds_up), "rating"),
    Move("rate_close", ("settled",), "closed", BY_SYSTEM, (delivery_rules.both_rated_or_late,)),
    Move("cancel", ("draft", "pending_review", "open"), "cancelled", OWNER, (rules.reason_once_open,)),
    Move("cancel", ("evaluating",), "cancelled", REGULATOR, (rules.reason_given,)),
    Move("cancel", ("evaluating",), "cancelled", OWNER,
         (rules.all_scored, rules.none_left, rules.no_award_stands, rules.reason_given)),
    Move("pause", ("open",), "paused", OWNER, (rules.before_deadline,)),
    Move("pause", ("open",), "paused", BY_SYSTEM, (rules.before_deadline, rules.idle_long)),
    Move("resume", ("paused",), "open", OWNER),
)
STEPS: tuple[Move, ...] = (  # what happens inside a state, by the same rules
    Move("edit", ("draft",), None, BUYERS),
    Move("ask", ("open",), None, FIRM_PEOPLE, (rules.before_deadline,)),
    Move("answer", ("open",), None, BUYERS, (rules.before_deadline,)),
    Move("accept_terms", ("open",), None, FIRM_PEOPLE),
    Move("consent_bid", ("open",), None, FIRM,
         (rules.before_deadline, rules.licence_valid, rules.grade_not_d, rules.not_elsewhere, rules.terms_accepted)),
    Move("refuse_bid", ("open",), None, FIRM, (rules.before_deadline,)),
    Move("reconfirm", ("open",), None, BIDDER, (rules.before_deadline,)),
    Move("reissue", ("unsuccessful",), None, OWNER, (rules.reason_given,)),
    Move("draw_panel", ("sealed",), None, OPERATOR),
    Move("draw_panel", ("evaluating",), None, OPERATOR, (rules.seats_free,)),
    Move("free_seat", ("evaluating",), None, OPERATOR, (rules.scoring_over, rules.scores_missing, rules.reason_given)),
    Move("turn_key", ("sealed",), None, KEY_HOLDERS),
    Move("recuse", ("sealed", "evaluating"), None, PANEL, (rules.reason_given,)),
    Move("answer_objection", ("suspended",), None, OWNER, (rules.reason_given,)),
    Move("sign_member", ("awarded",), None, MEMBER),
    Move("report", ("delivering",), None, WINNER),
    Move("propose_candidate", ("delivering",), None, WINNERS),
    Move("move_candidate", ("delivering",), None, BUYERS),
    Move("guarantee", ("delivering", "accepting", *IN_DISPUTE, "settling", "settled", "closed"), None, BUYERS),
    Move("say", ("awarded", "delivering", "accepting", *IN_DISPUTE, "settling"), None, (*BUYERS, *WINNERS)),
    Move("offer", ("negotiating",), None, (*OWNER, *WINNER), (rules.reason_given,)),
    Move("suggest", ("mediating",), None, REGULATOR, (rules.reason_given,)),
    Move("answer_offer", ("negotiating", "mediating"), None, (*OWNER, *WINNER),
         (delivery_rules.offer_stands, delivery_rules.not_answered)),
    Move("rate", ("settled",), None, (*OWNER, *WINNER)),
    Move("reply", ("closed",), None, (*OWNER, *WINNER)),
)

BIDDING = "bidding"  # the clock of an open order: its end is the order's own deadline
STATES = tuple(dict.fromkeys(["draft", *(m.target for m in LIFE if m.target)]))
EVENTS = tuple(dict.fromkeys(move.event for move in (*LIFE, *STEPS)))
FINAL = frozenset({"unsuccessful", "terminated", "closed", "cancelled"})
TURNS: dict[str, tuple[tuple[Role, Tie], ...]] = {  # state -> who must act; scoring and proposing share a state
    "draft": OWNER, "pending_review": OPERATOR, "open": FIRM, "paused": OWNER, "sealed": KEY_HOLDERS, "evaluating": PANEL,
    "standstill": OWNER, "suspended": REGULATOR, "awarded": (*OWNER, *MEMBER), "delivering": WINNER, "accepting": OWNER,
    "negotiating": (*OWNER, *WINNER), "mediating": REGULATOR, "disputed": REGULATOR, "settling": OWNER,
    "settled": (*OWNER, *WINNER),
}


def moves(event: str, role: Role) -> list[Move]:
    """The rows of an event that a role may use."""
    return [move for move in (*LIFE, *STEPS) if move.event == event and any(who == role for who, _ in move.who)]


def find(actor: Actor, event: str, state: str, ties: frozenset[Tie]) -> Move:
    """The row by which this actor may do this now.

    NotAllowed: the role never may. NotFound: the order is not the actor's to act on. NotPossibleNow("state: ..."): not in
    this state.
    """
    rows = moves(event, actor.role)
    if not rows:
        raise NotAllowed(event)
    bound = [row for row in rows if any(role == actor.role and tie in ties for role, tie in row.who)]
    if not bound:
        raise NotFound("order")
    for row in bound:
        if state in row.sources:
            return row
    raise NotPossibleNow(f"state: {state}")


def faults(move: Move, facts: Facts) -> Iterator[str]:
    """Names of the guards that refuse, in the table's order, each with what is wrong where a fact says so."""
    for guard in move.guards:
        if not guard(facts):
            detail = DETAILS.get(guard.__name__)
            parts = ", ".join(map(str, getattr(facts, detail))) if detail else ""
            yield f"{guard.__name__}: {parts}" if parts else guard.__name__


def check(move: Move, facts: Facts) -> None:
    """Raises for the first guard that refuses; the message names every one that does, split by "; "."""
    found = list(faults(move, facts))
    if found:
        raise ERRORS[found[0].partition(":")[0]]("; ".join(found))


def allowed_moves() -> frozenset[tuple[str, str]]:
    """Every pair of states that the table allows: what the trigger in the database holds."""
    return frozenset((source, move.target) for move in LIFE for source in move.sources if move.target)
