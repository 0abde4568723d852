"""Who follows what, when a saved search was last looked at, and accounts that were closed"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "follows",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('institution', 'order')", name=op.f("ck_follows_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_follows_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", "object_id", name=op.f("pk_follows")),
    )
    op.create_index(op.f("ix_follows_object_id"), "follows", ["object_id"])
    op.add_column("saved_searches", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("people", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "closed_at")
    op.drop_column("saved_searches", "looked_at")
    op.drop_index(op.f("ix_follows_object_id"), "follows")
    op.drop_table("follows")
