"""The labelled questions are asked of the site's own index, by anyone, and the page tells what was missed."""

import io
import json
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from webapp import searchchecks


@pytest.fixture
def asked(signed_in):
    """A visitor who has pressed the button, and the report that it left."""
    visitor = signed_in.app.test_client()
    assert visitor.get("/search/checks/export.xlsx").status_code == 409
    assert visitor.post("/search/checks").status_code == 303
    return visitor, searchchecks.newest(signed_in.site.settings.var_dir), signed_in.site


def test_before_anybody_asked_the_page_lists_the_questions(signed_in):
    text = signed_in.app.test_client().get("/search/checks").get_data(as_text=True)
    assert text.count('<td data-h="问题"><a href="/search?q=') == 80
    assert "等人来跑" in text


def test_every_question_stands_with_what_it_found(asked):
    visitor, report, _ = asked
    text = visitor.get("/search/checks").get_data(as_text=True)
    assert len(report.checks) == 80
    assert f"80 个问题，{sum(check.passed for check in report.checks)} 个" in text
    assert text.count("不在前三</span>") == sum(not check.passed for check in report.checks)
    assert 0.5 < report.by_type["all"][1] <= 1
    rows = load_workbook(io.BytesIO(visitor.get("/search/checks/export.xlsx").data), read_only=True)["数据"]
    assert sum(1 for _ in rows.rows) == 81


def test_a_lost_answer_is_told(asked):
    _, report, site = asked
    question = next(check.question for check in report.checks if check.passed and check.question.grades)
    again = searchchecks.checked(site, replace(question, grades={"JGD999": 3}))
    assert (again.best, again.found, again.ndcg, again.passed) == (None, 0, 0.0, False)


def test_the_same_index_is_not_asked_twice(asked, monkeypatch):
    _, report, site = asked
    monkeypatch.setattr(searchchecks, "checked", lambda *_: pytest.fail("asked again"))
    assert searchchecks.run(site).at == report.at
    path = site.settings.var_dir / searchchecks.KEPT
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(kept | {"generation": "another", "at": "2020-01-01T00:00:00+00:00"}), encoding="utf-8")
    monkeypatch.setattr(searchchecks, "checked", lambda site, question: report.checks[0])
    assert searchchecks.run(site).at > report.at
