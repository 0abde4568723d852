"""The order's life"""

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from market.migrations.triggers import Effect, Refusal, append_only, drop_effect, drop_trigger, set_effect, set_trigger

NAMES = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


MOVES = (
    ("accepting", "delivering"), ("accepting", "disputed"), ("accepting", "settling"), ("awarded", "delivering"),
    ("awarded", "evaluating"), ("delivering", "accepting"), ("delivering", "terminated"), ("disputed", "settling"),
    ("draft", "cancelled"), ("draft", "pending_review"), ("evaluating", "cancelled"), ("evaluating", "standstill"),
    ("open", "cancelled"), ("open", "paused"), ("open", "sealed"), ("paused", "open"), ("pending_review", "cancelled"),
    ("pending_review", "draft"), ("pending_review", "open"), ("sealed", "evaluating"), ("sealed", "unsuccessful"),
    ("settled", "closed"), ("settling", "settled"), ("standstill", "awarded"), ("standstill", "suspended"),
    ("suspended", "evaluating"), ("suspended", "standstill"),
)
DURATIONS = (  # name, amount, unit: the defaults; an operator adds rows with a later date, a district or a service mode
    ("bidding", 5, "days"), ("review", 3, "working_days"), ("reconfirming", 2, "days"), ("unsealing", 3, "working_days"),
    ("scoring", 10, "days"), ("standstill", 5, "days"), ("objection_answer", 3, "days"), ("ruling", 30, "working_days"),
    ("signing", 30, "days"), ("acceptance", 14, "days"), ("ruling_of_dispute", 30, "days"), ("settlement", 30, "days"),
    ("rating", 15, "days"), ("idle", 30, "days"), ("ownership", 180, "days"), ("guarantee", 90, "days"),
    ("payment", 30, "days"), ("consent_link", 14, "days"), ("answer_view", 2, "working_days"),
    ("answer_interview", 5, "working_days"), ("answer_decision", 5, "working_days"), ("answer_acceptance", 14, "days"),
    ("bids_needed", 3, "count"), ("experts_needed", 3, "count"), ("conflict_years", 3, "count"),
    ("candidates_per_place", 5, "count"),
)
NEW_CHECKS = {
    "orders_have_a_deadline": "state IN ('reference', 'draft', 'cancelled') OR deadline IS NOT NULL",
    "awarded_places": "awarded_places >= 0 AND awarded_places <= coalesce(headcount, 0)",
    "money": "(fee_fen IS NULL OR fee_fen > 0) AND (value_fen IS NULL OR value_fen >= 0)",
    "confidential_has_a_brief": "NOT confidential OR brief IS NOT NULL",
}
CLOSED = "EXISTS (SELECT 1 FROM orders WHERE id = {row}.order_id AND state = 'closed')"
PARTS = ("order_versions", "bids", "bid_members", "key_turns", "panel_seats", "scores", "awards", "awarded_places",
         "objections", "milestones", "disputes", "messages", "questions", "ratings")
