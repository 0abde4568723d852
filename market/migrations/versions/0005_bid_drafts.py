"""Drafts of bids"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bid_drafts",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_bid_drafts_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_bid_drafts_person_id")),
        sa.PrimaryKeyConstraint("order_id", "person_id", name=op.f("pk_bid_drafts")),
    )


def downgrade() -> None:
    op.drop_table("bid_drafts")
