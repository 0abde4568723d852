"""What the commands do: one function per subcommand; each prints what it did and gives an exit code."""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from geo.assets import map_assets
from geo.locate import locator
from index import IndexUnavailable
from index.files import SearchFiles, search_files
from market import outbox
from market.access import SYSTEM, Role
from market.accounts import queries
from market.accounts.founding import Founding, invite_by_command
from market.accounts.tickets import start_recovery
from market.clock import now
from market.database import Database, open_database
from market.demo.accounts import make_demo
from market.errors import NotFound
from market.imports.load import LoadPlan
from market.imports.load import load as load_files
from market.imports.sample import SampleSize, make_sample
from market.indexing import rebuild as build_index
from market.indexing import verify
from market.keys import open_keys
from market.migrations import migrate
from matching.files import MatchFiles, match_files
from webapp.clock import today
from webapp.services import Services, index_of
from webapp.settings import Settings, port_from

DEMO = SampleSize(institutions=3900, orders=260, seed=7)  # with the 100 and 40 written by hand: 4,000 and 300


def _bar(label: str) -> Callable[[int, int], None]:
    """A progress line: redrawn in place on a terminal, every tenth elsewhere."""
    start = time.monotonic()

    def show(done: int, total: int) -> None:
        left = (time.monotonic() - start) / done * (total - done) if done and total else 0
        text = f"{label}: {done:,}" + (f" / {total:,} ({done * 100 // total} %), {left:.0f} s left" if total else "")
        if sys.stdout.isatty():
            print(f"\r{text}   ", end="" if done < total else "\n", flush=True)
        elif not total or done >= total or done % max(total // 10, 1) < 64:
            print(text, flush=True)

    return show


def _counting(name: str, rows: int) -> None:
    """How far a long file is, redrawn in place; written to files it would only be noise."""
    if sys.stdout.isatty():
        print(f"\r{name}: {rows:,} rows", end="", flush=True)


def load_plan(settings: Settings) -> LoadPlan:
    """What loading needs on this site."""
    def place(district: str, rng: object) -> tuple[float, float]:
        return locator(settings.data_dir).random_point(district, rng)  # type: ignore[arg-type]

    return LoadPlan(settings.data_dir, place, today(), _counting)


def migrate_database(args: argparse.Namespace) -> int:
    """Brings the schema up to date."""
    migrate(open_database(args.settings.database_url))
    print("database: schema is up to date")
    return 0


def load_paths(database: Database, settings: Settings, paths: list[Path]) -> int:
    """Loads files and prints a report for each; 1 when a whole file was refused."""
    reports = load_files(database, paths, load_plan(settings))
    for report in reports:
        print(("\r" if sys.stdout.isatty() else "") + "\n".join(report.lines()), flush=True)
    return 1 if any(report.failed for report in reports) else 0


def load(args: argparse.Namespace) -> int:
    """Loads files, then tells the index; 1 when a whole file was refused."""
    database = open_database(args.settings.database_url)
    migrate(database)
    code = load_paths(database, args.settings, args.paths)
    rebuild(database, args.settings)
    return code


def sample(args: argparse.Namespace) -> int:
    """Writes fictitious institutions and orders."""
    size = SampleSize(args.institutions, args.orders, args.seed, _bar("sample"))
    args.out.mkdir(parents=True, exist_ok=True)
    for path in make_sample(size, args.out, args.settings.data_dir, load_plan(args.settings).place):
        print(path)
    return 0


def rebuild(database: Database, settings: Settings) -> None:
    """Builds the index from the rows as they are now, beside the one in use."""
    count = build_index(database, index_of(settings), today(), _bar("index"))
    print(f"index: {count:,} documents")


def _verify(settings: Settings) -> int:
    """Names every document that is not as its row says; 1 where there is one."""
    found = 0
    with open_database(settings.database_url).read() as session:
        for one in verify(session, index_of(settings), today()):
            found += 1
            print(f"{one.kind} {one.id}: {one.what}{': ' + ', '.join(one.fields) if one.fields else ''}")
    print(f"index: {found:,} differences")
    return 1 if found else 0


def index(args: argparse.Namespace) -> int:
    """Shows the index's state, builds it anew, or compares it with the rows."""
    if args.action == "verify":
        return _verify(args.settings)
    if args.action == "rebuild":
        rebuild(open_database(args.settings.database_url), args.settings)
    state = index_of(args.settings).status()
    print(f"index: {state.engine}, {state.documents:,} documents, {state.vectors:,} with meaning, "
          f"{state.size_bytes / 2**20:.1f} MB, built {state.built_at}")
    return 0


def _is_current(database: Database, settings: Settings) -> bool:
    """True when the index is there and nothing waits in the outbox."""
    try:
        index_of(settings).status()
    except IndexUnavailable:
        return False
    with database.read() as session:
        return outbox.newest(session) == 0


def _prepare_demo(settings: Settings) -> None:
    database = open_database(settings.database_url)
    print("[4/4] database, sample data and index", flush=True)
    migrate(database)
    folder = settings.var_dir / "sample"
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = make_sample(replace(DEMO, progress=_bar("sample")), folder, settings.data_dir, load_plan(settings).place)
        data = settings.data_dir
        if load_paths(database, settings, [data / "taxonomy", data / "reference", data / "sample", *made]):
            raise SystemExit(1)
        (folder / "done").touch()
    with database.write() as session:
        make_demo(session, open_keys(settings.key_file), settings.data_dir, now())
    if not _is_current(database, settings):
        rebuild(database, settings)
    map_assets(settings.data_dir, settings.var_dir / "map")


def demo(args: argparse.Namespace) -> int:
    """Loads everything that the demo shows, once, then serves."""
    args.settings = replace(args.settings, demo=True)
    _prepare_demo(args.settings)
    return serve(args)


def serve(args: argparse.Namespace) -> int:
    """Serves the site until stopped."""
    from webapp.server import ServerPlan
    from webapp.server import serve as run

    if args.migrate:
        migrate_database(args)
    print(f"Caitu: http://{args.host}:{args.port}  (stop with Ctrl-C)", flush=True)
    run(args.settings, ServerPlan(args.host, args.port, args.workers))
    return 0


def worker(args: argparse.Namespace) -> int:
    """Does the chores, holds the encoder and keeps the vectors complete."""
    from webapp.encoding import run_worker
    from webapp.logs import set_up

    set_up()
    return run_worker(args.settings, once=args.once, parent=args.parent)


def health(args: argparse.Namespace) -> int:
    """0 when the site on this machine answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{args.port}/health", timeout=4) as answer:
            return 0 if answer.status == 200 else 1
    except OSError as error:
        print(f"caitu: the site does not answer on port {args.port}: {error}", file=sys.stderr)
        return 1


def account(args: argparse.Namespace) -> int:
    """Lists the people, or prints a link: to join as an authority or the operator, or to set a new password."""
    site = Services(args.settings)
    if args.action == "list":
        with site.database.read() as session:
            for person, roles in queries.everybody(session):
                print(f"{person.email}\t{person.name}\t{'; '.join(roles) or '-'}")
        return 0
    with site.database.write() as session:
        act = site.act(session, SYSTEM)
        if args.action == "add":
            wanted = Founding(args.email, Role(args.role), args.organisation, args.code, args.district)
            path = f"/join/{invite_by_command(act, wanted)}{'?' + urlencode({'name': args.name}) if args.name else ''}"
        elif (token := start_recovery(act, args.email)) is None:
            raise NotFound(f"{args.email}: no such account, or a link was made within the last two minutes")
        else:
            path = f"/recover/{token}"
    print(f"{args.settings.public_url or f'http://127.0.0.1:{port_from()}'}{path}")
    return 0


def match(args: argparse.Namespace) -> int:
    """Ranks files."""
    from matching.encoders import open_encoder

    encoder = open_encoder(args.settings.encoder, args.settings.cache_dir)
    rows = match_files(MatchFiles(args.institutions, args.orders, args.out), args.settings.data_dir, encoder, _bar("vectors"))
    print(f"{args.out}: {rows:,} rows")
    return 0


def search(args: argparse.Namespace) -> int:
    """Answers a file of queries."""
    from matching.encoders import open_encoder

    files = SearchFiles(args.institutions, args.orders, args.parks, args.queries, args.out)
    if args.words_only:
        rows = search_files(files, args.settings.data_dir, None, None)
    else:
        encoder = open_encoder(args.settings.encoder, args.settings.cache_dir)
        rows = search_files(files, args.settings.data_dir, encoder.encode_queries, encoder.encode_passages)
    print(f"{args.out}: {rows:,} rows")
    return 0


def evaluate(args: argparse.Namespace) -> int:
    """Measures the matcher on a labelled folder beside the plain methods."""
    from matching.encoders import open_encoder
    from matching.evaluation.report import Watch, evaluate_folder, report_lines

    encoder = open_encoder(args.settings.encoder, args.settings.cache_dir)
    report = evaluate_folder(args.folder, args.settings.data_dir, encoder, Watch(_bar("vectors"), _bar("steps")))
    print("\n".join(report_lines(report)))
    if args.out:
        args.out.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def labels(args: argparse.Namespace) -> int:
    """Writes people's judgements as a labelled folder."""
    from webapp.labelfolder import write_labels

    with open_database(args.settings.database_url).read() as session:
        print(f"{args.out}: {write_labels(session, args.out, today()):,} judged pairs")
    return 0
