"""A folder of labelled data made ready, and the rankings of the plain methods that the matcher is held against."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.constraints import meets
from matching.eligibility import eligible
from matching.evaluation.metrics import read_grades
from matching.files import constraints_of, demand_of, profile_of, read_all, read_lines
from matching.learning import Labelled, all_signals
from matching.pool import Pool, Vectors, VectorSource, demand_text, demand_words, make_pool, word_text
from matching.profiles import Demand, Profile
from matching.requirements import Requirement, requirements
from matching.vocabulary import Vocabulary, load_vocabulary

Scores = tuple[NDArray[np.float32], ...]
FILES = ("institutions.jsonl", "orders.jsonl", "qrels.tsv")
RANDOM_SEED = 11


@dataclass(frozen=True)
class Folder:
    """Labelled data: grades order -> firm -> 1..3; violating: order -> firms that break one of its constraints, None
    where the folder has no constraints_gold.jsonl; queries (orders, dims); mark: hash of the files."""

    orders: tuple[Demand, ...]
    firms: tuple[Profile, ...]
    grades: Mapping[str, Mapping[str, int]]
    violating: Mapping[str, frozenset[str]] | None
    pool: Pool
    queries: Vectors
    labelled: Labelled
    vocabulary: Vocabulary
    mark: str


def _gold_needs(row: Mapping[str, object], vocabulary: Vocabulary) -> tuple[Requirement, ...]:
    stated = constraints_of(row)
    needs = [Requirement("licence", name, "field") for name in sorted(stated.required_licences)]
    needs.append(Requirement("credit", stated.credit_min or vocabulary.terms["default_grade"], "field"))
    needs += [Requirement("region", name, "field") for name in stated.must_cover]
    if stated.needs_overseas_sourcing:
        needs.append(Requirement("overseas", ";".join(stated.overseas_regions_any), "field"))
    return tuple(needs)


def _violating(path: Path, firms: Sequence[Profile], vocabulary: Vocabulary) -> dict[str, frozenset[str]] | None:
    if not path.exists():
        return None
    out = {}
    for _, row in read_lines(path, key="order_id"):
        needs = _gold_needs(row, vocabulary)
        broken = (firm.id for firm in firms if not all(meets(firm, need, vocabulary) for need in needs))
        out[str(row["order_id"])] = frozenset(broken)
    return out


def _mark(folder: Path) -> str:
    return hashlib.sha256(b"".join((folder / name).read_bytes() for name in FILES)).hexdigest()


def load_folder(folder: Path, data_dir: Path, vectors: VectorSource) -> Folder:
    """Reads institutions.jsonl, orders.jsonl, qrels.tsv and, where it is there, constraints_gold.jsonl, which only judges.

    FileNotFoundError or UnreadableLine name what is wrong.
    """
    vocabulary = load_vocabulary(data_dir)
    firms, orders = read_all(folder / FILES[0], profile_of), read_all(folder / FILES[1], demand_of)
    grades = read_grades(folder / FILES[2])
    orders = [order for order in orders if order.id in grades]
    if not orders or not firms:
        raise ValueError(f"{folder.name}: no order of orders.jsonl is graded in qrels.tsv")
    pool = make_pool(firms, vectors, vocabulary)
    queries = vectors.queries([demand_text(order) for order in orders])
    labelled = Labelled(
        all_signals(orders, queries, pool, vocabulary),
        tuple(np.array([grades[order.id].get(firm.id, 0) for firm in firms]) for order in orders),
        tuple(eligible(order, requirements(order, vocabulary), pool, vocabulary) for order in orders),
    )
    violating = _violating(folder / "constraints_gold.jsonl", firms, vocabulary)
    return Folder(tuple(orders), tuple(firms), grades, violating, pool, queries, labelled, vocabulary, _mark(folder))


def ranked(scores: NDArray[np.float32], pool: Pool, may: NDArray[np.bool_] | None = None) -> list[str]:
    """Ids by score, equal ones by id; only those that may, where it is told who may."""
    rows = np.arange(len(scores)) if may is None else np.flatnonzero(may)
    return [pool.profiles[row].id for row in rows[np.lexsort((pool.order_of_ids[rows], -scores[rows]))]]


def _pairs_of_characters(data: Folder) -> Scores:
    from sklearn.feature_extraction.text import TfidfVectorizer

    maker = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), sublinear_tf=True, dtype=np.float32)
    firms = maker.fit_transform([word_text(firm) for firm in data.firms])
    asked = maker.transform([demand_words(order) for order in data.orders])
    return tuple(np.asarray((firms @ asked[k].T).todense()).ravel() for k in range(len(data.orders)))


def _equal_fields(data: Folder) -> Scores:
    """How many of industry, role family, a service and a level are the very same."""
    out = []
    for order in data.orders:
        score = data.pool.holding("industries", order.industry).astype(np.float32)
        score += data.pool.holding("role_families", order.role_family)
        score += data.pool.holding_any("services", order.service_mode)
        out.append(np.asarray(score + data.pool.holding_any("seniority", order.seniority), np.float32))
    return tuple(out)


def plain_methods(data: Folder) -> dict[str, Scores]:
    """The scores of methods that know nothing of the trade, by name."""
    chance = np.random.default_rng(RANDOM_SEED)
    return {
        "random": tuple(chance.random(len(data.firms)).astype(np.float32) for _ in data.orders),
        "equal fields": _equal_fields(data),
        "BM25": tuple(data.pool.words.scores(demand_words(order)) for order in data.orders),
        "TF-IDF of character pairs": _pairs_of_characters(data),
        "encoder": tuple(data.pool.meaning @ query for query in data.queries),
    }
