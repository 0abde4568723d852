"""What the matcher is worth on a folder of labelled data: beside plain methods, signal by signal, with intervals."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.encoders import Encoder, EncoderVectors, Progress
from matching.evaluation.metrics import interval, ndcg, precision, recall, reciprocal_rank, share_of
from matching.evaluation.runs import Folder, Scores, load_folder, plain_methods, ranked
from matching.features import SIGNALS
from matching.learning import FOLDS, cross_validated, order_mark
from matching.weights import Weights, load_weights

OURS = "matcher"
MEASURES = ("nDCG@10", "Recall@10", "MRR", "P@5", "violation@10")
LEAD = "nDCG@10"
STEPS = 2 + len(SIGNALS)  # reading the folder, judging it, and once more without each signal


@dataclass(frozen=True)
class Figure:
    """A mean over orders with its 95 % bootstrap interval; NaN where the folder cannot tell."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Line:
    """One method, with or without the hard filter: measure -> figure."""

    method: str
    filtered: bool
    figures: Mapping[str, Figure]


@dataclass(frozen=True)
class Difference:
    """nDCG@10 of the matcher less that of the best plain method with the same filter, paired by order."""

    peer: str
    figure: Figure


@dataclass(frozen=True)
class Left:
    """nDCG@10 with one signal left out, and its loss against all signals, paired by order."""

    signal: str
    without: float
    loss: Figure


@dataclass(frozen=True)
class BandRate:
    """Of the pairs in a band, how many are graded at all (fit) and how many with grade 2 or more (good)."""

    band: int
    pairs: int
    fit: int
    good: int


@dataclass(frozen=True)
class Watch:
    """Who is told how far a run is: of the vectors that it needs, and of its own steps."""

    vectors: Progress | None = None
    steps: Progress | None = None

    def step(self, done: int) -> None:
        """Tells that some of the STEPS are done."""
        if self.steps:
            self.steps(done, STEPS)


UNWATCHED = Watch()


