"""Rules that only a trigger can hold, written once for SQLite and PostgreSQL.

A batch operation of Alembic on SQLite makes a table anew and loses its triggers: drop them before, set them after.
"""

from __future__ import annotations

from dataclasses import dataclass

from alembic import op


@dataclass(frozen=True)
class Refusal:
    """Refuses a change of a table: on is INSERT, UPDATE or DELETE; when is SQL over NEW and OLD, "" for always."""

    name: str
    table: str
    on: str
    when: str = ""


def _sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def set_trigger(rule: Refusal) -> None:
    """Makes the database refuse what the rule says, as a broken constraint of the rule's name."""
    if _sqlite():
        when = f"WHEN {rule.when}" if rule.when else ""
        op.execute(f"CREATE TRIGGER {rule.name} BEFORE {rule.on} ON {rule.table} FOR EACH ROW {when} "
                   f"BEGIN SELECT RAISE(ABORT, '{rule.name}'); END")
        return
    kept = "OLD" if rule.on == "DELETE" else "NEW"
    op.execute(f"CREATE FUNCTION {rule.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {rule.when or 'true'} THEN "
               f"RAISE EXCEPTION '{rule.name}' USING ERRCODE = '23514'; END IF; RETURN {kept}; END $$")
    op.execute(f"CREATE TRIGGER {rule.name} BEFORE {rule.on} ON {rule.table} FOR EACH ROW EXECUTE FUNCTION {rule.name}()")


def drop_trigger(rule: Refusal) -> None:
    """Takes a rule away."""
    if _sqlite():
        op.execute(f"DROP TRIGGER {rule.name}")
        return
    op.execute(f"DROP TRIGGER {rule.name} ON {rule.table}")
    op.execute(f"DROP FUNCTION {rule.name}()")


def append_only(table: str) -> tuple[Refusal, ...]:
    """A table whose rows are neither changed nor deleted."""
    return (Refusal(f"{table}_never_change", table, "UPDATE"), Refusal(f"{table}_never_go", table, "DELETE"))


@dataclass(frozen=True)
class Effect:
    """Does something after a change of a table: on is INSERT or DELETE; statement is SQL over NEW or OLD."""

    name: str
    table: str
    on: str
    statement: str


def set_effect(effect: Effect) -> None:
    """Makes the database do what the effect says."""
    if _sqlite():
        op.execute(f"CREATE TRIGGER {effect.name} AFTER {effect.on} ON {effect.table} FOR EACH ROW "
                   f"BEGIN {effect.statement}; END")
        return
    op.execute(f"CREATE FUNCTION {effect.name}() RETURNS trigger LANGUAGE plpgsql AS "
               f"$$ BEGIN {effect.statement}; RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {effect.name} AFTER {effect.on} ON {effect.table} FOR EACH ROW "
               f"EXECUTE FUNCTION {effect.name}()")


def drop_effect(effect: Effect) -> None:
    """Takes an effect away."""
    drop_trigger(Refusal(effect.name, effect.table, effect.on))
