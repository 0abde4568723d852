"""Addresses, credentials and failures of a cluster; a small server of our own answers where no node is needed."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from index import IndexUnavailable, open_index
from index.cluster import read_address
from index.mapping import MAPPING_VERSION
from index.queries import Query


def test_an_address_names_hosts_alias_and_options():
    address = read_address("elasticsearch+https://caitu:s%40fe@one:9201,two/firms?timeout=2.5&retries=4&replicas=1&verify=no")
    assert address.hosts == ("https://one:9201", "https://two:9200")
    assert (address.alias, address.user, address.timeout, address.retries) == ("firms", ("caitu", "s@fe"), 2.5, 4)
    assert (address.shards, address.replicas, address.verify) == (1, 1, False)


@pytest.mark.parametrize("url", ["elasticsearch+http://one:9200", "elasticsearch+ftp://one/firms", "elasticsearch+http://one/Firms",
                                 "elasticsearch+http:///firms", "elasticsearch+http://one/firms?colour=blue"])
def test_a_wrong_address_says_what_to_write(url):
    with pytest.raises(ValueError, match="INDEX_URL"):
        read_address(url)


def test_an_engine_that_is_not_known_says_which_there_are(vocabulary):
    with pytest.raises(ValueError, match=r"embedded:FOLDER.*elasticsearch\+http"):
        open_index("sphinx:somewhere", vocabulary)


def test_a_host_that_does_not_answer_becomes_index_unavailable(vocabulary):
    index = open_index("elasticsearch+http://127.0.0.1:9/firms?timeout=1&retries=1", vocabulary)
    for question in (index.status, lambda: index.search(Query("猎头")), lambda: index.put([])):
        with pytest.raises(IndexUnavailable, match=r"does not answer.*127\.0\.0\.1:9"):
            question()


@pytest.fixture
def server():
    """A server that gives the same answer to everything and keeps what it was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            body = json.dumps(answer["body"]).encode()
            self.send_response(answer["status"])
            self.send_header("Content-Type", "application/json")
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    asked, answer = [], {"status": 200, "body": {}}
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=made.serve_forever, daemon=True).start()
    yield f"elasticsearch+http://127.0.0.1:{made.server_port}/firms?retries=1&timeout=2", asked, answer
    made.shutdown()
    made.server_close()


def test_an_api_key_is_sent_with_every_request(vocabulary, server):
    url, asked, answer = server
    answer |= {"status": 401, "body": {"error": {"type": "security_exception", "reason": "no"}, "status": 401}}
    with pytest.raises(IndexUnavailable, match=r"refused.*401"):
        open_index(url, vocabulary, api_key="a2V5").status()
    assert {headers.get("authorization", headers.get("Authorization")) for _, headers in asked} == {"ApiKey a2V5"}


def test_a_server_that_is_overloaded_is_asked_again_and_then_given_up(vocabulary, server):
    url, asked, answer = server
    answer |= {"status": 503, "body": {"error": {"type": "overloaded", "reason": "later"}, "status": 503}}
    with pytest.raises(IndexUnavailable, match="503"):
        open_index(url, vocabulary).status()
    assert len(asked) == 2


def test_an_index_of_another_mapping_version_must_be_rebuilt(vocabulary, server):
    url, _, answer = server
    answer["body"] = {"firms-1": {"mappings": {"_meta": {"version": MAPPING_VERSION + 1}}}}
    with pytest.raises(IndexUnavailable, match=r"mapping version.*caitu index rebuild"):
        open_index(url, vocabulary).status()
