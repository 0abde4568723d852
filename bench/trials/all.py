"""Runs every trial on both databases and writes docs/trials.md: date, machine, command, figures, controls, pass or fail."""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cluster import BIN, cluster

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[1]
SQLITE, POSTGRESQL, ELASTICSEARCH = "SQLite", "PostgreSQL", "Elasticsearch"
BOTH, ONE = (SQLITE, POSTGRESQL), ("",)


@dataclass(frozen=True)
class Trial:
    """One trial: a script with its count and a small one, or tests of the suite; databases: where it runs, a cluster of
    Elasticsearch being one more place."""

    number: str
    what: str
    script: str
    count: int = 0
    quick: int = 0
    databases: tuple[str, ...] = BOTH
    option: str = "--count"


TRIALS = (
    Trial("1", "two processes award the same order", "awards.py", 1000, 40),
    Trial("2", "3 + 3 of 5 places", "capacity.py", 1000, 40),
    Trial("3", "8 processes, mixed steps on 200 orders, seconds", "mixed.py", 60, 6),
    Trial("4", "bids within 50 ms of a deadline", "deadline.py", 500, 40),
    Trial("5", "every event in every state by every role", "tests/orders/test_matrix.py"),
    Trial("6", "random walks through the life", "walk.py", 2000, 150, ONE),
    Trial("7", "guards, ties, roles, rules of the database taken away", "bench/mutants.py", 0, 8, ONE, "--ties"),
    Trial("8", "every address as every role, own and foreign objects", "tests/webapp/test_crawl.py", databases=ONE),
    Trial("9", "sealed bids by every reading", "tests/orders/test_bids.py"),
    Trial("10", "experts with a conflict", "experts.py"),
    Trial("11", "SIGKILL of the application, 20 times", "killed.py", 20_000, 600),
    Trial("12", "SIGKILL of a PostgreSQL cluster", "powercut.py", 20, 3, ONE),
    Trial("15", "two relays, 50 kills, 20,000 changes: the index", "outbox.py", 20_000, 600, (*BOTH, ELASTICSEARCH)),
    Trial("16", "the index deleted, then damaged, under a running site", "index_loss.py", 10_000, 1000, ("", ELASTICSEARCH)),
    Trial("–", "three nodes: SIGKILL of the master and of a data node, seconds away", "nodes.py", 20, 5, ONE, "--seconds"),
    Trial("17", "equal POSTs, 50 at once for each key", "equal_posts.py", 200, 4),
    Trial("18", "lost answers, and equal requests at once", "retries.py", 1000, 40),
    Trial("30", "guesses of passwords from 100 addresses in an hour", "logins.py", 10_000, 600),
    Trial("31", "forged forms, fixed sessions, cookies, content policy", "tests/webapp/test_safety.py", databases=ONE),
    Trial("32", "the audit changed afterwards, at 20 places each", "tests/orders/test_audit.py"),
    Trial("33", "looks at a name are logged, deletion deletes", "forgotten.py", 20, 3),
    Trial("34", "kept long enough, three years on", "kept_long_enough.py", 40, 4),
    Trial("35", "the clock goes back", "clock_back.py"),
    Trial("36", "splits of money", "money.py", 1_000_000, 20_000, ONE),
    Trial("39", "secrets in log, refusals, backup", "leaks.py"),
)


@dataclass(frozen=True)
class Outcome:
    """What one run of a trial said."""

    trial: Trial
    database: str
    command: str
    seconds: float
    passed: bool
    figures: tuple[str, ...]
    controls: tuple[str, ...]


def command_of(trial: Trial, database: str, url: str, *, quick: bool) -> list[str]:
    """The command of a trial as it is run."""
    if trial.script.startswith("tests/"):
        return ["-m", "pytest", "-q", trial.script, *(["-k", database.lower()] if database else [])]
    script = trial.script if "/" in trial.script else f"bench/trials/{trial.script}"
    count = trial.quick if quick else trial.count
    where = {POSTGRESQL: ["--database", url], ELASTICSEARCH: ["--elastic", url]}.get(database, [])
    return [script, *([trial.option, str(count)] if count else []), *where]


