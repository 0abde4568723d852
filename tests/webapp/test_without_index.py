"""The index may go at any time: pages from SQL answer, search says what is missing, a rebuild heals it."""

import shutil
from dataclasses import replace

import pytest

from market.database import open_database
from webapp.chores import rebuild
from webapp.factory import create_app


@pytest.fixture
def broken(settings, tmp_path):
    """A second site over the same database with an index of its own that can be thrown away."""
    own = replace(settings, index_url=f"embedded:{tmp_path / 'index'}", var_dir=tmp_path)
    rebuild(open_database(own.database_url), own)
    app = create_app(own)
    app.test_client().get("/institutions")
    shutil.rmtree(tmp_path / "index")
    return app.test_client(), own


@pytest.mark.parametrize("path", ["/", "/institutions", "/institutions?district=闵行区", "/orders", "/institutions/JGD045",
                                  "/districts/闵行区", "/orders/DDD016", "/parks/虹桥园", "/parks", "/policies",
                                  "/status", "/health"])
def test_pages_from_sql_go_on(broken, path):
    assert broken[0].get(path).status_code == 200


def test_search_says_what_is_missing_and_what_heals_it(broken):
    answer = broken[0].get("/search?q=猎头")
    assert answer.status_code == 503
    assert "caitu index rebuild" in answer.get_data(as_text=True)


def test_a_rebuild_heals_the_running_site(broken):
    client, own = broken
    rebuild(open_database(own.database_url), own)
    assert client.get("/search?q=猎头").status_code == 200


@pytest.mark.parametrize("path", ["/", "/institutions", "/orders", "/parks/虹桥园", "/districts/闵行区", "/status"])
def test_an_index_that_breaks_under_a_page_is_regarded_as_away(settings, tmp_path, path):
    own = replace(settings, index_url=f"embedded:{tmp_path / 'index'}", var_dir=tmp_path)
    rebuild(open_database(own.database_url), own)
    client = create_app(own).test_client()
    client.get("/search?q=猎头")
    for file in (tmp_path / "index" / "parts").rglob("*"):
        if file.is_file():
            with file.open("r+b") as written:  # in place: what is open sees it
                written.write(b"\xfe" * file.stat().st_size)
    assert client.get(path).status_code == 200
    assert client.get("/search?q=猎头 张江").status_code == 503
    rebuild(open_database(own.database_url), own)
    assert client.get("/search?q=猎头 张江").status_code == 200
