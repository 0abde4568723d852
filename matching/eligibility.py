"""Which firms of a pool may take an order, for all of them at once; `constraints` says of one firm why not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.constraints import applies
from matching.pool import Pool
from matching.profiles import Demand
from matching.requirements import Requirement
from matching.vocabulary import Vocabulary

Mask = NDArray[np.bool_]


def _overseas(pool: Pool, need: Requirement, vocabulary: Vocabulary) -> Mask:
    wanted = [region for region in need.value.split(";") if region]
    offers = pool.holding("services", vocabulary.terms["overseas_service"])
    return offers & pool.holding_any("regions", wanted) if wanted else offers


def meeting(pool: Pool, need: Requirement, vocabulary: Vocabulary) -> Mask:
    """Which firms meet one must-have, shape (n,)."""
    if need.kind == "licence":
        return pool.holding("licences", need.value)
    if need.kind == "credit":
        good = (pool.grades != "") & (pool.grades != vocabulary.terms["refused_grade"]) & (pool.grades <= need.value)
        return np.asarray(good, np.bool_)
    if need.kind == "region":
        return pool.holding_any("regions", {need.value, *vocabulary.covered_by.get(need.value, ())})
    if need.kind == "overseas":
        return _overseas(pool, need, vocabulary)
    return ~pool.holding_any("primary", need.value.split(";"))


def eligible(demand: Demand, needs: tuple[Requirement, ...], pool: Pool, vocabulary: Vocabulary) -> Mask:
    """Which firms meet every must-have and do not themselves refuse the order, shape (n,)."""
    may = np.ones(len(pool.profiles), np.bool_)
    for need in needs:
        may &= meeting(pool, need, vocabulary)
    for topic, firms in pool.refused.items():
        if applies(demand, needs, topic):
            may &= ~firms
    return may
