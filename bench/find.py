"""Measures what the search finds: nDCG@10 by type of question, beside a cosine of character pairs, and both engines.

python bench/find.py [--elastic elasticsearch+http://127.0.0.1:9200] [--queries data/sample/search_queries.jsonl]
The questions and their graded answers are labels of the sample by one person (data/sample). Goals stand beside figures;
a question that has no answer must find nothing. With a cluster: how much of the first ten both engines share.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from index import open_index
from index.files import _rows
from index.plain import institution_document, order_document, park_document
from index.queries import Query
from index.vocabulary import load_search_vocabulary
from matching.encoders import open_encoder
from matching.evaluation.metrics import ndcg
from webapp.searchchecks import FIRST, GOALS
from webapp.settings import settings_from

HOME = Path(__file__).resolve().parent.parent
SAMPLE = HOME / "data" / "sample"


def documents():
    """The sample as the index holds it."""
    return [*map(institution_document, _rows(SAMPLE / "institutions.jsonl", "name")),
            *map(order_document, _rows(SAMPLE / "orders.jsonl", "title")),
            *map(park_document, _rows(SAMPLE / "parks.jsonl", "name"))]


def found_in(url, held, questions, vectors, encoder):
    """question -> ids of the first ten in one engine."""
    index = open_index(url, load_search_vocabulary(HOME / "data"))
    index.rebuild(held)
    meant = [d for d in held if d.vector_text]
    passages = encoder.encode_passages([d.vector_text for d in meant])
    index.set_vectors(dict(zip((d.id for d in meant), passages, strict=True)), encoder.name)
    return {text: [hit.id for hit in index.search(Query(text, limit=FIRST, vector=vector, encoder=encoder.name)).hits]
            for text, vector in zip(questions, vectors, strict=True)}


def by_pairs(held, questions):
    """question -> ids of the first ten by TF-IDF cosine of character pairs: what a plain search does."""
    maker = TfidfVectorizer(analyzer="char", ngram_range=(2, 2))
    known = maker.fit_transform([" ".join(line for lines in d.texts.values() for line in lines) for d in held])
    scores = maker.transform(questions) @ known.T
    return {text: [held[row].id for row in np.argsort(-found, kind="stable")[:FIRST] if found[row] > 0]
            for text, found in zip(questions, scores.toarray(), strict=True)}


def table(rows, answers):
    """type -> (questions, nDCG@10 of each method)."""
    found = defaultdict(list)
    for row in rows:
        if row["expected"]:
            grades = {one["id"]: one["grade"] for one in row["expected"]}
            scores = [ndcg(method[row["query"]], grades) for method in answers.values()]
            found[row["type"]].append(scores)
            found["all"].append(scores)
    return found


def main():
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--elastic", default="", help="address of a cluster, without a name")
    parser.add_argument("--queries", type=Path, default=SAMPLE / "search_queries.jsonl")
    args = parser.parse_args()
    settings = settings_from()
    encoder = open_encoder(settings.encoder, settings.cache_dir)
    rows, held = [json.loads(line) for line in args.queries.read_text(encoding="utf-8").splitlines() if line], documents()
    questions = [row["query"] for row in rows]
    vectors = encoder.encode_queries(questions)
    with tempfile.TemporaryDirectory() as folder:
        answers = {"embedded": found_in(f"embedded:{folder}", held, questions, vectors, encoder)}
    if args.elastic:
        from index.elastic import remove_index

        address = f"{args.elastic.rstrip('/')}/bench-find"
        answers["elasticsearch"] = found_in(address, held, questions, vectors, encoder)
        remove_index(address)
    answers["character pairs"] = by_pairs(held, questions)
    print(f"nDCG@{FIRST} of {len(rows)} questions over {len(held)} documents, encoder {encoder.name}")
    print(f"{'type':<18}{'n':>4}" + "".join(f"{name:>18}" for name in answers) + f"{'goal':>8}")
    found = table(rows, answers)
    for kind in sorted(found, key=lambda kind: (kind == "all", kind)):
        means = np.mean(found[kind], axis=0)
        goal = GOALS.get(kind)
        said = "" if goal is None else f"{goal:>8.2f}{'' if means[0] >= goal else '  missed'}"
        print(f"{kind:<18}{len(found[kind]):>4}" + "".join(f"{value:>18.3f}" for value in means) + said)
    empty = [row["query"] for row in rows if not row["expected"]]
    print(f"questions without an answer: {len(empty)}, of which found nothing: "
          + ", ".join(f"{name} {sum(not method[text] for text in empty)}" for name, method in answers.items()))
    if args.elastic:
        shared = [len({*answers["embedded"][q]} & {*answers["elasticsearch"][q]})
                  / max(len({*answers["embedded"][q]} | {*answers["elasticsearch"][q]}), 1)
                  if answers["embedded"][q] or answers["elasticsearch"][q] else 1.0 for q in questions]
        print(f"first {FIRST} of both engines: mean overlap {np.mean(shared):.3f} (goal 0.95), least {min(shared):.2f}")


if __name__ == "__main__":
    main()
