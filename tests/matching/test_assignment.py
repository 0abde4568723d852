"""Teams cover headcount with members that may; the city's allocation keeps every capacity and beats greed; views are fair."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matching.assignment import Market, allocate, allocate_greedily, market_of, split_places, teams
from matching.constraints import failures
from matching.exposure import ExposureRule, exposure_report, gini, load_exposure_rule
from matching.ranking import Choice
from matching.requirements import requirements

DATA = Path(__file__).resolve().parents[2] / "data"


def overlap(a, b, p=0.9):
    """Rank-biased overlap of two rankings of the same firms (Webber, Moffat and Zobel 2010), extrapolated to the end."""
    depth = min(len(a), len(b))
    agree = [len(set(a[:d]) & set(b[:d])) / d for d in range(1, depth + 1)]
    return (1 - p) * sum(p ** d * x for d, x in enumerate(agree)) + agree[-1] * p ** depth


def test_a_split_goes_by_what_is_free_and_loses_no_place():
    assert split_places(280, [700, 350, 350]) == (140, 70, 70)
    assert split_places(10, [3, 4]) == (3, 4)
    assert sum(split_places(101, [50, 50, 50])) == 101
    assert split_places(0, [3, 4]) == (0, 0)


def test_a_large_order_is_covered_by_the_fewest_firms_that_all_may(matcher, pool, firms, orders, vocabulary):
    order = orders["DDD005"]  # 1,500 workers, several firms wanted
    found = teams(matcher, order, pool)
    assert found
    needs = requirements(order, vocabulary)
    by_id = {firm.id: firm for firm in firms}
    able = sorted((f.free for f in firms if not failures(f, order, needs, vocabulary)), reverse=True)
    least = next(n for n in range(2, 9) if sum(able[:n]) >= order.headcount)
    for team in found:
        assert team.covered == team.wanted == 1500
        assert len(team.members) == least
        assert all(0 < m.places <= m.free == by_id[m.institution_id].free for m in team.members)
        assert all(not failures(by_id[m.institution_id], order, needs, vocabulary) for m in team.members)
    assert [t.fit for t in found] == sorted((t.fit for t in found), reverse=True)


def test_promised_people_are_not_promised_again(matcher, firms, orders):
    order = orders["DDD029"]
    alone = teams(matcher, order, matcher.pool(firms))[0]
    first = alone.members[0].institution_id
    busy = [replace(f, promised=f.capacity_per_quarter - 100) if f.id == first else f for f in firms]
    again = teams(matcher, order, matcher.pool(busy))[0]
    assert all(m.places <= m.free for m in again.members)
    assert first not in {m.institution_id for m in again.members if m.free > 100}


def test_where_nobody_can_cover_it_the_most_is_offered(matcher, pool, orders):
    found = teams(matcher, replace(orders["DDD005"], headcount=99_000), pool)
    assert len(found) == 1
    assert 0 < found[0].covered < found[0].wanted


def test_the_city_is_allocated_within_every_capacity_and_never_worse_than_greed(matcher, pool, orders):
    market = market_of(matcher, list(orders.values()), pool)
    best, greedy = allocate(market), allocate_greedily(market)
    for found in (best, greedy):
        for names, limits, key in ((market.institution_ids, market.free, "institution_id"),
                                   (market.demand_ids, market.wanted, "demand_id")):
            taken = dict.fromkeys(names, 0)
            for given in found.given:
                taken[getattr(given, key)] += given.places
            assert all(taken[name] <= limit for name, limit in zip(names, limits, strict=True))
        assert all(not np.isnan(given.score) for given in found.given)
    assert best.fit >= greedy.fit - 1e-6
    assert best.filled >= 0.8 * best.wanted
    assert 0 < best.served <= 1


def test_greed_loses_where_the_first_takes_the_only_firm_of_the_second():
    scores = np.array([[0.9, 0.8], [0.8, np.nan]], np.float32)
    market = Market(("a", "b"), ("x", "y"), scores, np.array([5, 5]), np.array([5, 5]))
    assert (allocate(market).filled, allocate_greedily(market).filled) == (10, 5)


def test_gini_is_none_for_equal_and_almost_one_for_one_who_has_all():
    assert gini([3, 3, 3]) == pytest.approx(0)
    assert gini([0] * 99 + [1]) == pytest.approx(0.99)
    assert gini([]) == gini([0, 0]) == 0


def test_the_reserved_place_goes_to_a_small_firm_that_may_and_the_others_keep_their_order(matcher, pool, firms, orders):
    rule = ExposureRule(5, 1, 20, 365, 0.01)
    by_id = {firm.id: firm for firm in firms}
    moved = 0
    for order in orders.values():
        plain = [m.institution_id for m in matcher.rank(order, pool).matches]
        ranking = matcher.rank(order, pool, choice=Choice(exposure=rule))
        ids = [m.institution_id for m in ranking.matches]
        moved += bool(ranking.reserved)
        assert all(rule.covers(by_id[i]) for i in ranking.reserved)
        if ranking.reserved:
            assert not any(rule.covers(by_id[i]) for i in plain[:5])
            assert sum(rule.covers(by_id[i]) for i in ids[:5]) == 1
        assert [i for i in ids if i not in ranking.reserved] == [i for i in plain if i in ids and i not in ranking.reserved]
    assert moved


def test_the_exposure_report_counts_views(firms):
    rule = load_exposure_rule(DATA)
    report = exposure_report([[firms[0].id, firms[1].id]], firms, rule)
    assert report.seen == pytest.approx(2 / len(firms))
    assert 0.9 < report.gini < 1
    assert (report.rankings, report.firms) == (1, len(firms))


@pytest.mark.parametrize("change", ["name", "district", "park"])
def test_name_and_place_of_a_firm_change_no_order(matcher, pool, firms, orders, change):
    swapped = [replace(firm, **{change: getattr(firms[-1 - n], change)}) for n, firm in enumerate(firms)]
    other = matcher.pool(swapped)
    for order in list(orders.values())[:20]:
        a, b = ([m.institution_id for m in matcher.rank(order, p).matches] for p in (pool, other))
        assert not a or overlap(a, b) >= 0.95


def test_size_alone_changes_no_order_where_all_can_deliver(matcher, firms, orders):
    small = [f for f in orders.values() if f.headcount <= 5]
    doubled = [replace(f, capacity_per_quarter=f.capacity_per_quarter * (2 + n % 3)) for n, f in enumerate(firms)]
    pools = [matcher.pool([f for f in group if f.capacity_per_quarter >= 60 or f.capacity_per_quarter == 0])
             for group in ([replace(f, capacity_per_quarter=f.capacity_per_quarter + 60) for f in firms],
                           [replace(f, capacity_per_quarter=f.capacity_per_quarter + 60) for f in doubled])]
    assert small
    for order in small:
        a, b = ([m.institution_id for m in matcher.rank(order, p).matches] for p in pools)
        assert overlap(a, b) >= 0.95