@dataclass(frozen=True)
class Report:
    """One run. cross_validated: the weights know these orders, so each order is judged by weights that do not."""

    day: str
    version: str
    encoder: str
    data: str
    orders: int
    institutions: int
    graded_pairs: int
    cross_validated: bool
    lines: tuple[Line, ...]
    difference: Difference
    ablation: tuple[Left, ...]
    bands: tuple[BandRate, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as plain values; what the folder cannot tell (NaN) as None."""
        found: dict[str, Any] = _plain(asdict(self))
        return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and np.isnan(value) else value


def _measured(data: Folder, runs: Sequence[Sequence[str]]) -> dict[str, list[float]]:
    """Each measure for each order."""
    out: dict[str, list[float]] = {name: [] for name in MEASURES}
    for order, run in zip(data.orders, runs, strict=True):
        grades = data.grades[order.id]
        wrong = data.violating.get(order.id, frozenset()) if data.violating is not None else None
        row = (ndcg(run, grades), recall(run, grades), reciprocal_rank(run, grades), precision(run, grades),
               float("nan") if wrong is None else share_of(run, wrong))
        for name, value in zip(MEASURES, row, strict=True):
            out[name].append(value)
    return out


def _runs(data: Folder, scores: Scores, filtered: bool) -> list[list[str]]:
    may: Sequence[NDArray[np.bool_] | None] = data.labelled.may if filtered else [None] * len(data.orders)
    return [ranked(row, data.pool, allowed) for row, allowed in zip(scores, may, strict=True)]


def _figure(values: Sequence[float]) -> Figure:
    return Figure(*interval(values))


def _paired(ours: Sequence[float], theirs: Sequence[float]) -> Figure:
    return _figure([a - b for a, b in zip(ours, theirs, strict=True)])


def _own_scores(data: Folder, weights: Weights, known: bool, without: str = "") -> Scores:
    if known:
        return cross_validated(data.labelled, without)
    used = weights.scaled({without: 0.0}) if without else weights
    return tuple(used.score(x) for x in data.labelled.signals)


def _known(data: Folder, weights: Weights) -> bool:
    """True when the weights were learned on one of the folder's orders."""
    learned = set(weights.figures.get("learned_orders", ()))
    return len(data.orders) >= FOLDS and any(order_mark(order) in learned for order in data.orders)


def _bands(data: Folder, weights: Weights, scores: Scores) -> tuple[BandRate, ...]:
    flat = np.concatenate([row[may] for row, may in zip(scores, data.labelled.may, strict=True)])
    _, grades = data.labelled.stacked()
    bands = np.array([weights.band(float(score)) for score in flat])
    return tuple(BandRate(band, int((bands == band).sum()), int((grades[bands == band] >= 1).sum()),
                          int((grades[bands == band] >= 2).sum())) for band in (3, 2, 1))


@dataclass(frozen=True)
class _Judged:
    data: Folder
    weights: Weights
    known: bool


def _ablation(judged: _Judged, full: Sequence[float], watch: Watch) -> tuple[Left, ...]:
    out = []
    for place, signal in enumerate(SIGNALS, 1):
        scores = _own_scores(judged.data, judged.weights, judged.known, signal)
        found = _measured(judged.data, _runs(judged.data, scores, True))[LEAD]
        watch.step(STEPS - len(SIGNALS) + place)
        out.append(Left(signal, float(np.mean(found)), _paired(full, found)))
    return tuple(sorted(out, key=lambda left: -left.loss.mean))


def _version() -> str:
    try:
        return importlib.metadata.version("caitu")
    except importlib.metadata.PackageNotFoundError:
        return ""


def _tables(data: Folder, methods: Mapping[str, Scores]) -> dict[tuple[str, bool], dict[str, list[float]]]:
    return {(name, filtered): _measured(data, _runs(data, scores, filtered))
            for filtered in (False, True) for name, scores in methods.items()}


def evaluate_folder(folder: Path, data_dir: Path, encoder: Encoder, watch: Watch = UNWATCHED) -> Report:
    """Measures the matcher on institutions.jsonl, orders.jsonl and qrels.tsv of a folder; constraints_gold.jsonl, where it
    is there, tells which answers violate a constraint. UnreadableLine, ValueError and FileNotFoundError say what is wrong.
    """
    data = load_folder(folder, data_dir, EncoderVectors(encoder, watch.vectors))
    watch.step(1)
    weights = load_weights(data_dir)
    known = _known(data, weights)
    own = _own_scores(data, weights, known)
    tables = _tables(data, {**plain_methods(data), OURS: own})
    watch.step(2)
    peer = max((key for key in tables if key[1] and key[0] != OURS), key=lambda key: float(np.mean(tables[key][LEAD])))
    ours = tables[OURS, True][LEAD]
    return Report(
        date.today().isoformat(), _version(), encoder.name, data.mark, len(data.orders), len(data.firms),
        sum(len(data.grades[order.id]) for order in data.orders), known,
        tuple(Line(name, filtered, {m: _figure(values) for m, values in found.items()})
              for (name, filtered), found in tables.items()),
        Difference(peer[0], _paired(ours, tables[peer][LEAD])), _ablation(_Judged(data, weights, known), ours, watch),
        _bands(data, weights, own),
    )


def _cell(figure: Figure) -> str:
    return "       -           " if np.isnan(figure.mean) else f"{figure.mean:.3f} [{figure.low:.3f} {figure.high:.3f}]"


def report_lines(report: Report) -> list[str]:
    """The report as lines of text for a terminal."""
    judged = "each order judged by weights that never saw it" if report.cross_validated else "the stored weights"
    head = f"{'method':<36}" + "  ".join(f"{name:<19}" for name in MEASURES)
    out = [
        f"{report.orders} orders, {report.institutions} institutions, {report.graded_pairs} graded pairs; {judged}",
        f"{report.day}, version {report.version}, encoder {report.encoder}, data {report.data[:12]}", "", head,
    ]
    for line in report.lines:
        name = line.method + (" + filter" if line.filtered else "")
        out.append(f"{name:<36}" + "  ".join(f"{_cell(line.figures[m]):<19}" for m in MEASURES))
    best, gap = report.difference.peer, report.difference.figure
    out += ["", f"{LEAD} above {best} + filter: {gap.mean:+.3f} [{gap.low:+.3f} {gap.high:+.3f}]", "",
            f"{'without':<28}{LEAD}   loss"]
    out += [f"{left.signal:<28}{left.without:.3f}     {left.loss.mean:+.4f} [{left.loss.low:+.4f} {left.loss.high:+.4f}]"
            for left in report.ablation]
    out += ["", "band  pairs  fit  good"]
    return out + [f"{rate.band:<6}{rate.pairs:<7}{rate.fit:<5}{rate.good}" for rate in report.bands]
