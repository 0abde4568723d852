"""Fills orders by several firms: the smallest teams for one order, and the best allocation of all orders to all capacity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_array

from matching.exposure import gini
from matching.pool import Pool
from matching.profiles import Demand, Profile
from matching.ranking import AS_READ, Choice, Matcher, Sitting

TEAM_MOST = 5  # firms of a team; more cannot be led
TEAM_CANDIDATES = 16  # the best firms that teams are made of: a few thousand teams at most
TEAMS_SHOWN = 3
COMPLEMENT_WORTH = 0.15  # what role families and regions that no other member has add to a team's fit


@dataclass(frozen=True)
class Member:
    """A firm of a team with the places it takes; score 0..1."""

    institution_id: str
    places: int
    free: int
    score: float


@dataclass(frozen=True)
class Team:
    """Firms that fill an order together; covered of wanted places; added: role families and regions asked for that only
    one of them has."""

    members: tuple[Member, ...]
    covered: int
    wanted: int
    fit: float
    added: tuple[str, ...]


def split_places(wanted: int, free: Sequence[int]) -> tuple[int, ...]:
    """Places for each member in proportion to what it has free, never above that; the sum is min(wanted, all free)."""
    total = min(wanted, sum(free))
    if total <= 0:
        return (0,) * len(free)
    shares = [total * have / sum(free) for have in free]
    given = [int(share) for share in shares]
    rest = sorted(range(len(free)), key=lambda k: (given[k] - shares[k], k))
    for k in rest[: total - sum(given)]:
        given[k] += 1
    return tuple(given)


def _traits(profile: Profile) -> frozenset[str]:
    return frozenset({*profile.role_families, *profile.regions, *profile.seniority, *profile.services})


def _added(profiles: Sequence[Profile], demand: Demand) -> tuple[str, ...]:
    """What the order asks for and exactly one of the members has."""
    asked = {demand.role_family, demand.district, *demand.constraints.must_cover, *demand.seniority, *demand.service_mode}
    held = [_traits(profile) for profile in profiles]
    return tuple(sorted(t for t in asked if t and sum(t in traits for traits in held) == 1))


def _team(sitting: Sitting, rows: Sequence[int]) -> Team:
    profiles = [sitting.pool.profiles[row] for row in rows]
    wanted = sitting.demand.headcount
    places = split_places(wanted, [profile.free for profile in profiles])
    scores = [float(sitting.scoring.scores[row]) for row in rows]
    members = tuple(Member(p.id, n, p.free, s) for p, n, s in zip(profiles, places, scores, strict=True))
    fit = float(np.average(scores, weights=places)) if sum(places) else float(np.mean(scores))
    added = _added(profiles, sitting.demand) if len(rows) > 1 else ()
    asked = len(sitting.demand.seniority) + len(sitting.demand.service_mode) + 2
    return Team(members, sum(places), wanted, fit + COMPLEMENT_WORTH * len(added) / asked, added)


def _fewest(demand: Demand) -> int:
    return 2 if demand.constraints.multi_firm_collaboration else 1


def _sized(sitting: Sitting, rows: Sequence[int], size: int) -> list[Team]:
    wanted, fewest = sitting.demand.headcount, _fewest(sitting.demand)
    made = []
    for chosen in combinations(rows, size):
        free = [sitting.pool.profiles[row].free for row in chosen]
        if sum(free) >= wanted and (size <= fewest or sum(free) - min(free) < wanted):  # nobody who could be left out
            made.append(_team(sitting, chosen))
    return made


def teams(matcher: Matcher, demand: Demand, pool: Pool, choice: Choice = AS_READ) -> tuple[Team, ...]:
    """The smallest teams that cover an order's headcount, best fit first; every member meets every must-have. An order that
    asks for several firms gets two or more.

    Where even the largest team cannot cover it, the one team that covers most. No headcount: no team.
    """
    sitting = matcher.sitting(demand, pool, choice)
    rows = np.flatnonzero(sitting.may & (pool.free > 0))
    if demand.headcount <= 0 or not len(rows):
        return ()
    large = rows[np.argsort(-pool.free[rows], kind="stable")][: TEAM_CANDIDATES // 2]
    best = sitting.scoring.best(rows, TEAM_CANDIDATES)
    chosen = [int(row) for row in dict.fromkeys([*best, *large])]
    sitting.scoring.exact(np.array(chosen))
    for size in range(_fewest(demand), TEAM_MOST + 1):
        if found := _sized(sitting, chosen, size):
            return tuple(sorted(found, key=lambda team: (-team.fit, [m.institution_id for m in team.members]))[:TEAMS_SHOWN])
    most = sorted(chosen, key=lambda row: -pool.profiles[row].free)[:TEAM_MOST]
    return (_team(sitting, most),)


@dataclass(frozen=True)
class Given:
    """Places of one order that one firm takes."""

    demand_id: str
    institution_id: str
    places: int
    score: float


@dataclass(frozen=True)
class Allocation:
    """All open orders and all capacity: who takes what. fit: the sum of places times score; filled of wanted places;
    served: the share of firms with free capacity that get anything; gini: of the shares of free capacity that are used."""

    given: tuple[Given, ...]
    fit: float
    filled: int
    wanted: int
    served: float
    gini: float


@dataclass(frozen=True)
class Market:
    """Orders (m,) before firms (n,): scores (m, n), NaN where a firm may not; places wanted (m,) and free (n,)."""

    demand_ids: tuple[str, ...]
    institution_ids: tuple[str, ...]
    scores: NDArray[np.float32]
    wanted: NDArray[np.int_]
    free: NDArray[np.int_]


def market_of(matcher: Matcher, demands: Sequence[Demand], pool: Pool, partners: int = 60) -> Market:
    """Scores every order's best `partners` firms of those with free capacity; the rest do not come into question."""
    scores = np.full((len(demands), len(pool.profiles)), np.nan, np.float32)
    for k, demand in enumerate(demands):
        sitting = matcher.sitting(demand, pool)
        rows = sitting.scoring.best(np.flatnonzero(sitting.may & (pool.free > 0)), partners)
        scores[k, rows] = sitting.scoring.exact(rows)
    return Market(tuple(d.id for d in demands), tuple(p.id for p in pool.profiles), scores,
                  np.array([d.headcount for d in demands]), pool.free.astype(int))


