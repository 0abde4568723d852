"""Runs the site under gunicorn, with one more process beside it that holds the encoder and computes vectors."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from index.analysis import prepare as prepare_analysis
from webapp.clock import today
from webapp.factory import create_app
from webapp.settings import Settings, environment_for


@dataclass(frozen=True)
class ServerPlan:
    """Where and with how many processes and threads to serve."""

    host: str
    port: int
    workers: int = 2
    threads: int = 8


class Site(BaseApplication):  # type: ignore[misc]
    """gunicorn told by code instead of by a file."""

    def __init__(self, settings: Settings, plan: ServerPlan) -> None:
        self.settings, self.plan = settings, plan
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self.plan.host}:{self.plan.port}", "workers": self.plan.workers, "threads": self.plan.threads,
            "worker_class": "gthread", "preload_app": True, "timeout": 60, "graceful_timeout": 10, "keepalive": 15,
            "loglevel": "warning", "control_socket_disable": True,
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)
        self.cfg.set("post_worker_init", _warm_soon)

    def load(self) -> Flask:
        """Runs before the workers are forked: what is read here, every one of them shares."""
        app = create_app(self.settings)
        site = app.extensions["caitu"]
        prepare_analysis()
        assert site.index  # its libraries and vocabulary; files and connections are opened later
        assert site.desk
        gc.collect()
        gc.freeze()
        return app


def _warm_soon(worker: Any) -> None:
    threading.Thread(target=warm, args=(worker.wsgi,), daemon=True).start()


def warm(app: Flask) -> None:
    """Opens what the first visitor would else wait for: the map's files, the index, and the map's points."""
    with app.test_client() as visitor:
        visitor.get("/")
        visitor.get("/search?q=lietou")
    with app.app_context():
        site = app.extensions["caitu"]
        site.desk.prepare(today())


def serve(settings: Settings, plan: ServerPlan) -> None:
    """Serves until stopped; the worker beside it ends with it, however it ends."""
    worker = subprocess.Popen([sys.executable, "-m", "webapp.commands", "worker", "--parent", str(os.getpid())], cwd="/",
                              env=environment_for(settings))
    try:
        Site(settings, plan).run()
    finally:
        worker.terminate()
        worker.wait(timeout=10)
