"""What follows when somebody leaves inside the guarantee: one rule in numbers, the same for both sides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from market.orders.delivery_models import Placement
from market.orders.money import split

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Departure:
    """Somebody left on a day of the guarantee: what goes back, in fen, if the place is not filled anew."""

    day: int
    days: int
    refund_fen: int


def departure(row: Placement, guarantee_days: int, fee_fen: int) -> Departure | None:
    """The rule for one placement that was replaced inside its guarantee; None for every other one.

    fee_fen is the fee of one place. The firm fills the place anew without a further fee; where it does not, the part of the
    fee goes back that belongs to the days which were left, rounded to the fen in the enterprise's favour.
    """
    if row.stage != "replaced" or row.guarantee_until is None or guarantee_days <= 0:
        return None
    start = row.guarantee_until - guarantee_days * DAY
    day = min(max((row.stage_at - start) // DAY + 1, 1), guarantee_days)
    refund, _ = split(fee_fen, [guarantee_days - day, day])
    return Departure(day, guarantee_days, refund)
