"""Three Elasticsearch nodes with a replica lose their master, then a data node, under writes and searches: nothing is lost.

python bench/trials/nodes.py [--home var/elasticsearch] [--seconds 20]
The server is built by index/server/build.sh where needed.
The control has no replica and loses the node that holds the documents: it must lose what was acknowledged.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from elasticsearch import Elasticsearch
from ground import DATA, verdict

from index import Index, IndexUnavailable, open_index
from index.documents import Document
from index.queries import Query
from index.vocabulary import load_search_vocabulary

SERVER = Path(__file__).resolve().parents[2] / "index" / "server"
NAMES = ("c1", "c2", "c3")
TOGETHER = 20  # documents of one write
STARTED_WITHIN_S, GREEN_WITHIN_S, LONGEST_GAP_S = 240.0, 180.0, 30.0
MOST_FAILED = 0.02  # of the searches: those that were on their way to the node that died


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Nodes:
    """Three nodes by name: their processes and ports."""

    home: Path
    folder: Path
    http: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in NAMES})
    transport: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in NAMES})
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Starts one node; it joins the others."""
        seeds = ",".join(f"127.0.0.1:{port}" for port in self.transport.values())
        log = (self.folder / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            ["bash", str(SERVER / "node.sh"), str(self.home), name, str(self.http[name]), str(self.transport[name]),
             str(self.folder / name), f"cluster.initial_master_nodes={','.join(NAMES)}", f"discovery.seed_hosts={seeds}"],
            stdout=log, stderr=log, env={**os.environ, "HEAP": "512m", "JVM": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"})

    def kill(self, name: str) -> None:
        """kill -9."""
        self.running[name].send_signal(signal.SIGKILL)
        self.running.pop(name).wait()

    def stop(self) -> None:
        """Ends all that run."""
        for process in self.running.values():
            process.kill()
            process.wait()

    @property
    def hosts(self) -> str:
        """All addresses, as INDEX_URL writes them."""
        return ",".join(f"127.0.0.1:{port}" for port in self.http.values())

    def client(self) -> Elasticsearch:
        """Asks whoever answers."""
        return Elasticsearch([f"http://127.0.0.1:{port}" for port in self.http.values()], retry_on_timeout=True,
                             max_retries=5, request_timeout=20)

    def healthy(self, nodes: int, status: str, seconds: float) -> bool:
        """True once so many nodes are there and the cluster is as green as wanted."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                found = self.client().cluster.health()
                if found["number_of_nodes"] == nodes and found["status"] == status:
                    return True
            except Exception:
                pass  # no node answers yet
            time.sleep(1)
        return False

    def master(self) -> str:
        """The name of the node that leads."""
        client = self.client()
        state = client.cluster.state(metric="master_node,nodes")
        return str(state["nodes"][state["master_node"]]["name"])

    def holding(self, alias: str, primary: bool) -> str:
        """The name of a node that holds the index's primary, or a copy of it."""
        client = self.client()
        state = client.cluster.state(metric="routing_table,nodes", index=alias)
        indices = state["routing_table"]["indices"].values()
        shards = [s for index in indices for copies in index["shards"].values() for s in copies]
        return str(next(state["nodes"][s["node"]]["name"] for s in shards if s["primary"] == primary and s["node"]))


@contextmanager
def cluster(home: Path) -> Iterator[Nodes]:
    """Three nodes, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        nodes = Nodes(home, Path(folder))
        try:
            for name in NAMES:
                nodes.start(name)
            if not nodes.healthy(3, "green", STARTED_WITHIN_S):
                raise SystemExit("the three nodes did not come together")
            yield nodes
        finally:
            nodes.stop()


class Load:
    """Writes and searches without a pause; keeps what was acknowledged, and how long nothing was answered."""

    def __init__(self, url: str) -> None:
        self.url, self.acknowledged, self.asked, self.failed, self.refused = url, set[str](), 0, 0, 0
        self.gap = 0.0
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write), threading.Thread(target=self._search)]

    def _index(self) -> Index:
        return open_index(self.url, load_search_vocabulary(DATA))

    def _write(self) -> None:
        index, number = self._index(), 0
        while not self._stop.is_set():
            batch = [document(number + at) for at in range(TOGETHER)]
            try:
                index.put(batch)
                self.acknowledged.update(one.id for one in batch)
                number += TOGETHER
            except IndexUnavailable:
                self.refused += 1  # not acknowledged: the outbox keeps its notes and tells again, as this does
                time.sleep(0.2)

    def _search(self) -> None:
        index, answered = self._index(), time.monotonic()
        while not self._stop.is_set():
            self.asked += 1
            try:
                index.search(Query("park"))
                answered = time.monotonic()
            except IndexUnavailable:
                self.failed += 1
            self.gap = max(self.gap, time.monotonic() - answered)
            time.sleep(0.02)

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def document(number: int) -> Document:
    """One document of the trial."""
    name = f"park {number}"
    return Document(f"N{number:06d}", "park", 1, name, {"name": (name,)})


def lost(url: str, acknowledged: set[str]) -> int:
    """Acknowledged documents that are no longer there."""
    try:
        return len(acknowledged - set(open_index(url, load_search_vocabulary(DATA)).get(sorted(acknowledged))))
    except IndexUnavailable:
        return len(acknowledged)


def storm(nodes: Nodes, url: str, seconds: float) -> dict[str, float]:
    """Kills the master, brings it back, kills a node with a copy of the data; all under load."""
    alias = url.rpartition("/")[2].partition("?")[0]
    open_index(url, load_search_vocabulary(DATA)).rebuild(map(document, range(-1000, 0)))
    nodes.healthy(3, "green", GREEN_WITHIN_S)
    whole = True
    with Load(url) as load:
        for victim in (nodes.master, lambda: nodes.holding(alias, primary=True)):
            time.sleep(seconds / 2)
            name = victim()
            nodes.kill(name)
            time.sleep(seconds)
            nodes.start(name)
            whole &= nodes.healthy(3, "green", GREEN_WITHIN_S)
    return {"acknowledged": len(load.acknowledged), "lost": lost(url, load.acknowledged), "asked": load.asked,
            "failed": load.failed, "refused": load.refused, "gap": load.gap, "whole": whole}


def control(nodes: Nodes, url: str) -> int:
    """Without a replica: the node that holds the documents dies for good."""
    alias = url.rpartition("/")[2].partition("?")[0]
    made = open_index(url, load_search_vocabulary(DATA))
    made.rebuild(map(document, range(200)))
    nodes.kill(nodes.holding(alias, primary=True))
    time.sleep(5)
    return lost(url, {document(number).id for number in range(200)})


def main() -> int:
    """Runs the trial and its control."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=Path("var/elasticsearch"), help="what index/server/build.sh made")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long a node stays away")
    args = parser.parse_args()
    subprocess.run(["bash", str(SERVER / "build.sh"), str(args.home)], check=True)
    with cluster(args.home.resolve()) as nodes:
        found = storm(nodes, f"elasticsearch+http://{nodes.hosts}/nodes?replicas=1&timeout=5&retries=4", args.seconds)
        alone = control(nodes, f"elasticsearch+http://{nodes.hosts}/alone?replicas=0&timeout=5&retries=4")
    return verdict("three nodes of 512 MB, one replica; kill -9 of the master, then of the node with the primary", {
        "documents acknowledged": (found["acknowledged"], "> 0", found["acknowledged"] > 0),
        "of them lost": (found["lost"], "0", found["lost"] == 0),
        "writes refused and told again": (found["refused"], "stated", True),
        f"searches that failed, of {found['asked']}": (found["failed"], f"<= {MOST_FAILED:.0%}",
                                                       found["failed"] <= MOST_FAILED * found["asked"]),
        "longest time without an answer, s": (round(found["gap"], 1), f"<= {LONGEST_GAP_S:.0f}",
                                              found["gap"] <= LONGEST_GAP_S),
        "whole again after each": (bool(found["whole"]), "True", bool(found["whole"])),
        "control without a replica: acknowledged and lost, of 200": (alone, "> 0", alone > 0),
    })


if __name__ == "__main__":
    sys.exit(main())
