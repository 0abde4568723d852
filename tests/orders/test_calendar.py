"""Working days follow the yearly notice where there is one: holidays do not count, made-up weekend days do."""

from datetime import UTC, date, datetime

import pytest

from market.calendar import CalendarDay, exceptions
from market.clock import after_working_days, day_of
from market.imports.load import LoadPlan, load
from market.orders.durations import due


@pytest.fixture
def calendar(database, scene):
    scene.session.commit()
    plan = LoadPlan(scene.data_dir, lambda *_: (0.0, 0.0), date(2026, 1, 1))
    report = load(database, [scene.data_dir / "taxonomy" / "holidays.csv"], plan)[0]
    assert (report.added, report.refused) == (39, [])
    scene.session.expire_all()


@pytest.mark.parametrize(("start", "count", "end"), [
    ((2026, 2, 13), 1, (2026, 2, 14)),  # a Saturday that works
    ((2026, 2, 13), 2, (2026, 2, 24)),  # then nine days of Spring Festival
    ((2026, 2, 27), 1, (2026, 2, 28)),
    ((2026, 9, 30), 1, (2026, 10, 8)), ((2026, 9, 30), 3, (2026, 10, 10)),
    ((2026, 3, 2), 3, (2026, 3, 5)),
])
def test_a_number_of_working_days_later(scene, session, calendar, start, count, end):
    noon = datetime(*start, 4, 0, tzinfo=UTC)
    assert day_of(after_working_days(noon, count, exceptions(session, day_of(noon)))) == date(*end)


def test_a_clock_in_working_days_skips_the_holidays(scene, session, calendar):
    scene.to("draft")
    before = datetime(2026, 2, 13, 4, 0, tzinfo=UTC)
    assert day_of(due(session, "review", scene.order, before)) == date(2026, 2, 25)
    session.query(CalendarDay).delete()
    assert day_of(due(session, "review", scene.order, before)) == date(2026, 2, 18)
