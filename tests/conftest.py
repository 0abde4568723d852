"""One small site on sample data, made once: database, index and vectors of the test encoder."""

from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from webapp.settings import Settings, settings_from

DATA = Path(__file__).resolve().parents[1] / "data"

hypothesis_settings.register_profile("caitu", deadline=None)  # how long an example takes is the machine's doing
hypothesis_settings.load_profile("caitu")


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


class SignedIn:
    """Clients of one site, each signed in as an account of the demo; the site's clock can be moved."""

    def __init__(self, app) -> None:
        self.app, self.site = app, app.extensions["caitu"]
        self.moved = None

    def __call__(self, name: str):
        """A client that is signed in as name@demo.example, the second factor passed."""
        from sqlalchemy import select

        from market.access import Actor
        from market.accounts import sessions
        from market.accounts.models import Person, SignedIn
        from webapp.access import COOKIE

        with self.site.database.write() as session:
            act = self.site.act(session, Actor())
            person = session.scalars(select(Person).where(Person.email == f"{name}@demo.example")).one()
            token = sessions.begin(act, person).token
            session.get_one(SignedIn, sessions.token_hash(token)).second_factor = True
        client = self.app.test_client()
        client.set_cookie(COOKIE, token)
        return client

    def forward(self, **amount: float) -> None:
        """Moves the site's clock; whoever was signed in for too long must sign in anew."""
        from datetime import timedelta

        moment = self.site.clock() + timedelta(**amount)
        self.site.clock = lambda: moment

    def order(self, state: str, **more):
        """The id of a demo order in a state."""
        from sqlalchemy import select

        from market.orders.models import Order

        with self.site.database.read() as session:
            return session.scalars(select(Order.id).where(Order.state == state, Order.owner_id.is_not(None)).filter_by(**more)
                                   .order_by(Order.id)).first()


@pytest.fixture(scope="session")
def demo_settings(settings, tmp_path_factory):
    """The site with the demo's accounts and an order in every state, in a folder of its own."""
    import shutil
    from dataclasses import replace

    from market.clock import now
    from market.database import open_database
    from market.demo.accounts import make_demo
    from market.keys import open_keys

    var = tmp_path_factory.mktemp("demo") / "var"
    shutil.copytree(settings.var_dir, var)
    made = replace(settings, var_dir=var, database_url=f"sqlite:///{var / 'caitu.sqlite3'}",
                   index_url=f"embedded:{var / 'index'}", demo=True)
    database = open_database(made.database_url)
    with database.write() as session:
        assert make_demo(session, open_keys(made.key_file), made.data_dir, now())
    database.engine.dispose()
    return made


@pytest.fixture
def signed_in(demo_settings, tmp_path):
    """Signed-in clients of a site whose database is this test's own; the token of forms is not asked for."""
    import shutil
    from dataclasses import replace

    from webapp.factory import create_app

    mine = replace(demo_settings, var_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'caitu.sqlite3'}")
    shutil.copytree(demo_settings.var_dir / "keys", tmp_path / "keys")
    for part in demo_settings.var_dir.glob("caitu.sqlite3*"):
        shutil.copy(part, tmp_path / part.name)
    app = create_app(mine)
    app.config["WTF_CSRF_ENABLED"] = False
    app.extensions["caitu"].__dict__["encoder"] = TestEncoderBeside(mine)
    app.testing = True
    yield SignedIn(app)
    app.extensions["caitu"].database.engine.dispose()
