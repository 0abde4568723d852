"""What Alembic runs: the connection comes from `migrate`."""

from alembic import context

from market.models import Table

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=True, compare_type=True)
context.run_migrations()
