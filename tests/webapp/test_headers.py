"""What every answer carries, and what no page may hold."""

import re

import pytest

PAGES = ("/", "/institutions", "/orders", "/parks", "/policies", "/search?q=猎头", "/sources", "/method",
         "/accessibility", "/status", "/institutions/JGD045", "/orders/DDD016", "/districts/闵行区")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_runs_inline_code_or_asks_another_host(client, path):
    answer = client.get(path)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", text) == []
    assert [tag for tag in re.findall(r"<script[^>]*>", text) if "src=" not in tag and "application/json" not in tag] == []
    assert re.findall(r"""(?:src|href|action)=["'](?:https?:)?//[^"']*""", text) == []


def test_text_is_compressed_for_browsers_that_take_it(client):
    plain = client.get("/institutions")
    packed = client.get("/institutions", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 3


def test_an_unchanged_page_answers_without_a_body(client):
    first = client.get("/parks")
    again = client.get("/parks", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_static_files_have_addresses_that_change_with_their_content(client):
    address = re.search(r'href="(/static/css/tokens\.css\?v=\w+)"', client.get("/parks").get_data(as_text=True)).group(1)
    with client.get(address) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
