"""What a question comes to before a cluster answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from index.clauses import Dsl
from index.concepts import Concept, Question


@dataclass(frozen=True)
class Asked:
    """What a text comes to: its hits without the query's filters, those in full, all of them with their scores; how near each
    document is that is near in meaning; and the hits by words where others are hits by meaning alone."""

    question: Question
    hits: Dsl
    exact: Dsl
    scored: Dsl
    near: Mapping[str, float]
    unknown: tuple[Concept, ...] = ()
    words: Dsl | None = None
