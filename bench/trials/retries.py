"""Equal requests, parallel or repeated after a lost answer, have one effect; without keys each has its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from ground import DATA, KEYS, Ground, arguments, ground, verdict
from sqlalchemy import func, select

from market.access import Act
from market.errors import InvalidInput
from market.orders import drafts
from market.orders.models import Question
from market.requests import Request, once

PARALLEL = 20


def ask(site: Ground, text: str, key: str | None) -> dict[str, object]:
    """One request: asks a question, under a key or without one; gives the answer's body."""
    with site.database.write() as session:
        act = Act(session, site.cast.firms[0], site.now, KEYS, DATA)

        def work() -> dict[str, object]:
            return {"id": drafts.ask(act, site.order_id, text).id, "text": text}

        return once(act, Request("firm", key, {"text": text}), work)[0] if key else work()


def questions(site: Ground) -> int:
    """How many questions there are."""
    with site.database.read() as session:
        return session.scalar(select(func.count()).select_from(Question)) or 0


def added(site: Ground, work: Callable[[], object]) -> int:
    """How many questions some work added."""
    before = questions(site)
    work()
    return questions(site) - before


def parallel(site: Ground, keys: int, *, keyed: bool) -> int:
    """Equal requests at the same time; gives how many keys had unequal answers."""
    unequal = 0
    with ThreadPoolExecutor(PARALLEL) as pool:
        for number in range(keys):
            key = f"p{number}" if keyed else None
            answers = list(pool.map(lambda _, n=number, k=key: ask(site, f"question {n}", k), range(PARALLEL)))
            unequal += len({str(answer) for answer in answers}) != 1
    return unequal


def refused(site: Ground) -> bool:
    """True when a key that comes back with another content is refused."""
    try:
        ask(site, "another", "p0")
    except InvalidInput:
        return True
    return False


def main() -> int:
    """Runs both trials and their controls; --count is the number of lost answers, a fifth of it that of parallel keys."""
    args = arguments(__doc__ or "", 1000)
    keys, lost = args.count // 5, args.count
    with ground(args.database, "open") as site:
        unequal: list[int] = []
        effects = added(site, lambda: unequal.append(parallel(site, keys, keyed=True)))
        changed = refused(site)
        twice = added(site, lambda: [ask(site, f"lost {n}", f"l{n}") for n in range(lost) for _ in range(2)])
        bare = added(site, lambda: parallel(site, 5, keyed=False))
    return verdict(f"{keys} keys x {PARALLEL} at once, {lost} lost answers, {'PostgreSQL' if args.database else 'SQLite'}", {
        "effects of the parallel requests": (effects, str(keys), effects == keys),
        "keys with unequal answers": (unequal[0], "0", unequal[0] == 0),
        "a key with another content is refused": (changed, "True", changed),
        "effects of the repeated requests": (twice, str(lost), twice == lost),
        "control without keys: effects of 5": (bare, f"{5 * PARALLEL}", bare == 5 * PARALLEL),
    })


if __name__ == "__main__":
    sys.exit(main())
