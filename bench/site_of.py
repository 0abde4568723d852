"""A site of any size for the benchmarks: generated rows, an index, and the real server over it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def made_site(var, institutions, orders=300, **told):
    """(settings, [(lon, lat, name)]) of a site with generated firms and orders; no vectors are computed.

    told: further settings by their names in the environment, such as INDEX_URL.
    """
    from market.database import open_database
    from market.imports.sample import SampleSize, make_sample
    from market.migrations import migrate
    from webapp import chores
    from webapp.settings import settings_from

    var.mkdir(parents=True)
    settings = settings_from({"CAITU_VAR": str(var), "ENCODER": "test", **told})
    made = make_sample(SampleSize(institutions, orders, 7), var, settings.data_dir, chores.load_plan(settings).place)
    database = open_database(settings.database_url)
    migrate(database)
    data = settings.data_dir
    with contextlib.redirect_stdout(io.StringIO()):
        chores.load_paths(database, settings, [data / "taxonomy", data / "reference", *made])
        chores.rebuild(database, settings)
    rows = (json.loads(line) for line in made[0].read_text(encoding="utf-8").splitlines())
    return settings, [(row["lon"], row["lat"], row["name"]) for row in rows]


def environment(settings):
    """What a command over a site is told."""
    return {**os.environ, "CAITU_VAR": str(settings.var_dir), "ENCODER": "test", "INDEX_URL": settings.index_url,
            "DATABASE_URL": settings.database_url}


@contextmanager
def served(settings, workers=1):
    """The address of `caitu serve` over a site, ready to answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    told = {**environment(settings), "PORT": str(port)}
    process = subprocess.Popen([sys.executable, "-m", "webapp.commands", "serve", "--workers", str(workers)], cwd=HOME,
                               env=told, stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20).read()
                break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait(timeout=20)
