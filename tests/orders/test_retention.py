"""What has been kept long enough goes, that and nothing else, and a second run finds nothing."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from market.access import SYSTEM
from market.accounts import tokens
from market.accounts.models import AccessToken
from market.audit import AuditEntry
from market.errors import NotAllowed
from market.notices.models import Notice
from market.orders.delivery_models import Candidate, Placement
from market.orders.models import AnsweredRequest, Duration
from market.requests import Request, once
from market.retention import KEPT, due, forget_due


def test_nothing_is_due_before_its_time_and_exactly_the_due_afterwards(scene, session):
    scene.to("closed")
    once(scene.act(scene.cast.owner), Request("me", "k", {}), lambda: {"a": 1})
    assert due(session, scene.now) == {}
    assert forget_due(scene.act(SYSTEM)) == {}
    scene.forward(days=8)
    assert forget_due(scene.act(SYSTEM)) == {"retain_requests": 1}
    assert session.query(AnsweredRequest).count() == 0
    notices = session.query(Notice).count()
    assert notices
    scene.forward(days=3 * 365)
    found = forget_due(scene.act(SYSTEM))
    assert found == {"retain_candidates": 1, "retain_notices": notices, "retain_ownerships": 1}
    assert forget_due(scene.act(SYSTEM)) == {}
    row = session.scalars(select(Candidate)).one()
    assert (row.sealed, row.person_hash) == (None, None)
    assert row.erased_at is not None
    assert session.query(Placement).count() == 1  # that somebody was placed stays, who it was does not


def test_the_candidate_finds_the_deletion_in_the_log_and_the_counts_are_kept(scene, session):
    scene.to("closed")
    scene.forward(days=3 * 365)
    forget_due(scene.act(SYSTEM))
    rows = session.scalars(select(AuditEntry).where(AuditEntry.event == "retention.forget").order_by(AuditEntry.id)).all()
    assert [row.kind for row in rows] == ["candidate", "site"]
    assert rows[0].subject == session.scalars(select(Candidate.id)).one()
    assert rows[1].detail["retain_candidates"] == 1


def test_a_candidate_whose_order_runs_is_kept(scene, session):
    scene.to("accepting")
    scene.forward(days=3 * 365)
    assert "retain_candidates" not in due(session, scene.now)


def test_a_later_row_of_the_table_decides(scene, session):
    once(scene.act(scene.cast.owner), Request("me", "k", {}), lambda: {"a": 1})
    session.add(Duration(name="retain_requests", amount=1, unit="days", valid_from=date(2026, 1, 1)))
    scene.forward(days=2)
    assert due(session, scene.now) == {"retain_requests": 1}


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept.duration)
def test_each_kind_has_its_duration(session, kept):
    assert session.scalar(select(Duration.amount).where(Duration.name == kept.duration)) is not None


def test_a_token_is_forgotten_a_year_after_its_end_and_only_the_clock_forgets(scene, session):
    tokens.create(scene.act(scene.cast.owner), "mine", 1)
    scene.now += timedelta(days=367)
    with pytest.raises(NotAllowed):
        forget_due(scene.act(scene.cast.owner))
    assert forget_due(scene.act(SYSTEM))["retain_tokens"] == 1
    assert session.query(AccessToken).count() == 0
