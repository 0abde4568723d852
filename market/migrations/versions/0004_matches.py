"""Judgements, measurements and plans of matches"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

NAMES = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fit_labels",
        sa.Column("order_id", sa.Text(), nullable=False), sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False), sa.Column("role", sa.Text(), nullable=False),
        sa.Column("fit", sa.Boolean(), nullable=False), sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("length(reason) BETWEEN 2 AND 500", name=op.f("ck_fit_labels_reason")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_fit_labels_order_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_fit_labels_institution_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_fit_labels_person_id")),
        sa.PrimaryKeyConstraint("order_id", "institution_id", "person_id", name=op.f("pk_fit_labels")))
    op.create_table(
        "neutral_readers",
        sa.Column("person_id", sa.Integer(), nullable=False), sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_neutral_readers_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_neutral_readers")))
    op.create_table(
        "measurements",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False), sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False), sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False), sa.Column("step_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True), sa.Column("report", NAMES, nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_measurements_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurements")))
    op.create_table(
        "city_plans",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False), sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False), sa.Column("content", NAMES, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_city_plans")))
    op.create_table(
        "front_places",
        sa.Column("month", sa.Text(), nullable=False), sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False), sa.Column("institution_id", sa.Text(), nullable=False),
        sa.CheckConstraint("place > 0", name=op.f("ck_front_places_place")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_front_places_order_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_front_places_institution_id")),
        sa.PrimaryKeyConstraint("month", "order_id", "place", name=op.f("pk_front_places")))
    op.create_index(op.f("ix_front_places_institution_id"), "front_places", ["institution_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_front_places_institution_id"), table_name="front_places")
    for table in ("front_places", "city_plans", "measurements", "neutral_readers", "fit_labels"):
        op.drop_table(table)
