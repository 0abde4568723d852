"""The first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

NAMES = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "districts",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("land_area_km2", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_districts")),
        sa.UniqueConstraint("name", name=op.f("uq_districts_name")),
        sa.UniqueConstraint("short", name=op.f("uq_districts_short")),
    )
    op.create_table(
        "enterprises",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprises")),
        sa.UniqueConstraint("name", name=op.f("uq_enterprises_name")),
    )
    op.create_table(
        "indicators",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("year", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("source_kind IN ('sample', 'reference')", name=op.f("ck_indicators_source_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicators")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "policies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=True),
        sa.Column("issuing_bodies", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Text(), nullable=True),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("eligible_subjects", sa.Text(), nullable=True),
        sa.Column("thresholds", sa.Text(), nullable=True),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("districts", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("source_kind IN ('sample', 'reference')", name=op.f("ck_policies_source_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policies")),
    )
    op.create_table(
        "text_vectors",
        sa.Column("encoder", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("encoder", "role", "text_hash", name=op.f("pk_text_vectors")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.Column("role_family", sa.Text(), nullable=True),
        sa.Column("seniority", NAMES, nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.Column("annual_salary_range", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("deadline_days", sa.Integer(), nullable=True),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("service_mode", NAMES, nullable=False),
        sa.Column("must_have", NAMES, nullable=False),
        sa.Column("constraints", NAMES, nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'reference') = (kind <> 'order')", name=op.f("ck_orders_postings_are_no_orders")),
        sa.CheckConstraint("source_kind IN ('sample', 'reference')", name=op.f("ck_orders_source_kind")),
        sa.CheckConstraint("state = 'reference' OR deadline IS NOT NULL", name=op.f("ck_orders_orders_have_a_deadline")),
        sa.CheckConstraint("headcount IS NULL OR headcount > 0", name=op.f("ck_orders_headcount")),
        sa.ForeignKeyConstraint(["district"], ["districts.name"], name=op.f("fk_orders_district")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name=op.f("fk_orders_enterprise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_district"), ["district"], unique=False)
        batch_op.create_index(batch_op.f("ix_orders_state"), ["state"], unique=False)

    op.create_table(
        "parks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=True),
        sa.Column("aliases", NAMES, nullable=False),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("opened_on", sa.Text(), nullable=True),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("area_m2", sa.Text(), nullable=True),
        sa.Column("tenants", sa.Text(), nullable=True),
        sa.Column("tenants_as_of", sa.Text(), nullable=True),
        sa.Column("revenue", sa.Text(), nullable=True),
        sa.Column("tax", sa.Text(), nullable=True),
        sa.Column("themes", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("raw_lon", sa.Double(), nullable=True),
        sa.Column("raw_lat", sa.Double(), nullable=True),
        sa.Column("place_datum", sa.Text(), nullable=True),
        sa.Column("place_quality", sa.Text(), nullable=True),
        sa.Column("place_precision_m", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "lon IS NULL OR (place_quality IS NOT NULL AND place_datum IS NOT NULL AND place_datum IN ('WGS-84', 'GCJ-02', 'BD-09'))",
            name=op.f("ck_parks_place_said"),
        ),
        sa.CheckConstraint(
            "source_kind = 'sample' OR place_quality IS NULL OR place_quality <> 'sample'",
            name=op.f("ck_parks_no_invented_point"),
        ),
        sa.CheckConstraint("source_kind IN ('sample', 'reference')", name=op.f("ck_parks_source_kind")),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_parks_both_or_neither")),
        sa.CheckConstraint(
            "lon IS NULL OR (lon BETWEEN 120 AND 123 AND lat BETWEEN 30 AND 32.5)", name=op.f("ck_parks_in_shanghai")
        ),
        sa.ForeignKeyConstraint(["district"], ["districts.name"], name=op.f("fk_parks_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parks")),
        sa.UniqueConstraint("name", name=op.f("uq_parks_name")),
        sa.UniqueConstraint("short_name", name=op.f("uq_parks_short_name")),
    )
    op.create_table(
        "institutions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unified_code", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("english_name", sa.Text(), nullable=True),
        sa.Column("services", NAMES, nullable=False),
        sa.Column("industries", NAMES, nullable=False),
        sa.Column("role_families", NAMES, nullable=False),
        sa.Column("regions", NAMES, nullable=False),
        sa.Column("seniority", NAMES, nullable=False),
        sa.Column("capacity_per_quarter", sa.Integer(), nullable=True),
        sa.Column("languages", NAMES, nullable=False),
        sa.Column("credit_grade", sa.Text(), nullable=True),
        sa.Column("profile", sa.Text(), nullable=True),
        sa.Column("track_record", NAMES, nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("park_id", sa.Text(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_title", sa.Text(), nullable=True),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("as_of", sa.Text(), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("raw_lon", sa.Double(), nullable=True),
        sa.Column("raw_lat", sa.Double(), nullable=True),
        sa.Column("place_datum", sa.Text(), nullable=True),
        sa.Column("place_quality", sa.Text(), nullable=True),
        sa.Column("place_precision_m", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "credit_grade IS NULL OR credit_grade IN ('A', 'B', 'C', 'D')", name=op.f("ck_institutions_credit_grade")
        ),
        sa.CheckConstraint(
            "lon IS NULL OR (place_quality IS NOT NULL AND place_datum IS NOT NULL AND place_datum IN ('WGS-84', 'GCJ-02', 'BD-09'))",
            name=op.f("ck_institutions_place_said"),
        ),
        sa.CheckConstraint(
            "source_kind = 'sample' OR place_quality IS NULL OR place_quality <> 'sample'",
            name=op.f("ck_institutions_no_invented_point"),
        ),
        sa.CheckConstraint("source_kind IN ('sample', 'reference')", name=op.f("ck_institutions_source_kind")),
        sa.CheckConstraint("(lon IS NULL) = (lat IS NULL)", name=op.f("ck_institutions_both_or_neither")),
        sa.CheckConstraint(
            "capacity_per_quarter IS NULL OR capacity_per_quarter >= 0", name=op.f("ck_institutions_capacity")
        ),
        sa.CheckConstraint(
            "lon IS NULL OR (lon BETWEEN 120 AND 123 AND lat BETWEEN 30 AND 32.5)", name=op.f("ck_institutions_in_shanghai")
        ),
        sa.CheckConstraint("unified_code IS NULL OR length(unified_code) = 18", name=op.f("ck_institutions_unified_code")),
        sa.ForeignKeyConstraint(["district"], ["districts.name"], name=op.f("fk_institutions_district")),
        sa.ForeignKeyConstraint(["park_id"], ["parks.id"], name=op.f("fk_institutions_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institutions")),
        sa.UniqueConstraint("unified_code", name=op.f("uq_institutions_unified_code")),
    )
    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_institutions_district"), ["district"], unique=False)
        batch_op.create_index(batch_op.f("ix_institutions_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_institutions_park_id"), ["park_id"], unique=False)

    op.create_table(
        "licences",
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_licences_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.id"], name=op.f("fk_licences_institution_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("institution_id", "name", name=op.f("pk_licences")),
    )


def downgrade() -> None:
    op.drop_table("licences")
    with op.batch_alter_table("institutions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_institutions_park_id"))
        batch_op.drop_index(batch_op.f("ix_institutions_name"))
        batch_op.drop_index(batch_op.f("ix_institutions_district"))

    op.drop_table("institutions")
    op.drop_table("parks")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orders_state"))
        batch_op.drop_index(batch_op.f("ix_orders_district"))

    op.drop_table("orders")
    op.drop_table("text_vectors")
    op.drop_table("policies")
    op.drop_table("outbox")
    op.drop_table("indicators")
    op.drop_table("enterprises")
    op.drop_table("districts")
