"""One small site on sample data, made once: database, index and vectors of the test encoder."""

from pathlib import Path

import pytest

from webapp.settings import Settings, settings_from

DATA = Path(__file__).resolve().parents[1] / "data"


def prepare(settings: Settings, firms: int, orders: int) -> None:
    """Loads reference and sample data with some generated rows, builds the index, computes the vectors."""
    from market.database import open_database
    from market.imports.sample import SampleSize, make_sample
    from market.migrations import migrate
    from matching.encoders import open_encoder
    from webapp import chores
    from webapp.encoding import Filling

    made = make_sample(SampleSize(firms, orders, 11), settings.var_dir, settings.data_dir, chores.load_plan(settings).place)
    database = open_database(settings.database_url)
    migrate(database)
    assert chores.load_paths(database, settings, [DATA / "taxonomy", DATA / "reference", DATA / "sample", *made]) == 0
    chores.rebuild(database, settings)
    Filling(settings, open_encoder(settings.encoder, settings.cache_dir)).run()


@pytest.fixture(scope="session")
def settings(tmp_path_factory):
    """A site with 90 real and 400 fictitious institutions and 80 orders."""
    var = tmp_path_factory.mktemp("site")
    made = settings_from({"CAITU_VAR": str(var), "ENCODER": "test", "CAITU_CACHE": str(var / "cache")})
    prepare(made, 300, 40)
    return made


class TestEncoderBeside:
    """Stands for the worker's socket: answers questions in this process."""

    __test__ = False

    def __init__(self, settings: Settings) -> None:
        from matching.encoders import open_encoder

        self._encoder = open_encoder("test", settings.cache_dir)

    def encode_queries(self, texts):
        """See matching.encoders.Encoder."""
        return self._encoder.encode_queries(texts)


@pytest.fixture(scope="session")
def site(settings):
    """The Flask application over the site, with the encoder answering at once."""
    from webapp.factory import create_app

    app = create_app(settings)
    app.extensions["caitu"].__dict__["encoder"] = TestEncoderBeside(settings)
    app.testing = True
    return app


@pytest.fixture
def app(settings):
    """An application of its own for a test that changes it."""
    from webapp.factory import create_app

    return create_app(settings)


@pytest.fixture
def client(site):
    """A visitor without a browser."""
    return site.test_client()


@pytest.fixture
def page(client):
    """The text of a page that must answer 200."""
    def get(path: str) -> str:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)

    return get
