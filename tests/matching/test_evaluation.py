"""What the matcher is worth: the measures, the learning that no signal can turn against a firm, the report that repeats."""

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.encoders import open_encoder
from matching.evaluation.metrics import interval, ndcg, precision, recall, reciprocal_rank, share_of
from matching.evaluation.report import OURS, evaluate_folder, report_lines
from matching.features import SIGNALS
from matching.learning import Labelled, cross_validated, learn
from matching.weights import UNTRAINED, load_weights, untrained

DATA = Path(__file__).resolve().parents[2] / "data"
GRADES = {"a": 3, "b": 1}


def test_measures_are_those_of_the_books():
    assert ndcg(["a", "b"], GRADES) == 1
    assert ndcg(["b", "a"], GRADES) == pytest.approx((1 + 7 / math.log2(3)) / (7 + 1 / math.log2(3)))
    assert recall(["x", "a"], GRADES) == 0.5
    assert reciprocal_rank(["x", "b"], GRADES) == 0.5
    assert precision(["a", "x", "b"], GRADES) == 0.4
    assert share_of(["a", "x"], frozenset("x")) == 0.5
    assert math.isnan(share_of([], frozenset("x")))


def test_an_interval_holds_its_mean_and_leaves_out_what_is_unknown():
    mean, low, high = interval([0.0, 1.0, 1.0, float("nan")])
    assert mean == pytest.approx(2 / 3)
    assert low <= mean <= high


def labelled(turned):
    """Forty orders whose grades rest on the role alone; `turned`: a signal that speaks against good firms."""
    rng = np.random.default_rng(1)
    x = tuple(rng.random((30, len(SIGNALS)), np.float32) for _ in range(40))
    role, other = SIGNALS.index("role"), SIGNALS.index(turned)
    for table in x:
        table[:, other] = 1 - table[:, role]
    return Labelled(x, tuple((t[:, role] > 0.6).astype(int) + (t[:, role] > 0.9) for t in x),
                    tuple(np.ones(30, bool) for _ in x))


def test_learning_finds_what_counts_and_turns_no_signal_against_a_firm():
    weights = learn(labelled("credit"), strength=0.1)
    assert (weights.coefficients >= 0).all()
    assert weights.coefficients[:, SIGNALS.index("role")].min() > UNTRAINED["role"]
    assert weights.coefficients[:, SIGNALS.index("credit")].max() < UNTRAINED["credit"]


def test_a_signal_that_is_left_out_counts_nothing():
    assert learn(labelled("credit"), without="role").coefficients[:, SIGNALS.index("role")].max() == 0


def test_held_out_scores_never_saw_their_order():
    data = labelled("credit")
    lied = Labelled(data.signals, (1 - np.minimum(data.grades[0], 1), *data.grades[1:]), data.may)
    assert np.allclose(cross_validated(data)[0], cross_validated(lied)[0], atol=1e-4)


def test_without_a_file_the_untrained_weights_stand_in(tmp_path):
    assert load_weights(tmp_path).signals == untrained().signals == SIGNALS
    assert load_weights(tmp_path).figures == {}


def test_the_stored_weights_tell_their_data_and_figures():
    figures = load_weights(DATA).figures
    assert figures["ndcg10_cross_validated"] >= 0.93
    assert figures["recall10_cross_validated"] >= 0.85
    assert len(figures["learned_orders"]) == figures["data"]["orders"] == 40
    assert figures["bands"]["3"]["good"] >= 0.8 * figures["bands"]["3"]["pairs"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The sample's firms and twelve of its orders, graded by equal role and industry, texts changed so that they are new."""
    out = tmp_path_factory.mktemp("labelled")
    shutil.copy(DATA / "sample/institutions.jsonl", out)
    firms = [json.loads(line) for line in (out / "institutions.jsonl").read_text("utf-8").splitlines()]
    orders = [json.loads(line) for line in (DATA / "sample/orders.jsonl").read_text("utf-8").splitlines()][:12]
    rows = []
    for order in orders:
        order["title"] += "（新）"
        for firm in firms:
            grade = 2 * (order["role_family"] in firm["role_families"]) + (order["industry"] in firm["industries"])
            rows += [f"{order['id']}\t{firm['id']}\t{grade}"] if grade else []
    (out / "orders.jsonl").write_text("\n".join(json.dumps(o, ensure_ascii=False) for o in orders), "utf-8")
    (out / "qrels.tsv").write_text("\n".join(rows), "utf-8")
    gold = [{"order_id": o["id"], "credit_min": "B", "must_cover": [o["district"]]} for o in orders]
    (out / "constraints_gold.jsonl").write_text("\n".join(json.dumps(g, ensure_ascii=False) for g in gold), "utf-8")
    return out


def test_a_report_repeats_and_holds_every_method_with_and_without_the_filter(folder, tmp_path):
    encoder = open_encoder("test", tmp_path)
    first, again = (evaluate_folder(folder, DATA, encoder) for _ in range(2))
    assert first == again
    assert len(first.lines) == 12
    assert {(line.method, line.filtered) for line in first.lines} >= {(OURS, True), (OURS, False), ("BM25", True)}
    assert not first.cross_validated
    assert (first.orders, first.institutions) == (12, 100)
    for line in first.lines:
        assert all(figure.low <= figure.mean <= figure.high for figure in line.figures.values())
    assert {left.signal for left in first.ablation} == set(SIGNALS)
    assert json.loads(json.dumps(first.as_json()))["data"] == first.data
    text = "\n".join(report_lines(first))
    assert "TF-IDF of character pairs + filter" in text
    assert "the stored weights" in text


def test_orders_that_the_weights_were_learned_on_are_judged_by_weights_that_never_saw_them(folder, tmp_path):
    known = tmp_path / "known"
    shutil.copytree(folder, known)
    shutil.copy(DATA / "sample/orders.jsonl", known / "orders.jsonl")
    (known / "constraints_gold.jsonl").unlink()
    report = evaluate_folder(known, DATA, open_encoder("test", tmp_path))
    assert report.cross_validated
    assert math.isnan(report.lines[0].figures["violation@10"].mean)
    assert "never saw it" in report_lines(report)[0]


def test_a_folder_without_graded_orders_is_refused(folder, tmp_path):
    empty = tmp_path / "empty"
    shutil.copytree(folder, empty)
    (empty / "qrels.tsv").write_text("order\tfirm\tgrade\n", "utf-8")
    with pytest.raises(ValueError, match="no order"):
        evaluate_folder(empty, DATA, open_encoder("test", tmp_path))


def test_weights_scale_by_signal_and_never_below_nothing():
    weights = untrained().scaled({"role": 2.0, "words": -3.0})
    assert weights.coefficients[0, SIGNALS.index("role")] == pytest.approx(2 * UNTRAINED["role"])
    assert weights.coefficients[0, SIGNALS.index("words")] == 0
    assert replace(weights, strong=0.5).band(0.5) == 3
