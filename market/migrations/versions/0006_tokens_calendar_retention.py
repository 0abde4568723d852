"""Access tokens, the calendar of working days, and how long things are kept"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEPT = (  # name, days after the moment that market/retention.py names
    ("retain_candidates", 730), ("retain_notices", 365), ("retain_sessions", 30), ("retain_tickets", 30), ("retain_lanes", 30),
    ("retain_requests", 7), ("retain_ownerships", 0), ("retain_tokens", 365), ("retain_calls", 90),
)


def upgrade() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_access_tokens_member_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_access_tokens_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_tokens_token_hash")),
    )
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_tokens_person_id"), ["person_id"], unique=False)
    op.create_table(
        "calendar_days",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.CheckConstraint("length(day) = 10", name=op.f("ck_calendar_days_iso")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_days")),
    )
    durations = sa.table("durations", sa.column("name", sa.Text), sa.column("amount", sa.Integer), sa.column("unit", sa.Text),
                         sa.column("valid_from", sa.Date))
    op.bulk_insert(durations, [{"name": name, "amount": days, "unit": "days", "valid_from": date(2000, 1, 1)}
                               for name, days in KEPT])


def downgrade() -> None:
    op.execute("DELETE FROM durations WHERE name LIKE 'retain%'")
    op.drop_table("calendar_days")
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_tokens_person_id"))
    op.drop_table("access_tokens")
