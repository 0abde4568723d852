"""A PostgreSQL cluster of a trial's own, in a folder: started, killed without warning, started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError

BIN = Path(next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), "/usr/bin"))

MOST_S = 60.0  # how long a start may take


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
        while not _answers(engine):
            if time.perf_counter() - began > MOST_S:
                raise RuntimeError(f"no answer in {MOST_S:.0f} s; see {self.folder / 'log'}")
            time.sleep(0.05)
        engine.dispose()
        return time.perf_counter() - began

    def setting(self, words: str) -> None:
        """Changes a setting of the running cluster, as in "synchronous_commit = off"."""
        for command in (f"ALTER SYSTEM SET {words}", "SELECT pg_reload_conf()"):
            self._run("psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "caitu", "-d", "postgres", "-c", command)

    def stop(self) -> None:
        """Stops it for good."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")

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
        # Without an init that reaps them the dead keep their numbers, and a start would take them for alive.
        for lock in (self.folder / "data" / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)


def _answers(engine: Engine) -> bool:
    """False while the cluster still starts up, or recovers."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError:
        return False
    return True


def _parent(path: Path) -> int | None:
    """The parent of a process; None for one that is gone or only waits to be reaped."""
    try:
        fields = (path / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[1])


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A running cluster, gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)  # the cluster's own user must get through
        folder = Path(name) / "cluster"
        folder.mkdir()
        found = Cluster(folder)
        found.start()
        try:
            yield found
        finally:
            found.stop()
