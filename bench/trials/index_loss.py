"""The index is deleted, then damaged, under a running site: pages from SQL answer, search says what heals it, and it does."""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

from ground import verdict

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from site_of import HOME, environment, made_site, served

from index.cluster import Cluster, read_address
from index.elastic import remove_index

PAGES = ("/", "/institutions", "/institutions?district=闵行区", "/orders", "/parks", "/parks/虹桥园", "/districts/闵行区",
         "/policies", "/status", "/health")
SEARCH = "/search?q=猎头 张江"
MOST_S = 60.0
NOISE = bytes(range(1, 251)) * 17


def status(address: str, path: str) -> tuple[int, str]:
    """The answer's status and text; 0 where there was none."""
    try:
        with urllib.request.urlopen(address + urllib.parse.quote(path, safe="/?=&"), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError as error:
        return 0, str(error)


class Reader:
    """Asks one page after another until told to stop; counts the answers by status."""

    def __init__(self, address: str) -> None:
        self.address, self.found, self.slowest = address, Counter[int](), 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def _read(self) -> None:
        while not self._stop.is_set():
            for path in PAGES:
                began = time.monotonic()
                self.found[status(self.address, path)[0]] += 1
                self.slowest = max(self.slowest, time.monotonic() - began)
            time.sleep(0.2)  # the trial measures a rebuild, not how fast pages are

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


def delete(url: str) -> None:
    """Takes the index away as a whole."""
    if url.startswith("embedded:"):
        shutil.rmtree(url.removeprefix("embedded:"))
    else:
        remove_index(url)


def damage(url: str) -> None:
    """Embedded: noise in every file of the parts. Elasticsearch: an index of another make under the very name."""
    if url.startswith("embedded:"):
        for path in (Path(url.removeprefix("embedded:")) / "parts").rglob("*"):
            if path.is_file():
                with path.open("r+b") as file:
                    size = path.stat().st_size
                    file.write((NOISE * (size // len(NOISE) + 1))[:size])
        return
    cluster = Cluster(read_address(url))
    remove_index(url)
    cluster.client.indices.create(index=cluster.address.alias)
    cluster.client.index(index=cluster.address.alias, id="x", document={"title": "x"}, refresh=True)


def command(settings, *words: str) -> tuple[int, float, float]:
    """(exit code, seconds, seconds of CPU) of `caitu index ...`."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-m", "webapp.commands", "index", *words], cwd=HOME, env=environment(settings),
                          stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (done.returncode, time.perf_counter() - began,
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def loss(settings, address: str, harm) -> dict[str, object]:
    """One harm and its healing; gives what was seen."""
    harm(settings.index_url)
    with Reader(address) as reader:
        time.sleep(3)
        said = [status(address, SEARCH) for _ in range(5)]
        code, seconds, cpu = command(settings, "rebuild")
    healed = status(address, SEARCH)[0]
    return {"pages": reader.found, "slowest": reader.slowest, "said": said, "code": code, "seconds": seconds,
            "cpu": cpu, "healed": healed, "same": command(settings, "verify")[0] == 0}


def figures(name: str, seen: dict[str, object]) -> dict[str, tuple[object, str, bool]]:
    """The figures of one harm."""
    pages, said = seen["pages"], seen["said"]
    wrong = sum(count for code, count in pages.items() if code != 200)  # type: ignore[attr-defined]
    clear = sum(code == 503 and "caitu index rebuild" in text for code, text in said)  # type: ignore[attr-defined]
    return {
        f"{name}: pages from SQL that failed, of {sum(pages.values())}": (wrong, "0", wrong == 0),  # type: ignore[attr-defined]
        f"{name}: slowest page, s": (round(seen["slowest"], 1), "stated", True),  # type: ignore[call-overload]
        f"{name}: searches that said what heals it, of 5": (clear, "5", clear == 5),
        f"{name}: rebuilt in s": (round(seen["seconds"], 1), f"<= {MOST_S:.0f}", seen["code"] == 0  # type: ignore[call-overload]
                                  and seen["seconds"] <= MOST_S),  # type: ignore[operator]
        f"{name}: of that CPU, s": (round(seen["cpu"], 1), "stated", True),  # type: ignore[call-overload]
        f"{name}: search afterwards": (seen["healed"], "200", seen["healed"] == 200),
        f"{name}: documents like their rows": (seen["same"], "True", seen["same"] is True),
    }


def main() -> int:
    """Runs the trial on one engine and one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--elastic", default="", help="address of a cluster, without a name; empty: embedded")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"{args.elastic.rstrip('/')}/loss" if args.elastic else f"embedded:{folder}/site/index"
        settings, _ = made_site(Path(folder) / "site", args.count, INDEX_URL=url)
        with served(settings) as address:
            address = address.rstrip("/")
            found = {}
            for name, harm in (("deleted", delete), ("damaged", damage)):
                found |= figures(name, loss(settings, address, harm))
        if args.elastic:
            remove_index(url)
    return verdict(f"{args.count:,} firms, {'Elasticsearch' if args.elastic else 'embedded'}", found)


if __name__ == "__main__":
    sys.exit(main())
