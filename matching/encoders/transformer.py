"""Any sentence-transformers model as an encoder; torch is imported only when one is made."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from matching.encoders import Vectors

BATCH = 32


def _fast_type() -> Any:
    """bfloat16 where the processor multiplies it (three times as fast), else None for float32."""
    import torch

    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return None
    return torch.bfloat16 if "avx512_bf16" in flags or "amx_bf16" in flags else None


class TransformerEncoder:
    """A model directory, or a name that is already in the local cache of the hub's client."""

    def __init__(self, path: str, name: str) -> None:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        local = Path(path).is_dir()
        self.name = name
        self._model = SentenceTransformer(path, device="cpu", local_files_only=local)
        kind = _fast_type()
        if kind is not None:
            self._model = self._model.to(kind)
        self.dims = int(self._model.get_embedding_dimension() or 0)
        self._prompts = set(self._model.prompts)

    def _encode(self, texts: Sequence[str], prompts: tuple[str, ...]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dims), np.float32)
        prompt = next((name for name in prompts if name in self._prompts), None)
        found = self._model.encode(list(texts), batch_size=BATCH, prompt_name=prompt, show_progress_bar=False,
                                   convert_to_tensor=True).float().numpy()
        # In bfloat16 the model's own normalising is good to two digits only; in float32 to seven.
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True).clip(1e-9), np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (n, dims), with the model's prompt for questions where it has one."""
        return self._encode(texts, ("query",))

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (n, dims), with the model's prompt for passages where it has one."""
        return self._encode(texts, ("passage", "document"))
