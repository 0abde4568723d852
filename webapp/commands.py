"""The `caitu` command: everything that an operator does at a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from index import IndexUnavailable
from market.accounts.founding import KIND_OF
from market.errors import InvalidInput, NotFound, NotPossibleNow
from webapp import auditing, chores
from webapp.settings import port_from, settings_from

Command = Callable[[argparse.Namespace], int]
FAILURES = (InvalidInput, NotFound, NotPossibleNow, IndexUnavailable, FileNotFoundError, ValueError)


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return value


def _data_commands(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    add("migrate", "bring the database to the newest schema", chores.migrate_database)
    load = add("load", "load files or folders of reference or sample data", chores.load)
    load.add_argument("paths", nargs="+", type=Path)
    sample = add("sample", "write fictitious institutions and orders", chores.sample)
    sample.add_argument("--institutions", type=_count, default=4000)
    sample.add_argument("--orders", type=_count, default=300)
    sample.add_argument("--seed", type=int, default=7)
    sample.add_argument("--out", type=Path, default=Path("sample"), help="folder for the two files (default: sample)")
    trail = add("audit", "the audit's chains", auditing.run)
    trail.add_argument("action", choices=("verify", "anchor"))
    index = add("index", "the search index", chores.index)
    index.add_argument("action", choices=("status", "rebuild", "verify"))


def _serving_commands(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    for name, words, run in (("demo", "load the sample data, then serve", chores.demo),
                             ("serve", "serve the site", chores.serve)):
        command = add(name, words, run)
        command.add_argument("--host", default="127.0.0.1")
        command.add_argument("--port", type=int, default=None, help="default: PORT, else 8000")
        command.add_argument("--workers", type=int, default=2)
        command.add_argument("--migrate", action="store_true", help="first bring the database to the newest schema")
    worker = add("worker", "run the clocks, send what is to be sent, compute vectors, hold the encoder", chores.worker)
    worker.add_argument("--parent", type=int, metavar="PID", help="stop when this process, which started it, ends")
    worker.add_argument("--once", action="store_true", help="do what is due and compute what is missing, then stop")
    health = add("health", "ask the running site whether it is well", chores.health)
    health.add_argument("--port", type=int, default=None)


def _file_commands(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    match = add("match", "rank the institutions of a file for each order of a file", chores.match)
    search = add("search", "answer the queries of a file from files", chores.search)
    for command in (match, search):
        command.add_argument("--institutions", type=Path, required=True)
        command.add_argument("--orders", type=Path, required=True)
        command.add_argument("--out", type=Path, required=True)
    search.add_argument("--parks", type=Path, required=True)
    search.add_argument("--queries", type=Path, required=True)
    search.add_argument("--words-only", action="store_true", help="do without the encoder")


def _account_commands(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    account = add("account", "people: list them, invite an authority or the operator, renew a password", chores.account)
    actions = account.add_subparsers(required=True, dest="action", metavar="ACTION")
    actions.add_parser("list", help="everybody with an account")
    invite = actions.add_parser("add", help="print a link to join: authorities and the operator do not apply themselves")
    invite.add_argument("--email", required=True)
    invite.add_argument("--name", default="", help="stands in the form already when the link is opened")
    invite.add_argument("--role", required=True, choices=sorted(KIND_OF))
    invite.add_argument("--organisation", required=True, help="its name; it is made, approved, when there is none")
    invite.add_argument("--code", default="", help="the unified social credit code of a new organisation")
    invite.add_argument("--district", default="", help="of a district bureau: the district's name")
    actions.add_parser("recover", help="print a link to set a new password").add_argument("--email", required=True)


def _measuring_commands(add: Callable[[str, str, Command], argparse.ArgumentParser]) -> None:
    evaluate = add("evaluate", "measure the matcher on a labelled folder beside plain methods", chores.evaluate)
    evaluate.add_argument("folder", type=Path, help="institutions.jsonl, orders.jsonl, qrels.tsv, constraints_gold.jsonl")
    evaluate.add_argument("--out", type=Path, help="also write the report here, as data/matching/evaluation.json is")
    labels = add("labels", "write people's judgements of fit as a folder that `evaluate` reads", chores.labels)
    labels.add_argument("out", type=Path)


def parser() -> argparse.ArgumentParser:
    """The command line: one subcommand per chore."""
    top = argparse.ArgumentParser(prog="caitu", description="The digital map of Shanghai's HR-services industry.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, words: str, run: Command) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run)
        return command

    _data_commands(add)
    _serving_commands(add)
    _file_commands(add)
    _account_commands(add)
    _measuring_commands(add)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when it did its work, 1 when it says why not, 130 when interrupted."""
    args = parser().parse_args(argv)
    args.settings = settings_from()
    if getattr(args, "port", "") is None:
        args.port = port_from()
    try:
        run: Command = args.run
        return run(args)
    except FAILURES as error:
        print(f"caitu: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("caitu: stopped; what was saved stays, the same command goes on from there", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
