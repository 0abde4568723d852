"""The candidate's way as one table: event, from, to, who, and the answers that it gives and asks."""

from __future__ import annotations

from dataclasses import dataclass

FILLS = ("placed", "guarantee", "confirmed")
OVER = frozenset({"withdrawn", "declined", "replaced", "confirmed"})
REASONS = frozenset({"experience", "skills", "pay", "availability", "location", "interview", "position_filled",
                     "left_in_guarantee", "unfit_in_guarantee", "own_wish"})


@dataclass(frozen=True)
class Stage:
    """One row of a candidate's way: who may move it, from where to where, which answer it gives and asks."""

    event: str
    sources: tuple[str, ...]
    target: str
    who: str
    answers: str = ""
    asks: str = ""


GUARANTEE_EVENTS = ("start", "replace")
WAY: tuple[Stage, ...] = (
    Stage("consent", ("proposed",), "consented", "candidate"),
    Stage("submit", ("consented",), "submitted", "firm", asks="view"),
    Stage("interview", ("submitted",), "interviewing", "buyer", "view", "interview"),
    Stage("offer", ("interviewing",), "offered", "buyer", "interview", "decision"),
    Stage("place", ("offered",), "placed", "buyer", "decision"),
    Stage("start", ("placed",), "guarantee", "buyer"),
    Stage("confirm", ("guarantee",), "confirmed", "system"),
    Stage("decline", ("submitted", "interviewing", "offered"), "declined", "buyer"),
    Stage("withdraw", ("proposed", "consented", "submitted", "interviewing", "offered"), "withdrawn", "candidate"),
    Stage("replace", ("placed", "guarantee"), "replaced", "buyer"),
)


def stage_of(event: str, who: str) -> Stage:
    """The row of an event for one side; StopIteration where the table has none."""
    return next(row for row in WAY if row.event == event and row.who == who)
