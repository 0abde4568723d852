"""A backup of a trial's database as one text: what somebody reads who has the backup and nothing else."""

from __future__ import annotations

import sqlite3
import subprocess
import tempfile
from pathlib import Path

from cluster import BIN
from ground import Ground
from sqlalchemy.engine import make_url


def backup(site: Ground) -> str:
    """SQLite: VACUUM INTO, the file's bytes and its rows as SQL; PostgreSQL: pg_dump of the trial's schema."""
    url = make_url(site.url)
    if url.get_backend_name() == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "backup.sqlite3"
            with sqlite3.connect(url.database or "") as connection:
                connection.execute(f"VACUUM INTO '{copy}'")
            with sqlite3.connect(copy) as connection:
                rows = "\n".join(connection.iterdump())
            return rows + copy.read_bytes().decode("latin-1")
    schema = str(url.query["options"]).rpartition("=")[2]
    address = url.set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    done = subprocess.run([str(BIN / "pg_dump"), "--schema", schema, address], check=True, capture_output=True)
    return done.stdout.decode("utf-8", "replace")


def boxes(text: str, sealed: bytes) -> int:
    """How often a sealed box stands in a backup, as bytes or as hex digits."""
    return text.count(sealed.decode("latin-1")) + text.lower().count(sealed.hex())
