"""Files that people hand in: kept once under their hash, of few types and a bounded size, given out as attachments only."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask import Response, send_file
from werkzeug.datastructures import FileStorage

from market.errors import InvalidInput, NotFound

LARGEST, MOST = 10 * 2**20, 5  # bytes of one file, files of one form
LONGEST_NAME = 120
ZIP = b"PK\x03\x04"  # office files are zip archives
TYPES: dict[str, tuple[bytes, str]] = {  # suffix -> how such a file begins, and its media type
    ".pdf": (b"%PDF-", "application/pdf"), ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"), ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    ".docx": (ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": (ZIP, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".txt": (b"", "text/plain"), ".csv": (b"", "text/csv"),
}
ACCEPT = ",".join(TYPES)
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class FileStore:
    """The folder of the files; one file per hash, however often it was handed in."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where a file lies; NotFound for what is no hash."""
        if not SHA256.fullmatch(sha256):
            raise NotFound("file")
        return self.folder / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """True when the file itself is kept, not only its hash."""
        return self.path(sha256).is_file()

    def keep(self, upload: FileStorage) -> dict[str, str]:
        """Keeps one file and gives its name and sha256; InvalidInput for a type, size or content that is not taken."""
        name = _name(upload.filename or "")
        with upload.stream as stream:  # a large one lies in a temporary file until it is closed
            body = stream.read(LARGEST + 1)
        if not body or len(body) > LARGEST:
            raise InvalidInput(f"file_size: {name}")
        if not _is(body, Path(name).suffix.lower()):
            raise InvalidInput(f"file_type: {name}")
        sha256 = hashlib.sha256(body).hexdigest()
        self._write(self.path(sha256), body)
        return {"name": name, "sha256": sha256}

    def keep_all(self, uploads: Iterable[FileStorage]) -> list[dict[str, str]]:
        """Keeps the files of a form; fields without a file are left out. InvalidInput("file_count") for too many."""
        chosen = [upload for upload in uploads if upload and upload.filename]
        if len(chosen) > MOST:
            raise InvalidInput(f"file_count: {MOST}")
        return [self.keep(upload) for upload in chosen]

    def _write(self, path: Path, body: bytes) -> None:
        """A file appears whole or not at all, even when two people hand it in at once."""
        if path.is_file():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}-{os.urandom(4).hex()}")
        fresh.write_bytes(body)
        fresh.chmod(0o600)
        os.replace(fresh, path)

    def answer(self, sha256: str, name: str) -> Response:
        """The file as a download; never shown inside the site. NotFound where only its hash is known."""
        if not self.has(sha256):
            raise NotFound("file")
        media = TYPES.get(Path(name).suffix.lower(), (b"", "application/octet-stream"))[1]
        body = io.BytesIO(self.path(sha256).read_bytes())  # ten megabytes at most
        return send_file(body, mimetype=media, as_attachment=True, download_name=name)


def _name(given: str) -> str:
    """A file's own name without folders and control characters, not too long."""
    name = re.sub(r"[\x00-\x1f\x7f]", "", given.replace("\\", "/").rpartition("/")[2]).strip()
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}" if dot else name[:LONGEST_NAME]


def _is(body: bytes, suffix: str) -> bool:
    """True when a file is what its name says."""
    if suffix not in TYPES or not body.startswith(TYPES[suffix][0]):
        return False
    return not TYPES[suffix][1].startswith("text/") or b"\x00" not in body
