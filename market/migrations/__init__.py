"""Migrations: brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from market.database import Database


def configuration(connection: Connection) -> Config:
    """Alembic's configuration without a file: the scripts lie in this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def migrate(database: Database, to: str = "head") -> None:
    """Brings the schema up (or down) to a revision, in one transaction."""
    with database.engine.connect() as connection:
        connection = connection.execution_options(caitu_write=True)
        with connection.begin():
            config = configuration(connection)
            (command.downgrade if to == "base" else command.upgrade)(config, to)
