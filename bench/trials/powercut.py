"""A PostgreSQL cluster of its own is killed with SIGKILL under writes, again and again: nothing acknowledged is lost."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ground import DATA, KEYS, Ground, ground, verdict
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import SQLAlchemyError

from market import audit
from market.access import Act
from market.orders import drafts
from market.orders.models import Question

KILLS, WRITERS, SERVING_S = 20, 4, 5.0
BIN = Path(next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), "/usr/bin"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """A cluster in a folder; started, killed, started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, _free_port()
        self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", "data", "-U", "caitu", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")

    @property
    def url(self) -> str:
        """Its address."""
        return f"postgresql+psycopg://caitu@127.0.0.1:{self.port}/postgres"

    def _run(self, program: str, *args: str) -> None:
        subprocess.run([*self.user, str(BIN / program), *args], cwd=self.folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def start(self) -> float:
        """Starts it; gives the seconds until it answers a query."""
        began = time.perf_counter()
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder}"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
        engine = create_engine(self.url)
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
        engine.dispose()
        return time.perf_counter() - began

    def kill(self) -> None:
        """SIGKILL to the postmaster and every process of it, with no warning."""
        master = int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        children = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and _parent(path) == master]
        for pid in (master, *children):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        while any(Path(f"/proc/{pid}").exists() and _parent(Path(f"/proc/{pid}")) is not None for pid in (master, *children)):
            time.sleep(0.01)


def _parent(path: Path) -> int | None:
    """The parent of a process; None for one that is gone or only waits to be reaped."""
    try:
        fields = (path / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[1])


def write(site: Ground, stop: threading.Event, count: Callable[[], int], acked: list[int]) -> None:
    """Asks questions until the cluster is gone; what was acknowledged is noted."""
    while not stop.is_set():
        number = count()
        try:
            with site.database.write() as session:
                drafts.ask(Act(session, site.cast.firms[0], site.now, KEYS, DATA), site.order_id, f"question {number}")
        except SQLAlchemyError:
            return
        acked.append(number)


def cut(cluster: Cluster, site: Ground, numbers: Callable[[], int], seconds: float) -> tuple[list[int], float]:
    """Writes for some seconds, kills, starts; gives what was acknowledged and how long it took to serve again."""
    acked: list[int] = []
    stop = threading.Event()
    threads = [threading.Thread(target=write, args=(site, stop, numbers, acked)) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    cluster.kill()
    stop.set()
    for thread in threads:
        thread.join()
    site.database.engine.dispose()
    return acked, cluster.start()


def trial(kills: int, *, durable: bool) -> dict[str, float]:
    """Cuts the power some times; gives acknowledged, lost, faults of the chain and the longest time to serve again."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        folder = Path(name) / "cluster"
        folder.mkdir()
        cluster = Cluster(folder)
        cluster.start()
        if not durable:
            cluster._run("psql", "-h", "127.0.0.1", "-p", str(cluster.port), "-U", "caitu", "-d", "postgres", "-c",
                         "ALTER SYSTEM SET synchronous_commit = off")
            cluster._run("psql", "-h", "127.0.0.1", "-p", str(cluster.port), "-U", "caitu", "-d", "postgres", "-c",
                         "SELECT pg_reload_conf()")
        chance, acked, slowest, lock, last = random.Random(7), [], 0.0, threading.Lock(), [0]

        def numbers() -> int:
            with lock:
                last[0] += 1
                return last[0]

        with ground(cluster.url, "open") as site:
            for _ in range(kills):
                said, seconds = cut(cluster, site, numbers, chance.uniform(0.3, 1.0))
                acked += said
                slowest = max(slowest, seconds)
            with site.database.read() as session:
                there = {int(line.rpartition(" ")[2]) for line in session.scalars(select(Question.text))}
                faults = len(audit.verify(session, {}, KEYS))
        cluster._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")
        return {"acked": len(acked), "lost": len(set(acked) - there), "faults": faults, "slowest": slowest}


def main() -> int:
    """Runs the trial and its control, whose commits are acknowledged before they are on the disk."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=KILLS)
    args = parser.parse_args()
    sound, broken = trial(args.count, durable=True), trial(min(args.count, 8), durable=False)
    return verdict(f"{args.count} SIGKILLs of a PostgreSQL cluster, {sound['acked']:.0f} acknowledged writes", {
        "acknowledged and lost": (sound["lost"], "0", sound["lost"] == 0),
        "faults of the audit's chains": (sound["faults"], "0", sound["faults"] == 0),
        "longest until it served again, s": (
            round(sound["slowest"], 2), f"<= {SERVING_S:.0f}", sound["slowest"] <= SERVING_S),
        f"control with synchronous_commit off, {broken['acked']:.0f} writes: lost": (
            broken["lost"], "> 0", broken["lost"] > 0),
    })


if __name__ == "__main__":
    sys.exit(main())