RULES = (
    Refusal("orders_move_by_the_table", "orders", "UPDATE", "OLD.state <> NEW.state AND NOT EXISTS "
            "(SELECT 1 FROM order_moves WHERE source = OLD.state AND target = NEW.state)"),
    Refusal("closed_orders_stay", "orders", "UPDATE", "OLD.state = 'closed'"),
    Refusal("closed_orders_never_go", "orders", "DELETE", "OLD.state = 'closed'"),
    Refusal("settled_to_the_fen", "orders", "UPDATE", "NEW.state = 'settled' AND OLD.state <> 'settled' AND "
            "coalesce((SELECT sum(fen) FROM ledger WHERE order_id = NEW.id), -1) <> coalesce(NEW.value_fen, 0)"),
    *append_only("ledger"),
    Refusal("ledger_of_closed_orders", "ledger", "INSERT", CLOSED.format(row="NEW")),
    Refusal("awards_share_the_whole", "awards", "INSERT",
            "(SELECT coalesce(sum(share_bp), 0) FROM bid_members WHERE bid_id = NEW.bid_id AND NOT gone) <> 10000"),
    Refusal("places_within_headcount", "awarded_places", "INSERT",
            "NEW.number > coalesce((SELECT headcount FROM orders WHERE id = NEW.order_id), 0)"),
    *(Refusal(f"scores_without_conflict_{on.lower()}", "scores", on,
              "EXISTS (SELECT 1 FROM employments e WHERE e.person_id = NEW.person_id AND e.ended_on IS NULL AND ("
              "e.enterprise_id = (SELECT enterprise_id FROM orders WHERE id = NEW.order_id) OR e.institution_id IN "
              "(SELECT institution_id FROM bid_members WHERE order_id = NEW.order_id AND NOT gone)))")
      for on in ("INSERT", "UPDATE")),
    *(Refusal(f"closed_{table}_{on.lower()}", table, on, CLOSED.format(row="NEW" if on == "INSERT" else "OLD"))
      for table in PARTS for on in ("INSERT", "UPDATE", "DELETE")),
)
EFFECTS = (
    Effect("count_places_given", "awarded_places", "INSERT",
           "UPDATE orders SET awarded_places = awarded_places + 1 WHERE id = NEW.order_id"),
    Effect("count_places_freed", "awarded_places", "DELETE",
           "UPDATE orders SET awarded_places = awarded_places - 1 WHERE id = OLD.order_id"),
)


