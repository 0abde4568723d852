"""A site that begins with the public lists alone, or with nothing at all, answers every page."""

import pytest

from market.database import open_database
from market.migrations import migrate
from webapp import chores
from webapp.clock import today
from webapp.factory import create_app
from webapp.settings import settings_from

PAGES = ("/", "/?view=table", "/institutions", "/orders", "/parks", "/policies", "/search?q=lietou", "/status", "/sources",
         "/method")


@pytest.fixture(params=[(), ("taxonomy", "reference")], ids=["nothing", "public lists"])
def bare(request, tmp_path):
    settings = settings_from({"CAITU_VAR": str(tmp_path), "ENCODER": "test"})
    database = open_database(settings.database_url)
    migrate(database)
    if request.param:
        chores.load_paths(database, settings, [settings.data_dir / name for name in request.param])
    chores.rebuild(database, settings)
    return create_app(settings)


def test_every_page_answers(bare):
    client = bare.test_client()
    assert [(path, code) for path in PAGES if (code := client.get(path).status_code) != 200] == []


def test_there_is_nobody_to_match_and_nothing_breaks(bare):
    site = bare.extensions["caitu"]
    site.desk.prepare(today())
    assert site.desk.suits("REF-00000000", (), site.firms()) == ()
