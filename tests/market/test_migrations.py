"""Migrations: they lead to what the models say, on both databases, and back."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect

from market.migrations import migrate
from market.models import District, Table


def plain_index(index):
    """An index in words: the condition of a partial one is an object, which has another address every time."""
    return str({**index, "dialect_options": {name: str(value) for name, value in index.get("dialect_options", {}).items()}})


def schema(database):
    """Tables, columns, keys, rules and indexes as the database itself tells them."""
    seen = inspect(database.engine)
    out = {}
    for table in sorted(set(seen.get_table_names()) - {"alembic_version"}):
        out[table] = {
            "columns": [(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)],
            "primary": seen.get_pk_constraint(table),
            "foreign": sorted(map(str, seen.get_foreign_keys(table))),
            "unique": sorted(map(str, seen.get_unique_constraints(table))),
            "checks": sorted(map(str, seen.get_check_constraints(table))),
            "indexes": sorted(map(plain_index, seen.get_indexes(table))),
        }
    return out


def test_up_down_and_up_again_gives_the_same_schema(bare_database):
    migrate(bare_database)
    first = schema(bare_database)
    migrate(bare_database, "base")
    assert schema(bare_database) == {}
    migrate(bare_database)
    assert schema(bare_database) == first
    assert len(first) == len(Table.metadata.tables)


def test_the_migrations_lead_to_what_the_models_say(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Table.metadata) == []


@pytest.mark.parametrize("table", sorted(Table.metadata.tables))
def test_each_rule_of_the_models_is_in_the_database(database, table):
    wanted = {rule.name for rule in Table.metadata.tables[table].constraints if isinstance(rule, CheckConstraint)}
    found = {rule["name"] for rule in inspect(database.engine).get_check_constraints(table)}
    assert found == wanted


def test_the_tables_made_from_the_models_carry_the_same_rules(database, server):
    """Comparing metadata does not look into the text of a check; two databases beside each other do."""
    made = server.database(migrated=False)
    Table.metadata.create_all(made.engine)

    def plain(found):
        return {table: {kind: rules for kind, rules in parts.items() if kind != "columns"} | {
            "columns": sorted(parts["columns"])} for table, parts in found.items()}

    assert plain(schema(database)) == plain(schema(made))


def test_migrating_a_current_database_loses_nothing(database):
    with database.write() as session:
        session.add(District(code="310106", name="静安区", short="静安", name_en="Jing'an", land_area_km2=36.88))
    migrate(database)
    with database.read() as session:
        assert session.get(District, "310106").name == "静安区"