def upgrade() -> None:
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("state_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("owner_acted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("brief", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("fee_fen", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("value_fen", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("guarantee_days", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("milestones", NAMES, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("scorecard", NAMES, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("scorecard_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("terms_version", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("awarded_places", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("bids_needed", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reissue_of", sa.Text(), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_orders_reissue_of"), ["reissue_of"])
        batch_op.create_foreign_key(batch_op.f("fk_orders_reissue_of"), "orders", ["reissue_of"], ["id"])
        batch_op.drop_constraint(batch_op.f("ck_orders_orders_have_a_deadline"), type_="check")
        for name, condition in NEW_CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_orders_{name}"), condition)

    op.create_table(
        "answered_requests",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("answer", NAMES, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_answered_requests")),
    )
    with op.batch_alter_table("answered_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answered_requests_at"), ["at"], unique=False)

    op.create_table(
        "order_moves",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "target", name=op.f("pk_order_moves")),
    )
    op.create_table(
        "durations",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("service_mode", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("unit IN ('days', 'working_days', 'hours', 'count')", name=op.f("ck_durations_unit")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_durations_amount")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name=op.f("ck_durations_in_order")),
        sa.ForeignKeyConstraint(["district"], ["districts.name"], name=op.f("fk_durations_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_durations")),
    )
    with op.batch_alter_table("durations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_durations_name"), ["name"], unique=False)

    op.create_table(
        "notice_switches",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notice_switches_person_id")),
        sa.PrimaryKeyConstraint("person_id", "event", name=op.f("pk_notice_switches")),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=False),
        sa.Column("reasons", NAMES, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notices_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_notices_person_id")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_at"), ["at"], unique=False)

    op.create_table(
        "saved_searches",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", NAMES, nullable=False),
        sa.Column("seen", NAMES, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_saved_searches_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    with op.batch_alter_table("saved_searches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_searches_person_id"), ["person_id"], unique=False)

    op.create_table(
        "answer_clocks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name=op.f("fk_answer_clocks_enterprise_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_answer_clocks_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_clocks")),
    )
    with op.batch_alter_table("answer_clocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_clocks_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_answer_clocks_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "key_turns",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('operator', 'regulator')", name=op.f("ck_key_turns_role")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_key_turns_order_id")),
        sa.PrimaryKeyConstraint("order_id", "role", name=op.f("pk_key_turns")),
        sa.UniqueConstraint("order_id", "person_id", name=op.f("uq_key_turns_order_id")),
    )
    op.create_table(
        "order_clocks",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_clocks_order_id")),
        sa.PrimaryKeyConstraint("order_id", "name", name=op.f("pk_order_clocks")),
    )
    with op.batch_alter_table("order_clocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_clocks_due_at"), ["due_at"], unique=False)

    op.create_table(
        "order_versions",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("material", sa.Boolean(), nullable=False),
        sa.Column("changes", NAMES, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_versions_order_id")),
        sa.PrimaryKeyConstraint("order_id", "version", name=op.f("pk_order_versions")),
    )
    op.create_table(
        "panel_seats",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('active', 'recused')", name=op.f("ck_panel_seats_state")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_panel_seats_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["experts.person_id"], name=op.f("fk_panel_seats_person_id")),
        sa.PrimaryKeyConstraint("order_id", "person_id", name=op.f("pk_panel_seats")),
        sa.UniqueConstraint("order_id", "person_id", "state", name=op.f("uq_panel_seats_order_id")),
    )
    op.create_table(
        "bids",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", NAMES, nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_bids_institution_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_bids_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_bids_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bids")),
        sa.UniqueConstraint("id", "order_id", name=op.f("uq_bids_id")),
    )
    with op.batch_alter_table("bids", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bids_order_id"), ["order_id"], unique=False)

    op.create_table(
        "brief_readings",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_brief_readings_institution_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_brief_readings_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_brief_readings_person_id")),
        sa.PrimaryKeyConstraint("order_id", "institution_id", name=op.f("pk_brief_readings")),
    )
    op.create_table(
        "candidates",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("person_hash", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "erased_at IS NULL OR (sealed IS NULL AND person_hash IS NULL)", name=op.f("ck_candidates_erased")
        ),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_candidates_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
    )
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidates_person_hash"), ["person_hash"], unique=False)

    op.create_table(
        "conduct_events",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("institution_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(enterprise_id IS NULL) <> (institution_id IS NULL)", name=op.f("ck_conduct_events_one_party")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name=op.f("fk_conduct_events_enterprise_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_conduct_events_institution_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_conduct_events_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_events")),
    )
    with op.batch_alter_table("conduct_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conduct_events_enterprise_id"), ["enterprise_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_conduct_events_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "objections",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome IS NULL OR outcome IN ('upheld', 'dismissed')", name=op.f("ck_objections_outcome")),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_objections_institution_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_objections_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objections")),
    )
    with op.batch_alter_table("objections", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objections_order_id"), ["order_id"], unique=False)

    op.create_table(
        "ownerships",
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("person_hash", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprises.id"], name=op.f("fk_ownerships_enterprise_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_ownerships_institution_id")),
        sa.PrimaryKeyConstraint("enterprise_id", "person_hash", name=op.f("pk_ownerships")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_questions_institution_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_questions_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questions_order_id"), ["order_id"], unique=False)

    op.create_table(
        "awards",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('proposed', 'active', 'cancelled', 'declined')", name=op.f("ck_awards_state")),
        sa.CheckConstraint("places > 0 AND price_fen > 0", name=op.f("ck_awards_positive")),
        sa.ForeignKeyConstraint(["bid_id", "order_id"], ["bids.id", "bids.order_id"], name="fk_awards_bid"),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_awards_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
        sa.UniqueConstraint("id", "order_id", name=op.f("uq_awards_id")),
    )
    with op.batch_alter_table("awards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_awards_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "uq_awards_stands",
            ["order_id", "bid_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('proposed', 'active')"),
            postgresql_where=sa.text("state IN ('proposed', 'active')"),
        )

    op.create_table(
        "bid_members",
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.CheckConstraint("share_bp BETWEEN 1 AND 10000", name=op.f("ck_bid_members_share")),
        sa.ForeignKeyConstraint(["bid_id", "order_id"], ["bids.id", "bids.order_id"], name="fk_bid_members_bid"),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_bid_members_institution_id")),
        sa.PrimaryKeyConstraint("bid_id", "institution_id", name=op.f("pk_bid_members")),
    )
    with op.batch_alter_table("bid_members", schema=None) as batch_op:
        batch_op.create_index(
            "uq_bid_members_one_bid",
            ["order_id", "institution_id"],
            unique=True,
            sqlite_where=sa.text("consented_at IS NOT NULL AND NOT gone"),
            postgresql_where=sa.text("consented_at IS NOT NULL AND NOT gone"),
        )

    op.create_table(
        "disputes",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ruling", sa.Text(), nullable=True),
        sa.Column("payable_bp", sa.Integer(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("payable_bp IS NULL OR payable_bp BETWEEN 0 AND 10000", name=op.f("ck_disputes_payable")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_disputes_order_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_disputes_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("order_id", name=op.f("uq_disputes_order_id")),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("in_case", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", NAMES, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_messages_order_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_messages_organisation_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_messages_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_messages_order_id"), ["order_id"], unique=False)

    op.create_table(
        "scores",
        sa.Column("bid_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("seat_state", sa.Text(), nullable=False),
        sa.Column("marks", NAMES, nullable=False),
        sa.Column("total_bp", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("seat_state = 'active'", name=op.f("ck_scores_seat_active")),
        sa.CheckConstraint("total_bp BETWEEN 0 AND 10000", name=op.f("ck_scores_total")),
        sa.ForeignKeyConstraint(["bid_id", "order_id"], ["bids.id", "bids.order_id"], name="fk_scores_bid"),
        sa.ForeignKeyConstraint(
            ["order_id", "person_id", "seat_state"],
            ["panel_seats.order_id", "panel_seats.person_id", "panel_seats.state"],
            name="fk_scores_seat",
        ),
        sa.PrimaryKeyConstraint("bid_id", "person_id", name=op.f("pk_scores")),
    )
    with op.batch_alter_table("scores", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scores_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shortlists",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shared", NAMES, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_shortlists_organisation_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_shortlists_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlists")),
    )
    with op.batch_alter_table("shortlists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shortlists_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name=op.f("fk_webhooks_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    with op.batch_alter_table("webhooks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhooks_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "awarded_places",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_awarded_places_number")),
        sa.ForeignKeyConstraint(["award_id", "order_id"], ["awards.id", "awards.order_id"], name="fk_awarded_places_award"),
        sa.PrimaryKeyConstraint("order_id", "number", name=op.f("pk_awarded_places")),
    )
    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("share_bp", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("evidence", NAMES, nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_silence", sa.Boolean(), nullable=False),
        sa.Column("rejection", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('scheduled', 'reported', 'accepted')", name=op.f("ck_milestones_state")),
        sa.CheckConstraint("share_bp BETWEEN 1 AND 10000", name=op.f("ck_milestones_share")),
        sa.ForeignKeyConstraint(["award_id", "order_id"], ["awards.id", "awards.order_id"], name="fk_milestones_award"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("award_id", "number", name=op.f("uq_milestones_award_id")),
    )
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestones_order_id"), ["order_id"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("proof", NAMES, nullable=False),
        sa.CheckConstraint("kind IN ('fee', 'guarantee')", name=op.f("ck_payments_kind")),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_payments_award_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "ratings",
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("facts", NAMES, nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("side IN ('buyer', 'firm')", name=op.f("ck_ratings_side")),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_ratings_stars")),
        sa.ForeignKeyConstraint(["award_id", "order_id"], ["awards.id", "awards.order_id"], name="fk_ratings_award"),
        sa.PrimaryKeyConstraint("award_id", "side", name=op.f("pk_ratings")),
    )
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ratings_order_id"), ["order_id"], unique=False)

    op.create_table(
        "shortlist_firms",
        sa.Column("shortlist_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seen", NAMES, nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_shortlist_firms_institution_id")),
        sa.ForeignKeyConstraint(["shortlist_id"], ["shortlists.id"], name=op.f("fk_shortlist_firms_shortlist_id")),
        sa.PrimaryKeyConstraint("shortlist_id", "institution_id", name=op.f("pk_shortlist_firms")),
    )
    op.create_table(
        "webhook_calls",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body", NAMES, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_calls_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_calls")),
        sa.UniqueConstraint("webhook_id", "key", name=op.f("uq_webhook_calls_webhook_id")),
    )
    with op.batch_alter_table("webhook_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_calls_next_at"), ["next_at"], unique=False)

    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fen", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'fee' AND institution_id IS NOT NULL) OR (kind = 'refund' AND institution_id IS NULL)",
            name=op.f("ck_ledger_kind"),
        ),
        sa.CheckConstraint("fen >= 0", name=op.f("ck_ledger_fen")),
        sa.ForeignKeyConstraint(["award_id", "order_id"], ["awards.id", "awards.order_id"], name="fk_ledger_award"),
        sa.ForeignKeyConstraint(["institution_id"], ["institutions.id"], name=op.f("fk_ledger_institution_id")),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=op.f("fk_ledger_milestone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("milestone_id", "kind", "institution_id", name=op.f("uq_ledger_milestone_id")),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_order_id"), ["order_id"], unique=False)

    op.create_table(
        "placements",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("stage_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_text", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("guarantee_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "consented_at IS NOT NULL OR stage IN ('proposed', 'withdrawn', 'declined')",
            name=op.f("ck_placements_consent_first"),
        ),
        sa.CheckConstraint(
            "stage IN ('proposed', 'consented', 'submitted', 'interviewing', 'offered', 'placed', 'guarantee', 'confirmed', 'withdrawn', 'declined', 'replaced')",
            name=op.f("ck_placements_stage"),
        ),
        sa.ForeignKeyConstraint(["award_id", "order_id"], ["awards.id", "awards.order_id"], name="fk_placements_award"),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_placements_candidate_id")),
        sa.ForeignKeyConstraint(
            ["order_id", "place"], ["awarded_places.order_id", "awarded_places.number"], name="fk_placements_place"
        ),
        sa.ForeignKeyConstraint(["replaces_id"], ["placements.id"], name=op.f("fk_placements_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
        sa.UniqueConstraint("order_id", "candidate_id", name=op.f("uq_placements_order_id")),
    )
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placements_candidate_id"), ["candidate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placements_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "uq_placements_fills",
            ["order_id", "place"],
            unique=True,
            sqlite_where=sa.text("stage IN ('placed', 'guarantee', 'confirmed')"),
            postgresql_where=sa.text("stage IN ('placed', 'guarantee', 'confirmed')"),
        )

    op.create_table(
        "rating_replies",
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["award_id", "side"], ["ratings.award_id", "ratings.side"], name="fk_rating_replies_rating"),
        sa.PrimaryKeyConstraint("award_id", "side", name=op.f("pk_rating_replies")),
    )
    op.bulk_insert(sa.table("order_moves", sa.column("source", sa.Text), sa.column("target", sa.Text)),
                   [{"source": source, "target": target} for source, target in MOVES])
    op.bulk_insert(sa.table("durations", sa.column("name", sa.Text), sa.column("amount", sa.Integer), sa.column("unit", sa.Text),
                            sa.column("valid_from", sa.Date)),
                   [{"name": name, "amount": amount, "unit": unit, "valid_from": date(2025, 1, 1)}
                    for name, amount, unit in DURATIONS])
    for rule in RULES:
        set_trigger(rule)
    for effect in EFFECTS:
        set_effect(effect)


def downgrade() -> None:
    for effect in EFFECTS:
        drop_effect(effect)
    for rule in RULES:
        drop_trigger(rule)
    op.execute("UPDATE orders SET deadline = '2000-01-01' WHERE deadline IS NULL AND state <> 'reference'")
    op.drop_table("rating_replies")
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_placements_fills",
            sqlite_where=sa.text("stage IN ('placed', 'guarantee', 'confirmed')"),
            postgresql_where=sa.text("stage IN ('placed', 'guarantee', 'confirmed')"),
        )
        batch_op.drop_index(batch_op.f("ix_placements_order_id"))
        batch_op.drop_index(batch_op.f("ix_placements_candidate_id"))

    op.drop_table("placements")
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_order_id"))

    op.drop_table("ledger")
    with op.batch_alter_table("webhook_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_calls_next_at"))

    op.drop_table("webhook_calls")
    op.drop_table("shortlist_firms")
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ratings_order_id"))

    op.drop_table("ratings")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_order_id"))

    op.drop_table("payments")
    with op.batch_alter_table("milestones", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestones_order_id"))

    op.drop_table("milestones")
    op.drop_table("awarded_places")
    with op.batch_alter_table("webhooks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhooks_organisation_id"))

    op.drop_table("webhooks")
    with op.batch_alter_table("shortlists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shortlists_organisation_id"))

    op.drop_table("shortlists")
    with op.batch_alter_table("scores", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_scores_order_id"))

    op.drop_table("scores")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_order_id"))

    op.drop_table("messages")
    op.drop_table("disputes")
    with op.batch_alter_table("bid_members", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_bid_members_one_bid",
            sqlite_where=sa.text("consented_at IS NOT NULL AND NOT gone"),
            postgresql_where=sa.text("consented_at IS NOT NULL AND NOT gone"),
        )

    op.drop_table("bid_members")
    with op.batch_alter_table("awards", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_awards_stands",
            sqlite_where=sa.text("state IN ('proposed', 'active')"),
            postgresql_where=sa.text("state IN ('proposed', 'active')"),
        )
        batch_op.drop_index(batch_op.f("ix_awards_order_id"))

    op.drop_table("awards")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questions_order_id"))

    op.drop_table("questions")
    op.drop_table("ownerships")
    with op.batch_alter_table("objections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_objections_order_id"))

    op.drop_table("objections")
    with op.batch_alter_table("conduct_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conduct_events_institution_id"))
        batch_op.drop_index(batch_op.f("ix_conduct_events_enterprise_id"))

    op.drop_table("conduct_events")
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidates_person_hash"))

    op.drop_table("candidates")
    op.drop_table("brief_readings")
    with op.batch_alter_table("bids", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bids_order_id"))

    op.drop_table("bids")
    op.drop_table("panel_seats")
    op.drop_table("order_versions")
    with op.batch_alter_table("order_clocks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_clocks_due_at"))

    op.drop_table("order_clocks")
    op.drop_table("key_turns")
    with op.batch_alter_table("answer_clocks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_clocks_enterprise_id"))
        batch_op.drop_index(batch_op.f("ix_answer_clocks_due_at"))

    op.drop_table("answer_clocks")
    with op.batch_alter_table("saved_searches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_searches_person_id"))

    op.drop_table("saved_searches")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notices_at"))

    op.drop_table("notices")
    op.drop_table("notice_switches")
    with op.batch_alter_table("durations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_durations_name"))

    op.drop_table("durations")
    op.drop_table("order_moves")
    with op.batch_alter_table("answered_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answered_requests_at"))

    op.drop_table("answered_requests")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        for name in NEW_CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_orders_{name}"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_orders_orders_have_a_deadline"),
                                         "state = 'reference' OR deadline IS NOT NULL")
        batch_op.drop_constraint(batch_op.f("fk_orders_reissue_of"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_orders_reissue_of"), type_="unique")
        batch_op.drop_column("reissue_of")
        batch_op.drop_column("bids_needed")
        batch_op.drop_column("awarded_places")
        batch_op.drop_column("terms_version")
        batch_op.drop_column("scorecard_at")
        batch_op.drop_column("scorecard")
        batch_op.drop_column("milestones")
        batch_op.drop_column("guarantee_days")
        batch_op.drop_column("value_fen")
        batch_op.drop_column("fee_fen")
        batch_op.drop_column("brief")
        batch_op.drop_column("confidential")
        batch_op.drop_column("owner_acted_at")
        batch_op.drop_column("state_since")
        batch_op.drop_column("closes_at")
