"""The schema goes up, down and up again, and is what the models say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from market.migrations import migrate
from market.models import Table
from market.orders.life import allowed_moves
from market.orders.models import OrderMove


def test_the_schema_is_what_the_models_say(fresh):
    with fresh.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


def test_the_schema_goes_down_and_up_again(fresh):
    with fresh.write() as session:
        session.execute(text("INSERT INTO orders (id, kind, state, title, seniority, service_mode, must_have, constraints, "
                             "source_kind, verified, version) VALUES ('D', 'order', 'draft', 't', '[]', '[]', '[]', '{}', "
                             "'sample', false, 1)"))
    before = sorted(inspect(fresh.engine).get_table_names())
    migrate(fresh, "base")
    assert inspect(fresh.engine).get_table_names() == ["alembic_version"]
    migrate(fresh)
    assert sorted(inspect(fresh.engine).get_table_names()) == before


def test_the_database_holds_the_same_moves_as_the_table(session):
    assert {(row.source, row.target) for row in session.query(OrderMove)} == allowed_moves()
