"""Where a row comes from: fictitious rows say so, and only an authority's own page counts as verified."""

import pytest
from sqlalchemy import select

from market.imports.builders import sourced
from market.imports.load import load
from market.models import Institution, Order, Park
from market.sources import REFERENCE, SAMPLE
from market.statistics.queries import rows_by_source


@pytest.fixture
def shipped(database, data_dir, plan):
    load(database, [data_dir / name for name in ("taxonomy", "reference", "sample")], plan)
    return database


def test_rows_of_sample_files_are_marked_and_all_others_are_not(shipped, sample_rows):
    fictitious = {row["id"] for rows in sample_rows.values() for row in rows}
    with shipped.read() as session:
        for table in (Institution, Order, Park):
            for row in session.scalars(select(table)):
                assert row.source_kind == (SAMPLE if row.id in fictitious else REFERENCE)
                assert row.source_kind == REFERENCE or (row.source_title == "示例数据（虚构）" and not row.verified)
        counts = rows_by_source(session)
        assert counts["institution"] == {REFERENCE: 90, SAMPLE: 100}
        assert counts["order"] == {REFERENCE: 69, SAMPLE: 40}


def test_a_real_row_names_its_source(shipped):
    with shipped.read() as session:
        bare = [row.id for table in (Institution, Order, Park) for row in session.scalars(select(table))
                if row.source_kind == REFERENCE and not (row.source_title or row.source_url)]
    assert bare == []


@pytest.mark.parametrize(("url", "title", "verified"), [
    ("https://www.sheitc.sh.gov.cn/a.html", "市经信委通知", True),
    ("https://www.sheitc.sh.gov.cn/a.html", "市经信委通知（转载）", False),
    ("https://news.example.com/a.html", "市经信委通知", False),
    ("https://gov.cn.example.com/a.html", "市经信委通知", False),
    ("", "市经信委通知", False),
])
def test_only_an_authoritys_own_page_is_verified(url, title, verified):
    assert sourced({"source_url": url, "source_title": title})["verified"] is verified
