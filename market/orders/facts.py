"""The facts of one moment that the guards of an order's life look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

WHOLE = 10_000  # basis points
BEGINNING, END = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Facts:
    """What a guard may look at. Each default refuses, so that a forgotten fact never lets an event through."""

    now: datetime = END
    closes_at: datetime = BEGINNING
    earliest_close: datetime = END
    missing: tuple[str, ...] = ("everything",)
    forbidden: tuple[str, ...] = ("unread",)
    milestone_bps: tuple[int, ...] = ()
    headcount: int = -1
    reason: str = ""
    published: bool = True
    enterprise_verified: bool = False
    licence: bool = False
    grade: str = "D"
    no_conflict_declared: bool = False
    share_bps: tuple[int, ...] = ()
    elsewhere: tuple[str, ...] = ("unknown",)
    answered_for: bool = False
    terms_accepted: bool = False
    keys: frozenset[str] = frozenset()
    bids: int = -1
    bids_needed: int = 10**9
    experts: int = 0
    experts_needed: int = 10**9
    conflicts: tuple[int, ...] = (0,)
    recused: bool = True
    scorecard_at: datetime = END
    first_bid_at: datetime = BEGINNING
    wrong_marks: tuple[str, ...] = ("all",)
    unscored: int = 1
    free_seats: int = 0
    left_unscored: int = 0
    places: tuple[int, ...] = ()
    ranking_followed: bool = False
    below_pass: tuple[str, ...] = ("unknown",)
    left: int = 1
    standing_awards: int = -1
    clock_due: datetime | None = None
    open_objections: int = 1
    unsigned: tuple[str, ...] = ("unknown",)
    scheduled: int = 1
    without_consent: int = 1
    unreasoned: tuple[str, ...] = ("all",)
    offer_stands: bool = False
    answered: bool = True
    all_agreed: bool = False
    member_bps: tuple[tuple[int, ...], ...] = ()
    ledger_fen: int = -1
    value_fen: int = 0
    unrated: int = 1
    idle_until: datetime = END
