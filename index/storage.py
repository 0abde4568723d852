"""Which parts make up the index: a list that is replaced in one step, so that readers and killed writers find it whole."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from index import IndexUnavailable

CURRENT, PARTS, LAYOUT = "CURRENT", "parts", 3
HEAL = "run `caitu index rebuild`"


@dataclass(frozen=True)
class PartName:
    """A part of the index: its folder, and beside it the file of rows that are gone and the folder of vectors, if any."""

    folder: str
    rows: int
    gone: str = ""
    vectors: str = ""


@dataclass(frozen=True)
class Manifest:
    """The parts that are live, in order; before: names that the list before this one used, for readers still at it."""

    name: str
    parts: tuple[PartName, ...] = ()
    before: tuple[str, ...] = ()

    def used(self) -> set[str]:
        """Names of files and folders that must stay."""
        return {name for part in self.parts for name in (part.folder, part.gone, part.vectors) if name}


def stamp() -> str:
    """A new name: the time, and the process."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{os.getpid()}"


def read_manifest(folder: Path) -> Manifest:
    """The live list; IndexUnavailable where there is none, or it was written by another version of this file."""
    try:
        raw = orjson.loads((folder / CURRENT).read_bytes())
        if raw["layout"] != LAYOUT:
            raise IndexUnavailable(f"the index in {folder.name} has another layout; {HEAL}")
        return Manifest(raw["name"], tuple(PartName(**part) for part in raw["parts"]), tuple(raw["before"]))
    except FileNotFoundError:
        raise IndexUnavailable(f"there is no index in {folder.name}; {HEAL}") from None
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise IndexUnavailable(f"the index in {folder.name} is damaged or of another layout; {HEAL}") from error


@contextmanager
def sound() -> Iterator[None]:
    """Files that are not as they were written show as numbers out of range, broken lines, or a library's failure: all of
    them become IndexUnavailable."""
    try:
        yield
    except (LookupError, ValueError, OSError, RuntimeError, TypeError) as error:
        raise IndexUnavailable(f"the index is damaged ({type(error).__name__}); {HEAL}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how a library in Rust fails: no ordinary exception
            raise
        raise IndexUnavailable(f"the index is damaged; {HEAL}") from error


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Lets one process write at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "writer.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sync(folder: Path) -> None:
    """Brings what was written below a folder to the disk."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def switch(folder: Path, parts: Sequence[PartName]) -> Manifest:
    """Makes a list of parts the live one, in one step, after all of it is on the disk; what nobody uses any more goes."""
    try:
        before = read_manifest(folder).used()
    except IndexUnavailable:
        before = set()
    made = Manifest(stamp(), tuple(parts), tuple(sorted(before)))
    (folder / PARTS).mkdir(exist_ok=True)
    for name in made.used() - before:
        if (folder / PARTS / name).is_dir():
            _sync(folder / PARTS / name)
    fresh = folder / f".{CURRENT}.{os.getpid()}"
    with fresh.open("wb") as file:
        file.write(orjson.dumps({"layout": LAYOUT, **asdict(made)}))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / CURRENT)
    for path in (folder / PARTS).iterdir():
        if path.name not in made.used() | before:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return made


def size_of(folder: Path, manifest: Manifest) -> int:
    """Bytes on disk of what is live."""
    files = (file for name in manifest.used() for file in (folder / PARTS / name, *(folder / PARTS / name).rglob("*")))
    return sum(file.stat().st_size for file in files if file.is_file())
