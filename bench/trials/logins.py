"""10,000 guesses from 100 addresses in one hour of the site's clock: few are tried, the owner still comes in."""

from __future__ import annotations

import http.client
import itertools
import multiprocessing
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from ground import NOON, Ground, arguments, ground, verdict

from market.accounts.models import Person
from market.accounts.passwords import hashed

ADDRESSES, LANES, HOUR = 100, 8, 3600
EMAIL, PASSWORD = "owner@demo.example", "the owner's own password"
MOST_TRIED, MOST_CORES, CONTROL = 20, 1.0, 300
LONGEST_WAIT = 300.0


@dataclass
class Running:
    """A site in a process of its own: its port, its clock in seconds since the start, the passwords that it tried."""

    port: int
    pid: int
    seconds: Synchronized[float]
    tried: Synchronized[int]


def _serve(url: str, folder: str, waits: bool, told: Any, seconds: Any, tried: Any) -> None:
    """The site under werkzeug's threaded server, its clock and its password check watched."""
    import logging

    from werkzeug.serving import make_server

    from market.accounts import sessions
    from webapp.factory import create_app
    from webapp.settings import settings_from

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    fits = sessions.fits

    def counted(*args: Any) -> bool:
        with tried.get_lock():
            tried.value += 1
        return fits(*args)

    sessions.fits = counted
    if not waits:
        sessions.wait_after = lambda failures: timedelta(0)
    app = create_app(settings_from({"DATABASE_URL": url, "CAITU_VAR": folder}))
    app.extensions["caitu"].clock = lambda: NOON + timedelta(seconds=seconds.value)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    told.put(server.port)
    server.serve_forever()


@contextmanager
def running(site: Ground, *, waits: bool) -> Iterator[Running]:
    """The site, served until the block ends."""
    fork = multiprocessing.get_context("fork")
    told, seconds, tried = fork.Queue(), fork.Value("d", 0.0), fork.Value("i", 0)
    with tempfile.TemporaryDirectory() as folder:
        process = fork.Process(target=_serve, args=(site.url, folder, waits, told, seconds, tried))
        process.start()
        try:
            yield Running(told.get(timeout=60), process.pid or 0, seconds, tried)
        finally:
            process.terminate()
            process.join()


@dataclass
class Visitor:
    """A browser at one address: its cookies and the token of the sign-in form."""

    port: int
    address: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        """One request; keeps the cookies of the answer."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120, source_address=(self.address, 0))
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                   "Content-Type": "application/x-www-form-urlencoded"}
        line.request(method, path, body, headers)
        answer = line.getresponse()
        text = answer.read().decode()
        for value in answer.msg.get_all("Set-Cookie") or []:
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        line.close()
        return answer.status, text

    def sign_in(self, password: str) -> int:
        """Tries a password; 303 for the right one."""
        if not self.token:
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.ask("GET", "/sign-in")[1])
            assert found
            self.token = found.group(1)
        status, _ = self.ask("POST", "/sign-in", urlencode({"csrf_token": self.token, "email": EMAIL, "password": password}))
        if status == 303:
            self.token = ""
        return status


def cpu_seconds(pid: int) -> float:
    """The processor time that a process used so far."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / 100


@dataclass
class Attack:
    """What came of an attack; owner: how the owner's own device fared in the middle of it."""

    guesses: int
    let_in: int
    owner: int
    cores: float
    rate: float


def attack(site: Running, count: int, owner: Visitor) -> Attack:
    """`count` guesses spread over one hour of the site's clock and a hundred addresses; the owner signs in half-way."""
    visitors = [Visitor(site.port, f"127.0.0.{number + 2}") for number in range(ADDRESSES)]
    locks, numbers, results = [threading.Lock() for _ in visitors], itertools.count(), []

    def guess(_: int) -> int:
        number = next(numbers)
        with site.seconds.get_lock():
            site.seconds.value = max(site.seconds.value, number * HOUR / count)
        if number == count // 2:
            results.append(owner.sign_in(PASSWORD))
        with locks[number % ADDRESSES]:
            return visitors[number % ADDRESSES].sign_in(f"guess {number}")

    began, used = time.monotonic(), cpu_seconds(site.pid)
    with ThreadPoolExecutor(LANES) as pool:
        statuses = list(pool.map(guess, range(count)))
    spent = time.monotonic() - began
    return Attack(count, statuses.count(303), results[0], (cpu_seconds(site.pid) - used) / spent, count / spent)


def main() -> int:
    """Runs the trial and its control; --count is the number of guesses."""
    args = arguments(__doc__ or "", 10_000)
    with ground(args.database, "open") as site:
        with site.database.write() as session:
            session.query(Person).filter_by(email=EMAIL).one().password_hash = hashed(PASSWORD)
        with running(site, waits=True) as served:
            owner = Visitor(served.port, "127.0.0.1")
            known = owner.sign_in(PASSWORD)
            served.tried.value = 0
            found = attack(served, args.count, owner)
            tried = served.tried.value - 1  # the owner's own
            served.seconds.value = HOUR + LONGEST_WAIT
            elsewhere = Visitor(served.port, "127.0.0.200").sign_in(PASSWORD)
        with running(site, waits=False) as served:
            served.seconds.value = 2 * HOUR
            bare = sum(Visitor(served.port, "127.0.0.2").sign_in(f"guess {n}") == 200 for n in range(CONTROL))
            bare = min(bare, served.tried.value)
    return verdict(f"{args.count} guesses, {ADDRESSES} addresses, {'PostgreSQL' if args.database else 'SQLite'}, "
                   f"{found.rate:.0f} requests/s", {
        "guesses tried in the hour": (tried, f"at most {MOST_TRIED}", 0 < tried <= MOST_TRIED),
        "guesses that came in": (found.let_in, "0", found.let_in == 0),
        "the owner's device before and in the middle": ((known, found.owner), "303, 303", (known, found.owner) == (303, 303)),
        "the owner elsewhere, once the attack rests 5 minutes": (elsewhere, "303", elsewhere == 303),
        "cores of the server": (f"{found.cores:.2f}", f"at most {MOST_CORES:.0f}", found.cores <= MOST_CORES),
        f"control without waits: tried of {CONTROL}": (bare, str(CONTROL), bare == CONTROL),
    })


if __name__ == "__main__":
    sys.exit(main())
