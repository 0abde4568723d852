"""Splits money to the fen by the largest remainder."""

from __future__ import annotations

from collections.abc import Sequence


def split(fen: int, shares: Sequence[int]) -> list[int]:
    """Parts of an amount in fen, in proportion to whole-numbered shares; they sum to it, each within one fen of exact.

    The fen that are left over go to the largest remainders, the earlier share first; ValueError without a positive share.
    """
    total = sum(shares)
    if total <= 0 or min(shares) < 0 or fen < 0:
        raise ValueError("shares must be positive, and the amount not negative")
    parts = [fen * share // total for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda place: (-(fen * shares[place] % total), place))
    for place in by_remainder[: fen - sum(parts)]:
        parts[place] += 1
    return parts
