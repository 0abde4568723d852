"""Times the matcher beside its floor, and measures its quality beside plain methods.

    python bench/match.py --size 4000 [--orders 20]      one order end to end, the floor, recall of the pruned top 20
    python bench/match.py --everything                   300 orders x 4,000 firms beside a plain matrix product + sort
    python bench/match.py --encoding                     texts a second through our encoder beside the bare model
    python bench/match.py --evaluation DIR               nDCG@10, recall, violations beside plain methods

The pools are made from the sample's firms: fields drawn anew from what the sample's firms hold, texts mixed from their
clauses and lines, and vectors that are the sample's own, turned by random amounts; they are as large and as crowded as
real ones, but nobody's. The floor of one order is encoding it and one exact scan of all vectors of the pool.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from matching.encoders import EncoderVectors, open_encoder
from matching.files import demand_of, profile_of, read_all
from matching.pool import demand_text, profile_text, texts_of
from matching.ranking import Matcher
from matching.text import clauses
from matching.vocabulary import load_vocabulary
from matching.weights import load_weights
from webapp.settings import settings_from

TURN = 0.35  # length of the random turn against a unit vector: neighbours of one firm are then about as near as specialists
LINES = {4000: 3, 100_000: 3, 1_000_000: 1}  # track-record lines a firm; one at a million, so that it fits a small machine
SEED = 5


class Turned:
    """A VectorSource whose passages are the sample's vectors, turned at random; queries are the encoder's."""

    def __init__(self, encoder, known):
        self.encoder, self.rng = encoder, np.random.default_rng(SEED)
        self.known = known  # vectors of sample texts, drawn from in turn

    def passages(self, texts):
        out = self.known[np.arange(len(texts)) % len(self.known)]
        noise = self.rng.standard_normal(out.shape, dtype=np.float32)
        noise *= TURN / np.sqrt(out.shape[1])
        out = out + noise
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        return out

    def queries(self, texts):
        return self.encoder.encode_queries(texts)


def made_firms(firms, size, lines):
    """Firms drawn from the sample: the fields of one, some fields of another, clauses of both."""
    rng = np.random.default_rng(SEED)
    every = sorted({line for firm in firms for line in firm.track_record})
    said = [clauses(firm.profile) for firm in firms]
    first, second = rng.integers(0, len(firms), (2, size))
    drawn, places = rng.integers(0, len(every), (size, lines)), rng.integers(0, 3, size)
    out = []
    for n in range(size):
        a, b = firms[first[n]], firms[second[n]]
        text = "，".join((*said[first[n]][: 2 + places[n]], *said[second[n]][:1]))
        out.append(replace(a, id=f"{n:07d}", regions=b.regions, capacity_per_quarter=b.capacity_per_quarter,
                           credit_grade=b.credit_grade, profile=text,
                           track_record=tuple(every[k] for k in drawn[n])))
    return out


def timed(work, repeats):
    """Milliseconds of each run by the clock and of the processor, shape (runs, 2): the second holds on a busy machine too."""
    out = []
    for item in repeats:
        start, busy = time.perf_counter(), time.process_time()
        work(item)
        out.append(((time.perf_counter() - start) * 1000, (time.process_time() - busy) * 1000))
    return np.array(out)


def told(name, times, floor=None):
    """One line: medians by the clock and of the processor, and their ratio to the floor."""
    clock, busy = np.median(times, axis=0)
    ratio = f"   {clock / floor[0]:.2f} x / {busy / floor[1]:.2f} x the floor" if floor is not None else ""
    print(f"{name:<28} p50 {clock:8.1f} ms   processor {busy:8.1f} ms   p95 {np.percentile(times[:, 0], 95):8.1f} ms{ratio}")
    return clock, busy


def opened():
    settings = settings_from()
    sample = settings.data_dir / "sample"
    return (settings, open_encoder(settings.encoder, settings.cache_dir), read_all(sample / "institutions.jsonl", profile_of),
            read_all(sample / "orders.jsonl", demand_of))


def prepared(size):
    settings, encoder, firms, orders = opened()
    vocabulary = load_vocabulary(settings.data_dir)
    known = EncoderVectors(encoder).passages(texts_of(firms))
    matcher = Matcher(vocabulary, load_weights(settings.data_dir), Turned(encoder, known))
    start = time.perf_counter()
    pool = matcher.pool(made_firms(firms, size, LINES.get(size, 3)))
    _ = pool.order_of_ids, pool.capacity, pool.free, pool.grades, pool.reliability, pool.industries, pool.holding("", "")
    print(f"pool of {size:,} firms, {len(pool.cases):,} lines: made in {time.perf_counter() - start:.1f} s")
    return matcher, pool, orders, encoder


def one_order(size, count):
    """One order end to end, beside encoding and one scan of all vectors."""
    matcher, pool, orders, encoder = prepared(size)
    orders = orders[:count]
    every = np.concatenate([pool.meaning, pool.cases]) if size < 1_000_000 else None

    def scan(vector):
        if every is not None:
            return every @ vector
        return pool.meaning @ vector, pool.cases @ vector

    vectors = encoder.encode_queries([demand_text(order) for order in orders])
    for order in orders[:2]:
        matcher.rank(order, pool)
    encode = timed(lambda order: encoder.encode_queries([demand_text(order)]), orders)
    scans = timed(scan, vectors)
    whole = timed(lambda order: matcher.rank(order, pool), orders)
    stored = {demand_text(order): vector for order, vector in zip(orders, vectors, strict=True)}
    matcher.vectors.queries = lambda texts: np.stack([stored[text] for text in texts])
    ready = timed(lambda order: matcher.rank(order, pool), orders)
    scored = timed(lambda order: matcher.sitting(order, pool).scoring.exact(np.arange(size)), orders[:5])
    told("encode one order", encode)
    clock, _ = told("one exact scan", scans)
    print(f"{'':<28} {(pool.meaning.nbytes + pool.cases.nbytes) / clock / 1e6:.1f} GB/s")
    floor = np.median(encode, axis=0) + np.median(scans, axis=0)
    print(f"{'floor: both':<28} p50 {floor[0]:8.1f} ms   processor {floor[1]:8.1f} ms")
    told("rank with reasons", whole, floor)
    told("rank, order encoded before", ready)
    told("scoring everybody", scored)
    recalls, read = [], []
    for order in orders[:10]:
        sitting = matcher.sitting(order, pool)
        rows = np.flatnonzero(sitting.may)
        best = sitting.scoring.best(rows, 20)
        read.append(float((~np.isnan(sitting.scoring.scores)).mean()))
        scores = sitting.scoring.exact(rows)
        full = rows[np.lexsort((pool.order_of_ids[rows], -scores))][:20]
        recalls.append(len(set(best) & set(full)) / max(len(full), 1))
    print(f"top 20 against scoring everybody: recall {np.mean(recalls):.4f}; texts read for {np.mean(read):.2%} of the firms")


def everything():
    """300 orders before 4,000 firms: scores and top 20 of all, beside a matrix product and a sort."""
    matcher, pool, orders, _ = prepared(4000)
    many = [replace(orders[n % len(orders)], id=f"O{n}", headcount=1 + n) for n in range(300)]
    vectors = np.stack([matcher.demand_vector(order) for order in orders])
    stored = {demand_text(order): vector for order, vector in zip(orders, vectors, strict=True)}
    matcher.vectors.queries = lambda texts: np.stack([stored[text] for text in texts])  # as the site: computed once
    asked = np.stack([stored[demand_text(order)] for order in many])

    def plain(_):
        return np.argsort(-(asked @ pool.meaning.T), axis=1)[:, :20]

    def ours(_):
        for order in many:
            sitting = matcher.sitting(order, pool)
            sitting.scoring.best(np.flatnonzero(sitting.may), 20)

    print("300 orders x 4,000 firms")
    floor = told("matrix product + sort", timed(plain, range(3)))
    told("musts, signals, top 20", timed(ours, range(3)), floor)


def encoding():
    """Texts a second: our encoder, and the model's forward pass alone on batches that are already cut into pieces."""
    import torch

    _, encoder, firms, _ = opened()
    texts = [profile_text(firm) for firm in firms] * 2
    encoder.encode_passages(texts[:32])
    ours = timed(lambda _: encoder.encode_passages(texts), range(3))[:, 0].min()
    model = encoder._model
    order = np.argsort([-len(text) for text in texts], kind="stable")
    batches = [model.preprocess([f"passage: {texts[k]}" for k in order[i : i + 32]]) for i in range(0, len(texts), 32)]

    def bare(_):
        with torch.inference_mode():
            for batch in batches:
                model(dict(batch))

    floor = timed(bare, range(3))[:, 0].min()
    print(f"our encoder  {len(texts) / ours * 1000:7.0f} texts/s")
    print(f"bare model   {len(texts) / floor * 1000:7.0f} texts/s")


def evaluation(folder, as_json):
    """The table of `caitu evaluate`."""
    from matching.evaluation.report import evaluate_folder, report_lines

    settings = settings_from()
    report = evaluate_folder(folder, settings.data_dir, open_encoder(settings.encoder, settings.cache_dir))
    print(json.dumps(report.as_json(), indent=1) if as_json else "\n".join(report_lines(report)))


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--size", type=int)
    args.add_argument("--orders", type=int, default=20)
    args.add_argument("--everything", action="store_true")
    args.add_argument("--encoding", action="store_true")
    args.add_argument("--evaluation", type=Path)
    args.add_argument("--json", action="store_true")
    args = args.parse_args()
    if args.size:
        one_order(args.size, args.orders)
    if args.everything:
        everything()
    if args.encoding:
        encoding()
    if args.evaluation:
        evaluation(args.evaluation, args.json)


if __name__ == "__main__":
    main()