def run(trial: Trial, database: str, url: str, *, quick: bool) -> Outcome:
    """Runs a trial and reads its figures."""
    words, began = command_of(trial, database, url, quick=quick), time.perf_counter()
    told = {**os.environ, **({"TEST_DATABASE_URL": url} if database == POSTGRESQL else {})}
    done = subprocess.run([sys.executable, *words], cwd=HOME, env=told, capture_output=True, text=True)
    lines = done.stdout.strip().splitlines() or [" ".join(done.stderr.strip().splitlines()[-4:]) or "nothing"]
    figures = [line.strip() for line in lines if line.startswith(("  ok  ", "  FAIL"))] or lines[-1:]
    if trial.script == "bench/mutants.py":
        figures = lines
    shown = " ".join(["python", *(word.replace(url, "URL") if url else word for word in words)])
    return Outcome(trial, database, shown, time.perf_counter() - began, done.returncode == 0,
                   tuple(line for line in figures if "control" not in line),
                   tuple(line for line in figures if "control" in line))


def row_of(one: Outcome) -> str:
    """The row of one run."""
    cells = (one.trial.number, named(one.trial, one.database), f"`{one.command}`", "<br>".join(one.figures),
             "<br>".join(one.controls) or "inside the tests", f"{datetime.now(UTC):%m-%d %H:%M}", f"{one.seconds:.0f}",
             "pass" if one.passed else "FAIL")
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def named(trial: Trial, database: str) -> str:
    """What was tried, and where."""
    return f"{trial.what}{f', {database}' if database else ''}"


def known_rows(path: Path) -> dict[str, str]:
    """The rows that a page has, by what was tried; none where there is no page."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {line.split(" | ")[1]: line for line in lines if line.endswith(("| pass |", "| FAIL |"))}


def page(rows: dict[str, str], *, quick: bool) -> str:
    """The page of the handbook, in the order of the trials."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    shown = [rows[name] for trial in TRIALS for database in trial.databases if (name := named(trial, database)) in rows]
    passed = sum(line.endswith("| pass |") for line in shown)
    head = "| # | trial | command | figures (limit) | control | on | s | |\n|---|---|---|---|---|---|---|---|"
    return (f"# Trials\n\nWritten by `make trials{' QUICK=1' if quick else ''}`, last on {datetime.now(UTC):%Y-%m-%d %H:%M} "
            f"UTC: {passed} of {len(shown)} passed{', shortened' if quick else ''}. {os.cpu_count()} cores, {memory:.0f} GB, "
            f"{platform.system()} {platform.release()}, Python {platform.python_version()}. Each row says when (UTC);"
            " `python bench/trials/all.py --only NUMBER` runs one again and replaces its row. "
            "URL stands for a PostgreSQL cluster, or a node of Elasticsearch, that the command starts for itself.\n\n"
            + "\n".join([head, *shown]) + "\n")


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL cluster of our own; empty where it is not installed."""
    if not shutil.which(str(BIN / "initdb")):
        print("PostgreSQL is not installed: its trials are left out", flush=True)
        yield ""
        return
    with cluster() as found:
        yield found.url


def main() -> int:
    """Runs all trials, or those named; --quick for a short run of each; 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", default=[], help="numbers of trials; the other rows of the page stay")
    parser.add_argument("--out", type=Path, default=HOME / "docs" / "trials.md")
    args, outcomes = parser.parse_args(), []
    rows = known_rows(args.out) if args.only else {}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the cluster is stopped
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with postgres() as url:
        urls = {POSTGRESQL: url, ELASTICSEARCH: os.environ.get("TEST_INDEX_URL", "").removesuffix("/")}
        for trial in TRIALS:
            for database in trial.databases:
                if (args.only and trial.number not in args.only) or not urls.get(database, "here"):
                    continue
                outcomes.append(run(trial, database, urls.get(database, ""), quick=args.quick))
                last = outcomes[-1]
                print(f"{'pass' if last.passed else 'FAIL'} {trial.number} {trial.what} {database} {last.seconds:.0f} s",
                      *last.figures, *last.controls, sep="\n    ", flush=True)
                rows[named(trial, database)] = row_of(last)
                args.out.write_text(page(rows, quick=args.quick), encoding="utf-8")
    return int(not all(outcome.passed for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
