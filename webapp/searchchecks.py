"""The labelled questions of the sample asked of the site's own index: what is found, at which place, beside the goals."""

from __future__ import annotations

import json
import os
import threading
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.queries import Query
from matching.encoders import encoder_name
from matching.evaluation.metrics import ndcg

if TYPE_CHECKING:
    from webapp.services import Services

FIRST, ASKED = 10, 300  # places that count; hits that are read, for records without a label stand between
GOALS = {"keyword": 0.92, "synonym": 0.90, "district_service": 0.90, "nearby": 0.80, "pinyin": 0.85, "pinyin_initials": 0.85,
         "traditional": 0.90, "typo": 0.85, "name_typo": 0.85, "question": 0.80, "all": 0.90}
KEPT, AGAIN_AFTER = "search-checks.json", timedelta(minutes=1)


@dataclass(frozen=True)
class Question:
    """A question with its graded answers, id -> grade 1..3; none: it has no answer."""

    id: str
    text: str
    type: str
    grades: Mapping[str, int]
    kinds: Mapping[str, str]

    @property
    def best(self) -> tuple[str, ...]:
        """The ids of the answers of its highest grade."""
        top = max(self.grades.values(), default=0)
        return tuple(key for key, grade in self.grades.items() if grade == top)


@dataclass(frozen=True)
class Check:
    """What one question found: best: the place of the first answer of the highest grade; found: answers among the first
    ten; ndcg at ten; hits in all, whatever their label."""

    question: Question
    best: int | None
    found: int
    ndcg: float
    hits: int
    took_ms: float

    @property
    def passed(self) -> bool:
        """True where a best answer stands among the first three, or nothing was found where there is nothing."""
        return self.best is not None and self.best <= 3 if self.question.grades else self.hits == 0


@dataclass(frozen=True)
class Report:
    """All questions against one generation of the index."""

    at: datetime
    generation: str
    checks: tuple[Check, ...]

    @property
    def by_type(self) -> dict[str, tuple[int, float, float | None]]:
        """Type -> (questions, mean nDCG@10, goal or None), all of them first."""
        scores: dict[str, list[float]] = defaultdict(list)
        for check in self.checks:
            if check.question.grades:
                for name in ("all", check.question.type):
                    scores[name].append(check.ndcg)
        return {name: (len(found), float(np.mean(found)), GOALS.get(name)) for name, found in scores.items()}


@lru_cache(maxsize=4)
def questions(data_dir: Path) -> tuple[Question, ...]:
    """The labelled questions."""
    found = []
    for line in (data_dir / "sample" / "search_queries.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.append(Question(row["id"], row["query"], row["type"], {one["id"]: one["grade"] for one in row["expected"]},
                              {one["id"]: one["kind"] for one in row["expected"]}))
    return tuple(found)


@lru_cache(maxsize=4)
def labelled(data_dir: Path) -> frozenset[str]:
    """Ids of all records that were in front of whoever gave the labels: the others are passed over when places are counted
    (condensed lists, Sakai 2007), for nobody said whether they answer a question."""
    files = (data_dir / "sample" / name for name in ("institutions.jsonl", "orders.jsonl", "parks.jsonl"))
    return frozenset(json.loads(line)["id"] for file in files for line in file.read_text(encoding="utf-8").splitlines())


def checked(site: Services, question: Question) -> Check:
    """Asks one question as a visitor would."""
    vector = site.meaning(question.text)
    answer = site.index.search(Query(question.text, facets=(), limit=ASKED, vector=vector,
                                     encoder=encoder_name(site.settings.encoder)))
    known = labelled(site.settings.data_dir)
    ranked = [hit.id for hit in answer.hits if hit.id in known]
    best = next((place for place, key in enumerate(ranked, 1) if key in question.best), None)
    return Check(question, best, sum(key in question.grades for key in ranked[:FIRST]), ndcg(ranked, question.grades, FIRST),
                 answer.total, answer.took_ms)


def newest(var_dir: Path) -> Report | None:
    """The report that was made last, by whichever process; None before the first."""
    with suppress(FileNotFoundError):
        kept = json.loads((var_dir / KEPT).read_text(encoding="utf-8"))
        checks = tuple(Check(**(row | {"question": Question(**row["question"])})) for row in kept["checks"])
        return Report(datetime.fromisoformat(kept["at"]), kept["generation"], checks)
    return None


def run(site: Services) -> Report:
    """Asks every question and keeps the report; the last one stands while the index is the same or it is a minute old.

    IndexUnavailable while the index is away.
    """
    generation, last, now = site.index.status().generation, newest(site.settings.var_dir), site.clock()
    if last and (last.generation == generation or now - last.at < AGAIN_AFTER):
        return last
    report = Report(now, generation, tuple(checked(site, question) for question in questions(site.settings.data_dir)))
    path = site.settings.var_dir / KEPT
    part = path.with_name(f"{KEPT}.{os.getpid()}-{threading.get_ident()}")
    part.write_text(json.dumps(asdict(report), default=str, ensure_ascii=False), encoding="utf-8")
    part.replace(path)
    return report
