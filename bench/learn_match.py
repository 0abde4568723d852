"""Learns the matcher's weights from labelled pairs and writes data/matching/weights.json.

    python bench/learn_match.py EVALUATION_DIR [--write]

See matching/learning.py. Figures are cross-validated by order. Bands: the least cross-validated score from which four of
five firms have grade 2 or more (strong), or four of five grade 1 or more (possible); the hit rates stored are those of
scores that never saw their order.
"""

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from matching.encoders import EncoderVectors, open_encoder
from matching.evaluation.metrics import ndcg, recall
from matching.evaluation.runs import load_folder, ranked
from matching.learning import FOLDS, STRENGTH, cross_validated, learn, order_mark
from webapp.settings import settings_from


def first_score(scores, grades, grade, share):
    """The least score (in steps of 0.01) from which at least `share` have the grade."""
    for at in np.arange(0.05, 0.96, 0.01):
        chosen = grades[scores >= at]
        if len(chosen) and (chosen >= grade).mean() >= share:
            return round(float(at), 2)
    return 0.95


def learned(data, encoder_name):
    """What weights.json holds."""
    weights, held_out = learn(data.labelled), cross_validated(data.labelled)
    runs = [ranked(scores, data.pool, may) for scores, may in zip(held_out, data.labelled.may, strict=True)]
    scores = np.concatenate([s[m] for s, m in zip(held_out, data.labelled.may, strict=True)])
    _, grades = data.labelled.stacked()
    strong, possible = first_score(scores, grades, 2, 0.8), first_score(scores, grades, 1, 0.8)
    weights = replace(weights, strong=strong, possible=possible)
    bands = np.array([weights.band(score) for score in scores])
    graded = [data.grades.get(order.id, {}) for order in data.orders]
    return {
        "signals": list(weights.signals),
        "coefficients": np.round(weights.coefficients, 4).astype(float).round(4).tolist(),
        "intercepts": np.round(weights.intercepts, 4).astype(float).round(4).tolist(),
        "strong": strong, "possible": possible,
        "figures": {
            "data": {"orders": len(data.orders), "institutions": len(data.firms),
                     "graded_pairs": sum(map(len, data.grades.values())), "sha256": data.mark},
            "learned_on": date.today().isoformat(), "encoder": encoder_name, "folds": FOLDS, "strength": STRENGTH,
            "ndcg10_cross_validated": round(float(np.mean([ndcg(r, g) for r, g in zip(runs, graded, strict=True)])), 4),
            "recall10_cross_validated": round(float(np.mean([recall(r, g) for r, g in zip(runs, graded, strict=True)])), 4),
            "bands": {str(b): {"pairs": int((bands == b).sum()), "fit": int((grades[bands == b] >= 1).sum()),
                               "good": int((grades[bands == b] >= 2).sum())} for b in (3, 2, 1)},
            "learned_orders": sorted(order_mark(order) for order in data.orders),
        },
    }


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("folder", type=Path)
    args.add_argument("--write", action="store_true")
    args = args.parse_args()
    settings = settings_from()
    encoder = open_encoder(settings.encoder, settings.cache_dir)
    out = learned(load_folder(args.folder, settings.data_dir, EncoderVectors(encoder)), encoder.name)
    print(json.dumps(out, indent=1))
    if args.write:
        path = settings.data_dir / "matching" / "weights.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
