"""The connection to an Elasticsearch cluster: address, time-outs, indices behind one name, bulk writes, clear failures."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from index import IndexUnavailable
from index.mapping import MAPPING_VERSION, mapping, settings

HEAL = "run `caitu index rebuild`"
CHUNK = 500  # documents of one bulk request: about 2 MB with vectors
STALE_DAYS = 1  # a half-built index older than this was left by a builder that died
CONFLICT, ABSENT = 409, 404
Action = tuple[dict[str, Any], dict[str, Any] | None]  # what to do with which document, and its body


@dataclass(frozen=True)
class Address:
    """Where an index lies: hosts, the name that readers use, credentials, and the options of the address.

    timeout: seconds for a question; writes may take ten times as long. retries: on another host where there is one.
    """

    hosts: tuple[str, ...]
    alias: str
    user: tuple[str, str] | None
    timeout: float
    retries: int
    shards: int
    replicas: int
    ca: str | None
    verify: bool


def read_address(url: str) -> Address:
    """Reads elasticsearch+http(s)://[user:password@]host:port[,host:port ...]/NAME[?timeout=5&retries=2&shards=1
    &replicas=0&ca=FILE&verify=no]; ValueError says what is wrong."""
    parts = urlsplit(url)
    alias = parts.path.strip("/")
    login, _, hosts = parts.netloc.rpartition("@")
    scheme = parts.scheme.removeprefix("elasticsearch+")
    if scheme not in ("http", "https") or not hosts or not alias or "/" in alias or alias != alias.lower():
        raise ValueError("INDEX_URL: write elasticsearch+http://HOST:PORT/NAME (or +https), with NAME in lower case")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    unknown = set(options) - {"timeout", "retries", "shards", "replicas", "ca", "verify"}
    if unknown:
        raise ValueError(f"INDEX_URL: no such option: {', '.join(sorted(unknown))}")
    name, _, password = login.partition(":")
    return Address(
        tuple(f"{scheme}://{host if ':' in host else f'{host}:9200'}" for host in hosts.split(",")), alias,
        (unquote(name), unquote(password)) if login else None, float(options.get("timeout", 5)),
        int(options.get("retries", 2)), int(options.get("shards", 1)), int(options.get("replicas", 0)),
        options.get("ca"), options.get("verify", "yes") != "no")


def connect(address: Address, api_key: str) -> Elasticsearch:
    """A client that asks each host in turn; nothing is asked yet."""
    login: dict[str, Any] = {"api_key": api_key} if api_key else {"basic_auth": address.user} if address.user else {}
    if address.hosts[0].startswith("https"):
        login |= {"ca_certs": address.ca} if address.ca else {}
        login |= {} if address.verify else {"verify_certs": False, "ssl_show_warn": False}
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # each failed try is told once, by IndexUnavailable
    return Elasticsearch(list(address.hosts), request_timeout=address.timeout, max_retries=address.retries,
                         retry_on_timeout=True, retry_on_status=(429, 502, 503, 504), **login)


@contextmanager
def speaking(address: Address) -> Iterator[None]:
    """Turns a failure of the cluster into IndexUnavailable, with what it said."""
    try:
        yield
    except NotFoundError as error:
        raise IndexUnavailable(f"there is no index {address.alias}; {HEAL}") from error
    except TransportError as error:
        asked = ", ".join(address.hosts)
        raise IndexUnavailable(f"Elasticsearch does not answer ({type(error).__name__}) at {asked}") from error
    except ApiError as error:
        raise IndexUnavailable(f"Elasticsearch refused ({error.status_code}): {error.message}") from error


class Cluster:
    """The indices of one address; the live one stands behind the alias."""

    def __init__(self, address: Address, api_key: str = "") -> None:
        self.address = address
        self.client = connect(address, api_key)
        self.writer = self.client.options(request_timeout=address.timeout * 10)

    def live(self) -> str:
        """The index behind the alias; IndexUnavailable where there is none, or one of another mapping version."""
        with speaking(self.address):
            found = self.client.indices.get_mapping(index=self.address.alias)
        name, body = next(iter(found.items()))
        version = body["mappings"].get("_meta", {}).get("version")
        if version != MAPPING_VERSION:
            raise IndexUnavailable(f"index {name} has mapping version {version}, wanted is {MAPPING_VERSION}; {HEAL}")
        return str(name)

    def create(self) -> str:
        """A new, empty index that nobody reads yet."""
        name = f"{self.address.alias}-{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        with speaking(self.address):
            self.writer.indices.create(index=name, mappings=mapping(),
                                       settings=settings(self.address.shards, self.address.replicas))
        return name

    def switch(self, name: str) -> None:
        """Lets readers see an index, in one step; the one before goes, and what dead builders left behind."""
        with speaking(self.address):
            found = self.writer.indices.get_alias(index=f"{self.address.alias}-*")
            before = [old for old, body in found.items() if self.address.alias in body["aliases"]]
            removals = [{"remove": {"index": old, "alias": self.address.alias}} for old in before]
            if self.address.alias in self.writer.indices.get(index=self.address.alias, ignore_unavailable=True):
                removals.append({"remove_index": {"index": self.address.alias}})  # an index of that very name, not ours
            self.writer.indices.update_aliases(actions=[*removals, {"add": {"index": name, "alias": self.address.alias}}])
            gone = [*before, *(old for old in found if old not in before and self._is_stale(old))]
            if gone := [old for old in gone if old != name]:
                self.writer.indices.delete(index=gone, ignore_unavailable=True)

    def _is_stale(self, name: str) -> bool:
        stamp = name.removeprefix(f"{self.address.alias}-")
        if not stamp.isdigit() or len(stamp) != 20:
            return False
        return (datetime.now(UTC) - datetime.strptime(stamp, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)).days >= STALE_DAYS

    def remove(self) -> None:
        """Takes every index of the address away."""
        with speaking(self.address):
            names = list(self.writer.indices.get(index=f"{self.address.alias}-*", ignore_unavailable=True))
            if names:
                self.writer.indices.delete(index=names)

    def bulk_live(self, actions: Iterable[Action]) -> int:
        """Writes to the index that readers see. Where it is gone meanwhile nothing is written: the server would else make
        an index of a few documents under its name."""
        return self.bulk(self.address.alias, actions, require_alias=True)

    def bulk(self, index: str, actions: Iterable[Action], require_alias: bool = False) -> int:
        """Writes in chunks; gives how many took effect. What a newer version or an absence refuses is passed over."""
        done, source = 0, iter(actions)
        while chunk := list(islice(source, CHUNK)):
            operations = [part for action, body in chunk for part in ((action, body) if body is not None else (action,))]
            with speaking(self.address):
                answer = self.writer.bulk(index=index, operations=operations, require_alias=require_alias)
            done += self._taken(answer["items"])
        return done

    def _taken(self, items: Sequence[dict[str, Any]]) -> int:
        results = [result for item in items for result in item.values()]
        broken = next((r for r in results if "error" in r and r["status"] != CONFLICT), None)
        if broken and broken["status"] == ABSENT:
            raise IndexUnavailable(f"there is no index {self.address.alias}; {HEAL}")
        if broken:
            raise IndexUnavailable(f"Elasticsearch refused {broken['_id']}: {broken['error']['reason']}")
        return sum(result["status"] < 300 for result in results)

    def check(self, answer: Mapping[str, Any]) -> None:
        """IndexUnavailable where one of several searches failed."""
        if "error" in answer:
            error = answer["error"]
            if error["type"] == "index_not_found_exception":
                raise IndexUnavailable(f"there is no index {self.address.alias}; {HEAL}")
            raise IndexUnavailable(f"Elasticsearch refused: {error.get('reason', error['type'])}")

    def refresh(self, index: str) -> None:
        """Shows readers what was written."""
        with speaking(self.address):
            self.writer.indices.refresh(index=index)

    def held(self, index: str, ids: Sequence[str], fields: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Documents by id as they lie there: _version and the named fields of _source."""
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(ids), CHUNK):
            with speaking(self.address):
                answer = self.writer.mget(index=index, ids=list(ids[start : start + CHUNK]), source_includes=list(fields))
            found |= {doc["_id"]: dict(doc) for doc in answer["docs"] if doc.get("found")}
        return found
