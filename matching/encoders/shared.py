"""One process holds the encoder, the others ask it over a Unix socket: a web worker never pays for torch."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path

import numpy as np

from matching.encoders import Encoder, EncoderNotReady, Vectors

MOST_TEXTS, MOST_CHARACTERS = 256, 8000  # what one question may ask: a web page never sends more


def _answer(encoder: Encoder, turn: threading.Lock, connection: Connection) -> None:
    with connection:
        try:
            while True:
                kind, texts = json.loads(connection.recv_bytes())
                clean = [str(text)[:MOST_CHARACTERS] for text in texts[:MOST_TEXTS]]
                with turn:
                    found = (encoder.encode_queries if kind == "query" else encoder.encode_passages)(clean)
                connection.send_bytes(np.ascontiguousarray(found, np.float32).tobytes())
        except (EOFError, OSError, ValueError):  # the asker left, or sent what is no question
            return


def serve_encoder(encoder: Encoder, path: Path, stop: threading.Event | None = None) -> None:
    """Answers until `stop` is set; the socket is its owner's alone, and takes the place of one left by a dead process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        listener = Listener(str(path), "AF_UNIX")
    finally:
        os.umask(before)
    turn = threading.Lock()
    with listener:
        while not (stop and stop.is_set()):
            try:
                connection = listener.accept()
            except OSError:
                return
            threading.Thread(target=_answer, args=(encoder, turn, connection), daemon=True).start()


class RemoteEncoder:
    """The encoder of another process; timeout in seconds, after which a question counts as unanswered."""

    def __init__(self, path: Path, timeout: float) -> None:
        self.path, self.timeout = path, timeout

    def _ask(self, kind: str, texts: Sequence[str]) -> Vectors:
        if not texts:
            raise ValueError("no text to encode")
        try:
            with Client(str(self.path), "AF_UNIX") as connection:
                connection.send_bytes(json.dumps((kind, list(texts))).encode())
                if not connection.poll(self.timeout):
                    raise EncoderNotReady(f"no answer within {self.timeout:g} s")
                return np.frombuffer(connection.recv_bytes(), np.float32).reshape(len(texts), -1)
        except (OSError, EOFError) as error:
            raise EncoderNotReady(f"nobody answers at {self.path.name}") from error

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (n, dims); EncoderNotReady when nobody answers in time."""
        return self._ask("query", texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (n, dims); EncoderNotReady when nobody answers in time."""
        return self._ask("passage", texts)
