"""Who may do what: roles, their permissions in one table, and the mark that every write of the trade carries."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy.orm import Session

from market.errors import NotAllowed, Refused
from market.keys import Keys


class Role(StrEnum):
    """What a person is while acting; one at a time."""

    ENTERPRISE_OWNER = "enterprise_owner"
    ENTERPRISE_STAFF = "enterprise_staff"
    FIRM_LEAD = "firm_lead"
    FIRM_STAFF = "firm_staff"
    PARK_OPERATOR = "park_operator"
    DISTRICT_OFFICER = "district_officer"
    REGULATOR = "regulator"
    OPERATOR = "operator"
    EXPERT = "expert"
    CANDIDATE = "candidate"
    APPLICANT = "applicant"  # signed in, and no organisation that may act yet
    VISITOR = "visitor"
    SYSTEM = "system"


SECOND_FACTOR = frozenset({Role.OPERATOR, Role.REGULATOR, Role.EXPERT})


class Permission(StrEnum):
    """What can be allowed; the value is what the matrix and the audit show."""

    APPLY = "organisation.apply"
    APPROVE_ORGANISATION = "organisation.approve"
    MANAGE_MEMBERS = "organisation.members"
    APPROVE_EXPERT = "expert.approve"
    OWN_ACCOUNT = "account.own"
    READ_AUDIT = "audit.read"
    DRAFT_ORDER = "order.draft"
    SUBMIT_ORDER = "order.submit"
    CHECK_ORDER = "order.check"
    AMEND_ORDER = "order.amend"
    CANCEL_ORDER = "order.cancel"
    PAUSE_ORDER = "order.pause"
    READ_BRIEF = "order.read_brief"
    ASK = "order.ask"
    ANSWER = "order.answer"
    BID = "bid.write"
    RUN_CLOCK = "order.run_clock"
    TURN_KEY = "order.turn_key"
    DRAW_PANEL = "panel.draw"
    SCORE = "panel.score"
    PROPOSE_AWARD = "award.propose"
    AWARD_ORDER = "award.give"
    OBJECT = "award.object"
    RULE = "order.rule"
    SIGN = "award.sign"
    JOIN_CONTRACT = "award.join"
    TERMINATE = "order.terminate"
    DELIVER = "delivery.report"
    ACCEPT = "delivery.accept"
    REJECT = "delivery.reject"
    MESSAGE = "order.message"
    DISPUTE = "order.dispute"
    SETTLE = "order.settle"
    RATE = "order.rate"
    SUBMIT_CANDIDATE = "candidate.submit"
    ANSWER_CANDIDATE = "candidate.answer"
    UNMASK = "candidate.unmask"
    CONSENT = "candidate.consent"
    SAVE_SEARCH = "search.save"
    SHORTLIST = "shortlist.write"
    JUDGE_FIT = "match.judge"
    MEASURE = "matcher.measure"
    OVERSEE = "scope.oversee"


_P = Permission
_MEMBER = {_P.OWN_ACCOUNT, _P.SAVE_SEARCH, _P.SHORTLIST, _P.MANAGE_MEMBERS, _P.APPLY}  # members: only with `admin`
_BUYER = {_P.JUDGE_FIT, _P.DRAFT_ORDER, _P.MESSAGE, _P.ANSWER, _P.ANSWER_CANDIDATE, _P.UNMASK}
_FIRM = {_P.JUDGE_FIT, _P.ASK, _P.MESSAGE, _P.SUBMIT_CANDIDATE, _P.UNMASK, _P.READ_BRIEF}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ENTERPRISE_OWNER: frozenset(_MEMBER | _BUYER | {
        _P.SUBMIT_ORDER, _P.AMEND_ORDER, _P.CANCEL_ORDER, _P.PAUSE_ORDER, _P.PROPOSE_AWARD, _P.AWARD_ORDER, _P.SIGN,
        _P.TERMINATE, _P.ACCEPT, _P.REJECT, _P.DISPUTE, _P.SETTLE, _P.RATE}),
    Role.ENTERPRISE_STAFF: frozenset(_MEMBER | _BUYER),
    Role.FIRM_LEAD: frozenset(_MEMBER | _FIRM | {
        _P.BID, _P.OBJECT, _P.JOIN_CONTRACT, _P.DELIVER, _P.DISPUTE, _P.RATE}),
    Role.FIRM_STAFF: frozenset(_MEMBER | _FIRM),
    Role.PARK_OPERATOR: frozenset(_MEMBER | {_P.OVERSEE}),
    Role.DISTRICT_OFFICER: frozenset(_MEMBER | {_P.READ_AUDIT, _P.OVERSEE}),
    Role.REGULATOR: frozenset(_MEMBER | {
        _P.TURN_KEY, _P.RULE, _P.TERMINATE, _P.CANCEL_ORDER, _P.READ_AUDIT, _P.UNMASK, _P.MEASURE}),
    Role.OPERATOR: frozenset(_MEMBER | {
        _P.CHECK_ORDER, _P.TURN_KEY, _P.DRAW_PANEL, _P.APPROVE_ORGANISATION, _P.APPROVE_EXPERT, _P.READ_AUDIT,
        _P.JUDGE_FIT, _P.MEASURE}),
    Role.EXPERT: frozenset({_P.OWN_ACCOUNT, _P.SCORE, _P.JUDGE_FIT}),
    Role.CANDIDATE: frozenset({_P.CONSENT}),
    Role.APPLICANT: frozenset({_P.OWN_ACCOUNT, _P.APPLY}),
    Role.VISITOR: frozenset({_P.APPLY}),
    Role.SYSTEM: frozenset({_P.RUN_CLOCK, _P.ACCEPT, _P.PAUSE_ORDER}),
}


@dataclass(frozen=True)
class Scope:
    """The part of the city that an actor answers for: a district, a park, or all of it when both are empty."""

    district: str = ""
    park_id: str = ""


@dataclass(frozen=True)
class Actor:
    """Who acts: a person in one role of one organisation; a candidate by signed link has only a candidate id."""

    role: Role = Role.VISITOR
    person_id: int | None = None
    organisation_id: int | None = None
    enterprise_id: int | None = None
    institution_id: str | None = None
    candidate_id: int | None = None
    scope: Scope = Scope()
    admin: bool = False

    def may(self, permission: Permission) -> bool:
        """True when the actor's role carries a permission."""
        return permission in GRANTS[self.role]


