"""Requests a second of the map, a search, an order's page and a bid, beside a one-line Flask view under the same server."""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
import uuid
from contextlib import contextmanager
from pathlib import Path

from site_of import HOME, environment, made_site, served

PROCESSES, CONNECTIONS = 2, 4  # of the client: eight connections that are kept open


def serve_bare(port):
    """The one-line view, by the very server and settings of the site."""
    from flask import Flask

    from webapp.server import ServerPlan, Site
    from webapp.settings import settings_from

    class Bare(Site):
        """The site's server with another application."""

        def load_config(self):
            super().load_config()
            self.cfg.set("post_worker_init", lambda worker: None)

        def load(self):
            app = Flask("bare")
            app.add_url_rule("/", "one", lambda: "one line")
            return app

    Bare(settings_from(), ServerPlan("127.0.0.1", port, workers=2)).run()


@contextmanager
def bare():
    """The address of the one-line view."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, __file__, "--serve-bare", str(port)])
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/").read()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(20)


def with_accounts(settings):
    """Adds the demo's accounts and orders; gives (an open order, an access token of a firm)."""
    from sqlalchemy import select

    from market.access import Act, Role
    from market.accounts import tokens
    from market.accounts.models import Member, Person
    from market.accounts.sessions import actor_for
    from market.clock import now
    from market.database import open_database
    from market.demo.accounts import make_demo
    from market.keys import open_keys
    from market.orders.models import Order

    database, keys = open_database(settings.database_url), open_keys(settings.key_file)
    with database.write() as session:
        make_demo(session, keys, settings.data_dir, now())
        person = session.scalars(select(Person).where(Person.email == "firm1@demo.example")).one()
        member = session.scalars(select(Member).where(Member.person_id == person.id)).one()
        act = Act(session, actor_for(person.id, Role(member.role), member), now(), keys, settings.data_dir)
        token = tokens.create(act, "bench", 2)[1]
        order = session.scalars(select(Order.id).where(Order.state == "open", Order.owner_id.is_not(None),
                                                       ~Order.confidential)).first()
    database.engine.dispose()
    return order, token


def ask(line, host, task):
    """One request; a bid has a key of its own each time."""
    path, body, headers = task
    if body is None:
        line.request("GET", path, headers={"Host": host, "Accept-Encoding": "gzip", **headers})
    else:
        line.request("POST", path, json.dumps(body), {"Host": host, "Content-Type": "application/json",
                                                      "Idempotency-Key": uuid.uuid4().hex, **headers})
    answer = line.getresponse()
    answer.read()
    return answer.status


def worker(job):
    """One client process: times of all requests in seconds, and the number that were no 200."""
    address, task, seconds = job
    host, found, bad = urllib.parse.urlsplit(address).netloc, [], []
    until = time.perf_counter() + seconds

    def drive():
        line = http.client.HTTPConnection(host)
        while (began := time.perf_counter()) < until:
            status = ask(line, host, task)
            found.append(time.perf_counter() - began)
            if status != 200:
                bad.append(status)

    threads = [threading.Thread(target=drive) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found, bad


def measured(address, task, seconds):
    """(requests a second, p50 ms, p99 ms, answers that were no 200)."""
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        pool.map(worker, [(address, task, 1.0)] * PROCESSES)  # warm
        parts = pool.map(worker, [(address, task, seconds)] * PROCESSES)
    times = sorted(value for part, _ in parts for value in part)
    bad = sum(len(part) for _, part in parts)
    return len(times) / seconds, 1000 * statistics.median(times), 1000 * times[int(len(times) * 0.99)], bad


def transactions(folder, seconds):
    """Four-row transactions a second of SQLite alone, synchronous FULL: the floor of a bid's write."""
    with sqlite3.connect(folder / "floor.sqlite3", isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE t (a TEXT)")
        count, until = 0, time.perf_counter() + seconds
        while time.perf_counter() < until:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO t VALUES (?)", [("x" * 200,)] * 4)
            connection.execute("COMMIT")
            count += 1
    return count / seconds


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=4000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--serve-bare", type=int, default=0, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve_bare:
        return serve_bare(args.serve_bare)
    with tempfile.TemporaryDirectory() as folder:
        settings, _ = made_site(Path(folder) / "site", args.size)
        order, token = with_accounts(settings)
        subprocess.run([sys.executable, "-m", "webapp.commands", "worker", "--once"], cwd=HOME, check=True,
                       env=environment(settings), stdout=subprocess.DEVNULL)  # a site that works all day has its vectors
        bid = {"price_fen": 100, "plan": "A plan of three steps.", "timeline": "Six weeks.", "no_conflict": True}
        question = urllib.parse.quote("猎头")
        tasks = {
            "map page": ("/", None, {}), "map view": ("/map/view?box=121,31,122,31.6&zoom=10", None, {}),
            "search": (f"/search?q={question}", None, {}), "order page": (f"/orders/{order}", None, {}),
            "order by interface": (f"/api/v1/orders/{order}", None, {}),
            "bid by interface": (f"/api/v1/orders/{order}/bid", bid, {"Authorization": f"Bearer {token}"}),
        }
        with bare() as one, served(settings, workers=2) as site:
            floor = measured(one, ("/", None, {}), args.seconds)
            rows = {"one-line Flask view": floor} | {name: measured(site, task, args.seconds) for name, task in tasks.items()}
        bare_writes = transactions(Path(folder), 3)
    print(f"{args.size} firms, 2 gunicorn workers of 8 threads, {PROCESSES * CONNECTIONS} connections, same machine and run")
    print(f"{'':<22}{'requests/s':>11}{'of bare':>9}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}")
    for name, (rate, median, slow, bad) in rows.items():
        print(f"{name:<22}{rate:>11.0f}{rate / floor[0]:>9.1%}{median:>9.1f}{slow:>9.1f}{bad:>8}")
    print(f"SQLite alone, 4-row transactions: {bare_writes:.0f}/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
