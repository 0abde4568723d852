"""`caitu match` on files: what it writes, and how it refuses what it cannot read."""

import json
from pathlib import Path

import pytest

from matching.encoders import open_encoder
from matching.files import MatchFiles, UnreadableLine, match_files

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture
def encoder(tmp_path):
    return open_encoder("test", tmp_path)


def files(folder, institutions=None, orders=None):
    (folder / "i.jsonl").write_text(institutions or (DATA / "sample/institutions.jsonl").read_text("utf-8"), "utf-8")
    (folder / "o.jsonl").write_text(orders or (DATA / "sample/orders.jsonl").read_text("utf-8"), "utf-8")
    return MatchFiles(folder / "i.jsonl", folder / "o.jsonl", folder / "run.tsv")


def test_a_run_has_a_head_line_and_at_most_twenty_rows_an_order(tmp_path, encoder):
    plan = files(tmp_path)
    rows = match_files(plan, DATA, encoder)
    lines = plan.out.read_text().splitlines()
    assert lines[0] == "order_id\tinstitution_id\tscore"
    assert len(lines) == rows + 1
    per_order = {}
    for line in lines[1:]:
        order, _, score = line.split("\t")
        per_order[order] = per_order.get(order, 0) + 1
        assert 0 <= float(score) <= 1
    assert max(per_order.values()) <= 20
    assert len(per_order) == 40


def test_rows_with_missing_fields_are_read_as_empty(tmp_path, encoder):
    plan = files(tmp_path, '{"id": "A", "services": ["灵活用工"], "credit_grade": "B"}\n', '{"id": "B"}\n')
    assert match_files(plan, DATA, encoder) == 1


@pytest.mark.parametrize(("line", "told"), [
    ("{", "line 2"), ("[]", "an object with an id"), ('{"name": "x"}', "an object with an id"),
    ('{"id": "X", "services": 3}', "services"), ('{"id": "X", "capacity_per_quarter": "many"}', "capacity_per_quarter"),
    (json.dumps({"id": "A"}), "twice"),
])
def test_an_unreadable_line_is_named_and_nothing_is_written(tmp_path, encoder, line, told):
    plan = files(tmp_path, json.dumps({"id": "A"}) + "\n" + line + "\n")
    with pytest.raises(UnreadableLine, match=told):
        match_files(plan, DATA, encoder)
    assert not plan.out.exists()