def _result(market: Market, orders: NDArray[np.intp], firms: NDArray[np.intp], places: NDArray[np.int_]) -> Allocation:
    taken = places > 0
    orders, firms, places = orders[taken], firms[taken], places[taken]
    scores = market.scores[orders, firms]
    given = tuple(Given(market.demand_ids[o], market.institution_ids[f], int(n), float(s))
                  for o, f, n, s in zip(orders, firms, places, scores, strict=True))
    used = np.bincount(firms, places, len(market.free))
    able = market.free > 0
    share = used[able] / market.free[able]
    return Allocation(given, float((places * scores).sum()), int(places.sum()), int(market.wanted.sum()),
                      float((share > 0).mean()) if able.any() else 0.0, gini(share))


def allocate(market: Market) -> Allocation:
    """The allocation with the largest total fit: a transport problem, whose linear programme has a whole-number optimum.

    Solved by HiGHS; RuntimeError tells why where it finds none.
    """
    orders, firms = np.nonzero(~np.isnan(market.scores))
    if not len(orders):
        return _result(market, orders, firms, np.zeros(0, int))
    pairs = np.arange(len(orders))
    rows = np.concatenate([orders, firms + len(market.wanted)])  # one limit for each order, then one for each firm
    shape = (len(market.wanted) + len(market.free), len(orders))
    table = csr_array((np.ones(2 * len(orders)), (rows, np.concatenate([pairs, pairs]))), shape)
    limits = np.concatenate([market.wanted, market.free])
    found = linprog(-market.scores[orders, firms].astype(float), A_ub=table, b_ub=limits, method="highs-ds")
    if not found.success:
        raise RuntimeError(f"no allocation: {found.message}")
    return _result(market, orders, firms, np.rint(found.x).astype(int))


def allocate_greedily(market: Market) -> Allocation:
    """First come, first served: the best pair of all takes as many places as it can, then the next; the peer to beat."""
    orders, firms = np.nonzero(~np.isnan(market.scores))
    left, free = market.wanted.copy(), market.free.copy()
    places = np.zeros(len(orders), int)
    for k in np.argsort(-market.scores[orders, firms], kind="stable"):
        places[k] = min(left[orders[k]], free[firms[k]])
        left[orders[k]] -= places[k]
        free[firms[k]] -= places[k]
    return _result(market, orders, firms, places)
