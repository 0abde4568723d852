"""The chores that need no page: clocks, mail, calls, alerts, the audit's anchor, forgetting; each at its own interval."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

import structlog

from index import IndexUnavailable
from market import audit, retention
from market.access import SYSTEM
from market.indexing import drain
from market.notices import mail, searches, webhooks
from market.orders.clocks import Worker, run_due
from webapp.alerts import finder
from webapp.clock import today
from webapp.letters import mail_server, notice_words
from webapp.services import Services
from webapp.settings import Settings

LOOK_S = 1.0  # how often it is asked which chore is due
log = structlog.get_logger()


@dataclass(frozen=True)
class Chore:
    """Something to do again and again: every_s seconds apart; run gives what it did, empty or 0 for nothing."""

    name: str
    every_s: float
    run: Callable[[], object]


def _clocks(site: Services) -> object:
    return run_due(site.database, Worker(site.keys, site.settings.data_dir), site.clock())


def _outbox(site: Services) -> int:
    told = drain(site.database, site.index, today(site.clock))
    return told.written + told.deleted


def _mail(site: Services, way: str) -> int:
    server = mail_server(site.settings)
    if server is None:
        return 0
    return mail.send(site.database, server, notice_words(site.database, site.settings), site.clock(), way)


def _calls(site: Services) -> int:
    return webhooks.call_waiting(site.database, webhooks.Calls(site.keys), site.clock())


def _alerts(site: Services) -> int:
    with site.database.write() as session:
        return searches.alert(site.act(session, SYSTEM), finder(site.index))


def _anchor(site: Services) -> int:
    with site.database.read() as session:
        return audit.anchor(session, site.settings.audit_heads, site.keys, site.clock())


def _forget(site: Services) -> object:
    with site.database.write() as session:
        return retention.forget_due(site.act(session, SYSTEM))


CHORES: tuple[tuple[str, float, Callable[[Services], object]], ...] = (
    ("clocks", 5, _clocks), ("outbox", 1, _outbox), ("mail", 15, partial(_mail, way="now")),
    ("digest", 300, partial(_mail, way="digest")), ("calls", 15, _calls), ("alerts", 300, _alerts),
    ("anchor", 300, _anchor), ("forget", 3600, _forget),
)


def chores_of(settings: Settings) -> tuple[Chore, ...]:
    """Every chore of a site."""
    site = Services(settings)
    return tuple(Chore(name, every_s, partial(run, site)) for name, every_s, run in CHORES)


def done(chore: Chore) -> bool:
    """Does one chore; False where it failed, which the log tells and which keeps no other from being done."""
    try:
        what = chore.run()
    except IndexUnavailable:
        log.warning("chore waits for the index", chore=chore.name, heal="caitu index rebuild")
        return False
    except Exception as error:
        log.error("chore failed", chore=chore.name, error=type(error).__name__, exc_info=True)
        return False
    if what:
        log.info("chore done", chore=chore.name, what=what if isinstance(what, int | dict) else str(what))
    return True


def work_once(settings: Settings) -> bool:
    """Does every chore once; False where one failed."""
    failed = [chore.name for chore in chores_of(settings) if not done(chore)]
    return not failed


@dataclass
class Round:
    """Knows when each chore is due next."""

    chores: Iterable[Chore]
    next_at: dict[str, float] = field(default_factory=dict)

    def look(self, moment: float) -> list[str]:
        """Does what is due at a moment (seconds of any clock that never goes back); gives the names."""
        ran = []
        for chore in self.chores:
            if moment >= self.next_at.get(chore.name, moment):
                self.next_at[chore.name] = moment + chore.every_s
                done(chore)
                ran.append(chore.name)
        return ran


def keep_working(settings: Settings, stop: threading.Event) -> None:
    """Does the chores until told to stop. Several processes may: each chore is harmless when another does it too."""
    chores = Round(chores_of(settings))
    while not stop.wait(LOOK_S):
        chores.look(time.monotonic())


def start_working(settings: Settings) -> threading.Event:
    """Does the chores beside whatever else this process does; gives the switch that stops it."""
    stop = threading.Event()
    threading.Thread(target=keep_working, args=(settings, stop), name="chores", daemon=True).start()
    return stop
