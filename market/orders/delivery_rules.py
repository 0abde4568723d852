"""Guards of the order's life from the signatures on: delivery, dispute, settlement, ratings; see `rules`."""

from __future__ import annotations

from market.orders.facts import WHOLE, Facts
from market.orders.rules import not_now, wrong


@not_now
def all_signed(f: Facts) -> bool:
    """Every firm of every awarded bid has signed."""
    return not f.unsigned


@not_now
def none_scheduled(f: Facts) -> bool:
    """Every milestone was reported."""
    return f.scheduled == 0


@not_now
def consents_present(f: Facts) -> bool:
    """Every delivered candidate's consent is there and stands."""
    return f.without_consent == 0


@wrong
def every_item_reasoned(f: Facts) -> bool:
    """At least one milestone is sent back, each with its own reason."""
    return not f.unreasoned


@not_now
def silence_over(f: Facts) -> bool:
    """The enterprise had its days to answer."""
    return f.clock_due is not None and f.now >= f.clock_due


@not_now
def stage_over(f: Facts) -> bool:
    """The dispute's stage had its days."""
    return f.clock_due is not None and f.now >= f.clock_due


@not_now
def offer_stands(f: Facts) -> bool:
    """The proposal waits for answers."""
    return f.offer_stands


@not_now
def not_answered(f: Facts) -> bool:
    """The party neither made the proposal nor answered it."""
    return not f.answered


@not_now
def all_agreed(f: Facts) -> bool:
    """Every party agreed to one proposal."""
    return f.all_agreed


@not_now
def members_whole(f: Facts) -> bool:
    """In every awarded bid the shares make up the whole."""
    return bool(f.member_bps) and all(sum(bps) == WHOLE for bps in f.member_bps)


@not_now
def money_adds_up(f: Facts) -> bool:
    """The ledger's lines make up the order's value to the fen."""
    return f.ledger_fen == f.value_fen


@not_now
def both_rated_or_late(f: Facts) -> bool:
    """Both sides have rated, or the time for it is over."""
    return f.unrated == 0 or (f.clock_due is not None and f.now >= f.clock_due)
