"""Learns the matcher's weights from labelled pairs and writes data/matching/weights.json.

    python bench/learn_match.py EVALUATION_DIR [--write]

Two logistic models (grade at least 1, at least 2) on the signals of firms that meet every must-have; figures are
cross-validated by order (8 folds), so no order is judged by weights that saw it. Bands: the least cross-validated score
from which four of five firms have grade 2 or more (strong), or from which half do not miss grade 2 and four of five have
grade 1 or more (possible).
"""

import argparse
import json
from datetime import date
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from matching.constraints import failures
from matching.encoders import EncoderVectors, open_encoder
from matching.evaluation.metrics import ndcg, read_grades
from matching.features import SIGNALS, signals
from matching.files import demand_of, profile_of, read_all
from matching.pool import demand_text, make_pool
from matching.requirements import requirements
from matching.vocabulary import load_vocabulary
from webapp.settings import settings_from

FOLDS, STRENGTH, SEED = 8, 1.0, 0


def learn(x, y):
    """One model per grade."""
    return [LogisticRegression(C=STRENGTH, max_iter=3000).fit(x, y >= grade) for grade in (1, 2)]


def score(models, x):
    """The mean of the models' probabilities."""
    return np.mean([model.predict_proba(x)[:, 1] for model in models], axis=0)


def first_score(scores, grades, grade, share):
    """The least score (in steps of 0.01) from which at least `share` have the grade."""
    for at in np.arange(0.05, 0.96, 0.01):
        chosen = grades[scores >= at]
        if len(chosen) and (chosen >= grade).mean() >= share:
            return round(float(at), 2)
    return 0.95


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("folder", type=Path)
    args.add_argument("--write", action="store_true")
    args = args.parse_args()
    settings = settings_from()
    vocabulary = load_vocabulary(settings.data_dir)
    firms = read_all(args.folder / "institutions.jsonl", profile_of)
    orders = read_all(args.folder / "orders.jsonl", demand_of)
    graded = read_grades(args.folder / "qrels.tsv")
    encoder = open_encoder(settings.encoder, settings.cache_dir)
    pool = make_pool(firms, EncoderVectors(encoder))
    vectors = encoder.encode_queries([demand_text(order) for order in orders])
    x = [signals(order, vector, pool, vocabulary) for order, vector in zip(orders, vectors, strict=True)]
    y = [np.array([graded.get(order.id, {}).get(firm.id, 0) for firm in firms]) for order in orders]
    may = [np.array([not failures(f, o, requirements(o, vocabulary), vocabulary) for f in firms]) for o in orders]

    held_out = [np.zeros(0)] * len(orders)
    places = np.random.default_rng(SEED).permutation(len(orders))
    for fold in range(FOLDS):
        test = places[fold::FOLDS]
        train = [k for k in range(len(orders)) if k not in test]
        models = learn(np.vstack([x[k][may[k]] for k in train]), np.concatenate([y[k][may[k]] for k in train]))
        for k in test:
            held_out[k] = np.where(may[k], score(models, x[k]), -1)
    quality = [ndcg([firms[j].id for j in np.argsort(-held_out[k], kind="stable") if may[k][j]],
                    graded.get(orders[k].id, {})) for k in range(len(orders))]
    scores = np.concatenate([held_out[k][may[k]] for k in range(len(orders))])
    grades = np.concatenate([y[k][may[k]] for k in range(len(orders))])
    strong, possible = first_score(scores, grades, 2, 0.8), first_score(scores, grades, 1, 0.8)
    models = learn(np.vstack([a[m] for a, m in zip(x, may, strict=True)]), grades)
    bands = {3: scores >= strong, 2: (scores >= possible) & (scores < strong), 1: scores < possible}
    out = {
        "signals": list(SIGNALS),
        "coefficients": [[round(float(c), 4) for c in model.coef_[0]] for model in models],
        "intercepts": [round(float(model.intercept_[0]), 4) for model in models],
        "strong": strong, "possible": possible,
        "figures": {
            "data": {"orders": len(orders), "institutions": len(firms),
                     "graded_pairs": sum(map(len, graded.values()))}, "learned_on": date.today().isoformat(),
            "encoder": encoder.name, "folds": FOLDS, "ndcg10_cross_validated": round(float(np.mean(quality)), 4),
            "bands": {str(b): {"pairs": int(m.sum()), "fit": int((grades[m] >= 1).sum()),
                               "good": int((grades[m] >= 2).sum())} for b, m in bands.items()},
        },
    }
    print(json.dumps(out, indent=1))
    if args.write:
        path = settings.data_dir / "matching" / "weights.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(out, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
