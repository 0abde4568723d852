"""Joins what words found with what is near in meaning; one rule for every engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from index.concepts import Question

K = TypeVar("K")
ENOUGH_EXACT = 10  # hits that meet every condition; with fewer, others that meet it in part follow
EXACT_FIRST = 2.0  # more than anything else that a score may hold: they come first
NEAREST = 200  # documents nearest in meaning that are looked at, and first hits by words that meaning may reorder
MEANING_SPAN = 0.05  # cosines of e5: the best hit and a fair one differ by about this
FEW, SOME = 2, 4  # concepts of a short question, of a longer one
REACH, LEAST = 0.5, 0.12  # how near, and how much of the question, a hit by meaning alone must have


def trust_in_meaning(question: Question) -> float:
    """What meaning may add to a score: little to a word that is a condition or was not typed as it is written (the
    vector is of what was typed), more to a few words, much to a sentence."""
    concepts = question.concepts
    if len(concepts) > FEW:
        return 0.35 if len(concepts) <= SOME else 0.6
    typed_otherwise = any(concept.typed not in concept.alternatives for concept in concepts)
    return 0.05 if typed_otherwise or (len(concepts) == 1 and concepts[0].facet) else 0.15


def nearness(cosines: Mapping[K, float]) -> dict[K, float]:
    """How near each of the nearest documents is, 0..1.3, against the mean of the five nearest."""
    if not cosines:
        return {}
    first = sorted(cosines.values(), reverse=True)[:5]
    best = sum(first) / len(first)
    return {key: near for key, cosine in cosines.items() if (near := min((cosine - best) / MEANING_SPAN + 1, 1.3)) > 0}
