"""Takes guards, ties, roles and rules of the database away, one by one, and counts how many changes a test notices.

Guards: the test of each guard refuses with it and goes through without it. Ties and roles: the matrix of events, states and
roles is walked with one of them changed, in the states where the row can act. Rules of the database: each trigger that stands
alone has a statement that it refuses.
"""

from __future__ import annotations

import argparse
import dataclasses
import io
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from market.orders import life
from market.orders.life import LIFE, STEPS, Move, Tie
from market.orders.models import HIDDEN

# The action itself looks for the firm's own bid on the order, and finds none: without the tie the answer is the same.
SAME_WITHOUT = {"reconfirm: firm_lead without tie", "sign_member: firm_lead without tie"}
TESTS = Path(__file__).resolve().parents[1] / "tests" / "orders"


def quiet(*args: str) -> tuple[int, str]:
    """Runs tests of this folder; gives pytest's code and its last line."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = pytest.main([*args, "-q", "-x", "-p", "no:cacheprovider"])
    return int(code), out.getvalue().strip().splitlines()[-1]


def changed_ties() -> Iterator[tuple[str, Move, Move, str]]:
    """Every row with one party's tie dropped, or with one party left out: name, old row, new row, a state to try it in."""
    for row in (*LIFE, *STEPS):
        for place, (role, tie) in enumerate(row.who):
            others = row.who[:place] + row.who[place + 1 :]
            if tie is not Tie.ANY and not set(row.sources) <= set(HIDDEN):  # what nobody else sees needs no tie
                free = dataclasses.replace(row, who=(*others, (role, Tie.ANY)))
                seen = next(state for state in row.sources if state not in HIDDEN)
                yield f"{row.event}: {role} without tie", row, free, seen
            yield f"{row.event}: no {role}", row, dataclasses.replace(row, who=others), row.sources[0]


def survives(old: Move, new: Move, state: str) -> bool:
    """True when the matrix of a state does not notice a changed row."""
    kept = life.LIFE, life.STEPS
    life.LIFE, life.STEPS = (tuple(new if row is old else row for row in rows) for rows in kept)
    try:
        return quiet(str(TESTS / "test_matrix.py"), "-k", f"sqlite-{state}")[0] == 0
    finally:
        life.LIFE, life.STEPS = kept


def main() -> int:
    """Prints what was changed, how much of it was noticed, and every change that was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ties", type=int, default=0, help="how many changes of ties and roles to try; 0: all")
    args = parser.parse_args()
    guards = sum(len(row.guards) for row in (*LIFE, *STEPS))
    code, line = quiet(str(TESTS / "test_guards.py"), "-k", "sqlite or left_over or forgotten")
    print(f"guards: {guards} taken out one by one, {'all noticed' if code == 0 else 'NOT all noticed'} ({line})")
    rules, said = quiet(str(TESTS / "test_delivery.py"), "-k", "sqlite and database")
    print(f"rules of the database: {'all refuse' if rules == 0 else 'NOT all refuse'} ({said})")
    changes = list(changed_ties())
    changes = changes[:: max(1, len(changes) // args.ties)] if args.ties else changes
    survivors = [name for name, old, new, state in changes if survives(old, new, state)]
    alive = [name for name in survivors if name not in SAME_WITHOUT]
    print(f"ties and roles: {len(changes)} changed, {len(changes) - len(survivors)} noticed, "
          f"{len(survivors) - len(alive)} that change no answer")
    for name in alive:
        print(f"  not noticed: {name}")
    return 0 if code == 0 and rules == 0 and not alive else 1


if __name__ == "__main__":
    sys.exit(main())
