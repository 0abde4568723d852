"""Equal POSTs through the interface, 50 at once for each key: one effect, one answer; a changed body is refused."""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ground import Ground, arguments, ground, verdict
from sqlalchemy import func, select

from market.accounts import tokens
from market.orders.models import Question
from webapp.factory import create_app
from webapp.settings import settings_from

PARALLEL = 50


class Program:
    """A program with an access token, against the application over the trial's database."""

    def __init__(self, site: Ground, var: Path) -> None:
        settings = settings_from({"CAITU_VAR": str(var), "DATABASE_URL": site.url, "ENCODER": "test"})
        self.app = create_app(settings)
        services = self.app.extensions["caitu"]
        services.clock = lambda: site.now
        with site.database.write() as session:
            self.token = tokens.create(services.act(session, site.cast.firms[0]), "trial", 30)[1]
        self.path = f"/api/v1/orders/{site.order_id}/ask"

    def ask(self, text: str, key: str) -> tuple[int, bytes]:
        """One POST: (status, body)."""
        answer = self.app.test_client().post(self.path, json={"text": text}, headers={
            "Authorization": f"Bearer {self.token}", "Idempotency-Key": key})
        return answer.status_code, answer.data


def effects(site: Ground) -> int:
    """How many questions there are."""
    with site.database.read() as session:
        return session.scalar(select(func.count()).select_from(Question)) or 0


def main() -> int:
    """Runs the trial with --count keys, and its control in which every request has a key of its own."""
    args = arguments(__doc__ or "", 200)
    with tempfile.TemporaryDirectory() as folder, ground(args.database, "open") as site, ThreadPoolExecutor(PARALLEL) as pool:
        program, unequal, failed = Program(site, Path(folder)), 0, 0
        for number in range(args.count):
            answers = set(pool.map(lambda _, n=number: program.ask(f"question {n}", f"k{n}"), range(PARALLEL)))
            unequal += len(answers) != 1
            failed += any(status != 200 for status, _ in answers)
        once, changed = effects(site), program.ask("something else", "k0")[0]
        list(pool.map(lambda n: program.ask("control", f"c{n}"), range(PARALLEL)))
        bare = effects(site) - once
        program.app.extensions["caitu"].database.engine.dispose()
    where = "PostgreSQL" if args.database else "SQLite"
    return verdict(f"{args.count} keys, {PARALLEL} equal POSTs at once for each, {where}", {
        "effects": (once, str(args.count), once == args.count), "keys with unequal answers": (unequal, "0", unequal == 0),
        "keys with an answer that was no 200": (failed, "0", failed == 0),
        "status of a changed body under a used key": (changed, "422", changed == 422),
        f"control with a key of its own for each of {PARALLEL}: effects": (bare, str(PARALLEL), bare == PARALLEL),
    })


if __name__ == "__main__":
    sys.exit(main())
