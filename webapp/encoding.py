"""The process beside the web workers: holds the encoder, computes missing vectors, answers questions."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence

import numpy as np
import structlog

from index import Index, IndexUnavailable
from market import vectors
from market.database import Database, open_database
from market.indexing import documents
from matching.encoders import Encoder, encoder_name, open_encoder
from matching.encoders.shared import serve_encoder
from webapp.clock import today
from webapp.desk import PASSAGE, QUERY, texts_needed
from webapp.matchwork import MatchWork
from webapp.progress import Progress, write_progress
from webapp.services import index_of
from webapp.settings import Settings
from webapp.working import start_working, work_once

LOOK_AGAIN_S = 20.0  # how long a new row may wait for its vector
log = structlog.get_logger()


class Filling:
    """Completes the vectors of one site and says how far it is."""

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        self.settings, self.encoder = settings, encoder
        self.database: Database = open_database(settings.database_url)
        self.index: Index = index_of(settings)

    def _tell(self, done: int, total: int, start: tuple[float, int]) -> None:
        since, before = start
        speed = (done - before) / max(time.monotonic() - since, 0.001)
        write_progress(self.settings.var_dir, Progress(done, total, int((total - done) / speed) if speed > 0 else 0))

    def _fill(self, role: str, texts: Sequence[str], offset: int, total: int) -> None:
        encode = self.encoder.encode_queries if role == QUERY else self.encoder.encode_passages
        start: tuple[float, int] | None = None
        for done in vectors.fill(self.database, self.encoder.name, role, texts, encode):
            start = start or (time.monotonic(), done + offset)
            if len(texts) > start[1] - offset:  # where nothing was missing, pages are told of no work
                self._tell(done + offset, total, start)

    def _give_to_index(self) -> None:
        """Documents' meaning: a text of the index is one that the matcher searches too, or is encoded here."""
        with self.database.read() as session:
            meant = {d.id: d.vector_text for d in documents(session, today()) if d.vector_text}
        for _ in vectors.fill(self.database, self.encoder.name, PASSAGE, list(meant.values()), self.encoder.encode_passages):
            pass
        with self.database.read() as session:
            found = vectors.stored(session, self.encoder.name, PASSAGE, list(meant.values()))
        self.index.set_vectors({key: np.asarray(found[text], np.float32) for key, text in meant.items()},
                               self.encoder.name)

    def run(self) -> int:
        """Computes what vectors are missing; gives the number of texts in all."""
        with self.database.read() as session:
            texts = texts_needed(session, today())
        total = len(texts.passages) + len(texts.queries)
        self._fill(QUERY, texts.queries, 0, total)
        self._fill(PASSAGE, texts.passages, len(texts.queries), total)
        try:
            if self._lacking():
                self._give_to_index()
        except IndexUnavailable:
            log.warning("index is away", heal="caitu index rebuild")
        write_progress(self.settings.var_dir, Progress(total, total, 0, ready=True))
        return total

    def _lacking(self) -> bool:
        """True when documents that should have a meaning have none yet, or another encoder's."""
        state = self.index.status()
        with self.database.read() as session:
            needed = sum(bool(d.vector_text) for d in documents(session, today()))
        return needed > 0 and (state.encoder != self.encoder.name or state.vectors < needed)


def run_worker(settings: Settings, once: bool, parent: int | None) -> int:
    """Does the chores; beside them loads the encoder, answers the web workers, looks for missing vectors (or all of it once).

    The chores do not wait for the encoder: while it is prepared, or cannot be loaded, clocks run all the same.
    """
    chores_done = work_once(settings) if once else True
    stop = None if once else start_working(settings)
    try:
        return _encode(settings, once, parent) or int(not chores_done)
    except Exception:
        if stop is None:
            raise
        log.exception("encoder is away, the chores go on", encoder=settings.encoder)
        return _wait(parent)
    finally:
        if stop:
            stop.set()


def _left(parent: int | None) -> bool:
    """True once the process that started this one has ended, be it before this one could look."""
    return parent is not None and os.getppid() != parent


def _wait(parent: int | None) -> int:
    while not _left(parent):
        time.sleep(1)
    return 0


def _encode(settings: Settings, once: bool, parent: int | None) -> int:
    write_progress(settings.var_dir, Progress())
    encoder = open_encoder(settings.encoder, settings.cache_dir)
    assert encoder.name == encoder_name(settings.encoder)
    filling = Filling(settings, encoder)
    if once:
        print(f"vectors: {filling.run():,} texts, all there")
        return 0
    threading.Thread(target=serve_encoder, args=(encoder, settings.encoder_socket), daemon=True).start()
    work = MatchWork(settings, filling.database, encoder)
    while not _left(parent):
        filling.run()
        work.run(today())
        for _ in range(int(LOOK_AGAIN_S)):
            time.sleep(1)
            if _left(parent):
                return 0
    return 0
