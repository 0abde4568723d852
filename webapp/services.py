"""What the views of one site share: the database, the index, the matcher; each opened when first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from functools import cached_property

import numpy as np
from flask import current_app, g, has_request_context
from numpy.typing import NDArray

from index import Index, IndexUnavailable, open_index
from index.vocabulary import load_search_vocabulary
from market.access import Act, Actor
from market.database import Database, Session, open_database
from market.keys import Keys, open_keys
from matching.encoders import EncoderNotReady
from matching.encoders.shared import RemoteEncoder
from matching.pool import Pool
from webapp.clock import clock_of, today
from webapp.desk import MatchDesk
from webapp.filestore import FileStore
from webapp.settings import Settings
from webapp.speeds import Speeds

ANSWER_WITHIN_S = 2.0  # a question that the encoder does not answer in this time is answered by words alone


def index_of(settings: Settings) -> Index:
    """The index of a site's settings; nothing is asked of it yet."""
    return open_index(settings.index_url, load_search_vocabulary(settings.data_dir), settings.index_api_key)


class Services:
    """Opened once per process; safe to share among its threads."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock: Callable[[], datetime] = clock_of(settings)
        self.speeds = Speeds()  # before the processes are forked, so that all share it
        self._lock = threading.Lock()
        self._index: Index | None = None

    @cached_property
    def database(self) -> Database:
        """The database of DATABASE_URL."""
        return open_database(self.settings.database_url)

    @cached_property
    def keys(self) -> Keys:
        """The keys that lie outside the database."""
        return open_keys(self.settings.key_file)

    @cached_property
    def files(self) -> FileStore:
        """The files that people handed in."""
        return FileStore(self.settings.var_dir / "files")

    def act(self, session: Session, actor: Actor) -> Act:
        """An act of somebody in an open transaction, at the server's moment."""
        return Act(session, actor, self.clock(), self.keys, self.settings.data_dir, self.clock)

    @property
    def index(self) -> Index:
        """The index of INDEX_URL; IndexUnavailable while it is missing, and for the rest of a request that found it so."""
        if has_request_context() and g.get("index_away"):
            raise IndexUnavailable("the index is away")
        with self._lock:
            if self._index is None:
                self._index = index_of(self.settings)
            return self._index

    def index_or_none(self) -> Index | None:
        """The index, or None while it is away: for pages that can do without."""
        try:
            index = self.index
            index.status()
        except IndexUnavailable:
            return None
        return index

    @cached_property
    def encoder(self) -> RemoteEncoder:
        """The encoder that the worker process holds."""
        return RemoteEncoder(self.settings.encoder_socket, ANSWER_WITHIN_S)

    @cached_property
    def desk(self) -> MatchDesk:
        """The matcher with the institutions and orders of the database."""
        return MatchDesk(self.settings, self.database)

    def firms(self) -> Pool | None:
        """The firms that can be matched today; see MatchDesk.pool."""
        return self.desk.pool(today())

    def meaning(self, text: str) -> NDArray[np.float32] | None:
        """The vector of a question, or None while the encoder is not ready."""
        try:
            found: NDArray[np.float32] = self.encoder.encode_queries([text])[0]
        except EncoderNotReady:
            return None
        return found


def services() -> Services:
    """The services of the site that answers this request."""
    found = current_app.extensions["caitu"]
    assert isinstance(found, Services)
    return found
