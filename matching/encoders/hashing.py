"""A small encoder without a model, for tests: hashed pairs of characters, the same on every machine."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from matching.encoders import Vectors
from matching.text import tokens

DIMS = 64


class HashingEncoder:
    """Texts that share character pairs are near; it knows no meaning."""

    name = "test"
    dims = DIMS

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (n, 64), unit length."""
        out = np.zeros((len(texts), DIMS), np.float32)
        for row, text in enumerate(texts):
            for token in tokens(text) or ("",):
                out[row, zlib.crc32(token.encode()) % DIMS] += 1
        return np.asarray(out / np.linalg.norm(out, axis=1, keepdims=True).clip(1e-9), np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same as passages: it has no prompts."""
        return self.encode_passages(texts)
