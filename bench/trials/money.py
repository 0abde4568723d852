"""Random splits of money: each exact to the fen, no part further than one fen from its exact share."""

from __future__ import annotations

import argparse
import random
import sys

from ground import verdict

from market.orders.money import split


def main() -> int:
    """Splits --count amounts; the control rounds each part by itself and must lose fen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000_000)
    args = parser.parse_args()
    chance, wrong, unfair, control = random.Random(5), 0, 0, 0
    for _ in range(args.count):
        fen, shares = chance.randrange(10**10), [chance.randint(1, 10_000) for _ in range(chance.randint(1, 6))]
        total, parts = sum(shares), split(fen, shares)
        wrong += sum(parts) != fen
        unfair += any(abs(part * total - fen * share) >= total for part, share in zip(parts, shares, strict=True))
        control += sum(round(fen * share / total) for share in shares) != fen
    return verdict(f"{args.count} random splits", {
        "inexact": (wrong, "0", wrong == 0), "unfair by a fen or more": (unfair, "0", unfair == 0),
        "control by rounding each part: inexact": (control, "> 0", control > 0),
    })


if __name__ == "__main__":
    sys.exit(main())
