"""Guards of the order's life: pure questions to the facts of one moment; what a caller does not say counts against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from market.errors import InvalidInput, NotPossibleNow
from market.orders.facts import WHOLE, Facts

Guard = Callable[[Facts], bool]
ERRORS: dict[str, type[InvalidInput] | type[NotPossibleNow]] = {}
DETAILS: Mapping[str, str] = {  # guard -> the fact that says which part is wrong
    "complete": "missing", "no_forbidden_terms": "forbidden", "not_elsewhere": "elsewhere", "marks_right": "wrong_marks",
    "all_signed": "unsigned", "every_item_reasoned": "unreasoned", "pass_mark_reached": "below_pass",
}


def _guard(error: type[InvalidInput] | type[NotPossibleNow]) -> Callable[[Guard], Guard]:
    def keep(check: Guard) -> Guard:
        ERRORS[check.__name__] = error
        return check
    return keep


wrong, not_now = _guard(InvalidInput), _guard(NotPossibleNow)


@wrong
def milestones_whole(f: Facts) -> bool:
    """The milestones' shares make up the whole fee."""
    return sum(f.milestone_bps) == WHOLE and all(bp > 0 for bp in f.milestone_bps)


@wrong
def headcount_positive(f: Facts) -> bool:
    """Somebody is looked for."""
    return f.headcount > 0


@wrong
def complete(f: Facts) -> bool:
    """Every mandatory field is there."""
    return not f.missing


@wrong
def no_forbidden_terms(f: Facts) -> bool:
    """No term that the law forbids."""
    return not f.forbidden


@wrong
def reason_given(f: Facts) -> bool:
    """Whoever decides against somebody says why."""
    return bool(f.reason.strip())


@wrong
def reason_once_open(f: Facts) -> bool:
    """An order that was shown does not vanish without a reason."""
    return not f.published or bool(f.reason.strip())


@wrong
def deadline_far_enough(f: Facts) -> bool:
    """Bidders get the days that they need."""
    return f.closes_at >= f.earliest_close


@not_now
def enterprise_verified(f: Facts) -> bool:
    """The enterprise is approved and its verification has not run out."""
    return f.enterprise_verified


@not_now
def before_deadline(f: Facts) -> bool:
    """The deadline itself is too late."""
    return f.now < f.closes_at


@not_now
def deadline_reached(f: Facts) -> bool:
    """Bids are closed at the deadline, not before."""
    return f.now >= f.closes_at


@not_now
def licence_valid(f: Facts) -> bool:
    """Every firm of the bid holds today what the order's services need."""
    return f.licence


@not_now
def grade_not_d(f: Facts) -> bool:
    """Firms of grade D do not bid."""
    return f.grade != "D"


@wrong
def conflict_declared(f: Facts) -> bool:
    """The bidder declares that no conflict of interest is known."""
    return f.no_conflict_declared


@wrong
def shares_whole(f: Facts) -> bool:
    """The members' shares make up the whole fee."""
    return sum(f.share_bps) == WHOLE and all(bp > 0 for bp in f.share_bps)


@not_now
def not_elsewhere(f: Facts) -> bool:
    """A firm is in at most one bid of an order."""
    return not f.elsewhere


@not_now
def answered_for(f: Facts) -> bool:
    """Somebody of the enterprise answers for the order: one that came from a list is never closed, nor its bids opened."""
    return f.answered_for


@not_now
def terms_accepted(f: Facts) -> bool:
    """Whoever takes part in a confidential order accepted its terms, and so stands among its readers."""
    return f.terms_accepted


@not_now
def two_keys(f: Facts) -> bool:
    """Operator and regulator, two persons, have both turned their key."""
    return f.keys == {"operator", "regulator"}


@not_now
def bids_enough(f: Facts) -> bool:
    """Enough bids that are complete and confirmed."""
    return f.bids >= f.bids_needed


@not_now
def bids_too_few(f: Facts) -> bool:
    """Fewer bids than are needed."""
    return 0 <= f.bids < f.bids_needed


@not_now
def experts_enough(f: Facts) -> bool:
    """Enough experts on the panel."""
    return f.experts >= f.experts_needed


@not_now
def no_conflict(f: Facts) -> bool:
    """No expert works, or worked in the last years, for buyer, bidder or team member."""
    return not f.conflicts


@not_now
def not_recused(f: Facts) -> bool:
    """The expert has not stepped back."""
    return not f.recused


@not_now
def scorecard_before_bids(f: Facts) -> bool:
    """What counts was published before anybody bid."""
    return f.scorecard_at <= f.first_bid_at


@wrong
def marks_right(f: Facts) -> bool:
    """A mark from 0 to 100 for every criterion, and for no other."""
    return not f.wrong_marks


@not_now
def all_scored(f: Facts) -> bool:
    """Every expert has scored every bid."""
    return f.unscored == 0


@not_now
def seats_free(f: Facts) -> bool:
    """The panel has fewer experts than it needs."""
    return f.free_seats > 0


@not_now
def scoring_over(f: Facts) -> bool:
    """The experts had their days to score."""
    return f.clock_due is not None and f.now >= f.clock_due


@not_now
def scores_missing(f: Facts) -> bool:
    """The expert left at least one bid without a score."""
    return f.left_unscored > 0


@wrong
def places_positive(f: Facts) -> bool:
    """Every chosen bid gets at least one place, and some bid is chosen."""
    return bool(f.places) and all(places > 0 for places in f.places)


@wrong
def places_within_headcount(f: Facts) -> bool:
    """No more places are given than there are."""
    return sum(f.places) <= f.headcount


@wrong
def ranking_followed_or_reason(f: Facts) -> bool:
    """The best-ranked bids win, or the enterprise writes why not."""
    return f.ranking_followed or bool(f.reason.strip())


@wrong
def pass_mark_reached(f: Facts) -> bool:
    """No chosen bid stays below the scorecard's pass mark."""
    return not f.below_pass


@not_now
def none_left(f: Facts) -> bool:
    """No bid is left that could be proposed: each is given, declined, or below the pass mark."""
    return f.left == 0


@not_now
def award_stands(f: Facts) -> bool:
    """Other awards of the order stand."""
    return f.standing_awards > 0


@not_now
def no_award_stands(f: Facts) -> bool:
    """No award of the order stands."""
    return f.standing_awards == 0


@not_now
def inside_standstill(f: Facts) -> bool:
    """Objections come before the standstill is over."""
    return f.clock_due is not None and f.now < f.clock_due


@not_now
def standstill_over(f: Facts) -> bool:
    """The public had its days."""
    return f.clock_due is not None and f.now >= f.clock_due


@not_now
def no_open_objection(f: Facts) -> bool:
    """Every objection is decided."""
    return f.open_objections == 0


@not_now
def idle_long(f: Facts) -> bool:
    """The enterprise did nothing on the order for as many days as make it idle."""
    return f.now >= f.idle_until
