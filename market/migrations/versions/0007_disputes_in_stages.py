"""Disputes in stages with their proposals, and the pass mark of a scorecard"""

from datetime import date

import sqlalchemy as sa
from alembic import op

from market.migrations.triggers import Refusal, drop_trigger, set_trigger

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
WAITS = sa.text("outcome IS NULL")
NEW_MOVES = (("accepting", "negotiating"), ("negotiating", "mediating"), ("negotiating", "settling"),
             ("mediating", "disputed"), ("mediating", "settling"), ("evaluating", "awarded"))
OLD_MOVES = (("accepting", "disputed"),)
DURATIONS = (("negotiation", 5), ("mediation", 10))
CLOSED = "EXISTS (SELECT 1 FROM orders WHERE id = {row}.order_id AND state = 'closed')"
RULES = tuple(Refusal(f"closed_{table}_{on.lower()}", table, on, CLOSED.format(row="NEW" if on == "INSERT" else "OLD"))
              for table in ("dispute_offers", "offer_answers") for on in ("INSERT", "UPDATE", "DELETE"))
COLUMNS = (  # plain SQL: on SQLite anything else writes the table anew and loses its triggers
    ("disputes", "mediated_at", "{moment}"), ("disputes", "mediated_by", "TEXT"), ("disputes", "referred_at", "{moment}"),
    ("disputes", "referral", "TEXT"),
    ("disputes", "buyer_cost_bp",
     "INTEGER CONSTRAINT ck_disputes_cost CHECK (buyer_cost_bp IS NULL OR buyer_cost_bp BETWEEN 0 AND 10000)"),
    ("orders", "pass_bp",
     "INTEGER CONSTRAINT ck_orders_pass_mark CHECK (pass_bp IS NULL OR pass_bp BETWEEN 1 AND 10000)"),
)


def _moves(gone: tuple[tuple[str, str], ...], there: tuple[tuple[str, str], ...]) -> None:
    table = sa.table("order_moves", sa.column("source", sa.Text), sa.column("target", sa.Text))
    for source, target in gone:
        op.execute(table.delete().where(table.c.source == source, table.c.target == target))
    op.bulk_insert(table, [{"source": source, "target": target} for source, target in there])


def upgrade() -> None:
    moment = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    for table, name, kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind.format(moment=moment)}")
    op.create_table(
        "dispute_offers",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False), sa.Column("party", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False), sa.Column("payable_bp", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False), sa.Column("at", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("payable_bp BETWEEN 0 AND 10000", name=op.f("ck_dispute_offers_payable")),
        sa.CheckConstraint("outcome IS NULL OR outcome IN ('accepted', 'refused', 'replaced', 'lapsed')",
                           name=op.f("ck_dispute_offers_outcome")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_dispute_offers_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_dispute_offers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_offers")))
    op.create_index(op.f("ix_dispute_offers_order_id"), "dispute_offers", ["order_id"])
    op.create_index("uq_dispute_offers_waits", "dispute_offers", ["order_id"], unique=True, sqlite_where=WAITS,
                    postgresql_where=WAITS)
    op.create_table(
        "offer_answers",
        sa.Column("offer_id", sa.Integer(), nullable=False), sa.Column("party", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False), sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False), sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["dispute_offers.id"], name=op.f("fk_offer_answers_offer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_offer_answers_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_offer_answers_person_id")),
        sa.PrimaryKeyConstraint("offer_id", "party", name=op.f("pk_offer_answers")))
    for rule in RULES:
        set_trigger(rule)
    _moves(OLD_MOVES, NEW_MOVES)
    op.bulk_insert(sa.table("durations", sa.column("name", sa.Text), sa.column("amount", sa.Integer), sa.column("unit", sa.Text),
                            sa.column("valid_from", sa.Date)),
                   [{"name": name, "amount": days, "unit": "days", "valid_from": date(2000, 1, 1)}
                    for name, days in DURATIONS])


def downgrade() -> None:
    op.execute("DELETE FROM durations WHERE name IN ('negotiation', 'mediation')")
    _moves(NEW_MOVES, OLD_MOVES)
    for rule in RULES:
        drop_trigger(rule)
    op.drop_table("offer_answers")
    op.drop_table("dispute_offers")
    for table, name, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
