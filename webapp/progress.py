"""How far the vectors are: written by the worker after each batch, read by every page that waits for them."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson


@dataclass(frozen=True)
class Progress:
    """Texts whose vectors are stored, of how many; left_s: seconds that the rest takes at the present speed."""

    done: int = 0
    total: int = 0
    left_s: int = 0
    ready: bool = False


def _path(var_dir: Path) -> Path:
    return var_dir / "vectors.json"


def write_progress(var_dir: Path, progress: Progress) -> None:
    """Replaces the file in one step, so that a reader never sees half of it."""
    path = _path(var_dir)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(orjson.dumps(asdict(progress)))
    fresh.replace(path)


def read_progress(var_dir: Path) -> Progress:
    """What the worker last wrote; nothing done while it has not written."""
    try:
        return Progress(**orjson.loads(_path(var_dir).read_bytes()))
    except FileNotFoundError:
        return Progress()