SYSTEM = Actor(Role.SYSTEM)


@dataclass(frozen=True)
class Note:
    """What the audit keeps of one act: the object, the order whose chain it joins, the person whose data it touched."""

    kind: str
    object_id: str
    order_id: str | None = None
    subject: int | None = None
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Act:
    """One act: the open transaction, who acts, the server's moment, the keys, the folder of the trade's tables.

    notes gather what the audit will keep. With a clock the moment is read again once an order is locked: whoever waited
    for the lock past a deadline is too late.
    """

    session: Session
    actor: Actor
    now: datetime
    keys: Keys
    data_dir: Path
    clock: Callable[[], datetime] | None = None
    notes: list[Note] = field(default_factory=list)

    def note(self, kind: str, object_id: object, **more: Any) -> None:
        """Says what the act is about; more: order_id, subject, detail."""
        self.notes.append(Note(kind, str(object_id), **more))


@dataclass(frozen=True)
class Attempt:
    """An action that was refused: its event, and the number or id that it was asked about, None for anything else."""

    event: str
    about: int | str | None


P = ParamSpec("P")
R = TypeVar("R")
Written = Callable[Concatenate[Act, P], R]
ACTIONS: dict[str, Permission] = {}  # event -> permission, for the matrix


def _about(args: tuple[Any, ...]) -> int | str | None:
    return args[0] if args and isinstance(args[0], int | str) else None


def action(permission: Permission, event: str) -> Callable[[Written[P, R]], Written[P, R]]:
    """Marks a write: the role is checked before, the audit entry is written after, in the caller's transaction."""
    ACTIONS[event] = permission

    def wrap(body: Written[P, R]) -> Written[P, R]:
        @functools.wraps(body)
        def run(act: Act, *args: P.args, **kwargs: P.kwargs) -> R:
            from market import audit  # the audit's tables need this module's Actor

            mine = replace(act, notes=[])
            try:
                if not act.actor.may(permission):
                    raise NotAllowed(event)
                result = body(mine, *args, **kwargs)
            except Refused as error:
                error.attempt = error.attempt or Attempt(event, _about(args))
                raise
            if not mine.notes:
                raise RuntimeError(f"{event} does not say what it was about")
            for note in mine.notes:
                audit.record(act, event, note)
            return result
        return cast(Written[P, R], run)
    return wrap
