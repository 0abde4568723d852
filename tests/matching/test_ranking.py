"""Rankings: who is above whom, why, and that every quote stands word for word in its source."""

from dataclasses import astuple, fields

from matching.profiles import Demand, Profile


def words_of(thing: Demand | Profile) -> list[str]:
    out = []
    for field in fields(thing):
        value = getattr(thing, field.name)
        out += [value] if isinstance(value, str) else list(value) if isinstance(value, tuple | frozenset) else []
    return out


def test_every_quote_stands_word_for_word_in_order_or_firm(matcher, pool, firms, orders):
    by_id = {firm.id: firm for firm in firms}
    quotes = 0
    for order in orders.values():
        for match in matcher.rank(order, pool).matches:
            for reason in match.reasons:
                assert not reason.demand_quote or any(reason.demand_quote in t for t in words_of(order))
                assert not reason.profile_quote or any(
                    reason.profile_quote in t for t in words_of(by_id[match.institution_id]))
                assert all(0 <= a < b <= len(reason.demand_quote) for a, b in reason.demand_marks)
                assert all(0 <= a < b <= len(reason.profile_quote) for a, b in reason.profile_marks)
                quotes += bool(reason.demand_quote) + bool(reason.profile_quote)
    assert quotes > 1000


def test_the_chip_layout_specialist_is_above_the_chip_generalist(matcher, pool, orders):
    ranked = [match.institution_id for match in matcher.rank(orders["DDD007"], pool).matches]
    assert ranked.index("JGD045") < ranked.index("JGD080")


def test_the_same_pair_is_judged_the_same_from_both_sides(matcher, pool, orders):
    ranking = matcher.rank(orders["DDD007"], pool)
    for match in ranking.matches[:5]:
        seen = {m.demand_id: m for m in matcher.orders_for(match.institution_id, list(orders.values()), pool, 99)}
        other = seen["DDD007"]
        assert abs(other.score - match.score) < 1e-5
        assert (other.band, other.reasons) == (match.band, match.reasons)


def test_nobody_who_fails_a_must_have_is_ranked_and_some_are_named(matcher, pool, firms, orders):
    by_id = {firm.id: firm for firm in firms}
    ranking = matcher.rank(orders["DDD029"], pool)
    assert all("劳务派遣许可" in by_id[m.institution_id].licences for m in ranking.matches)
    assert ranking.refused
    assert all(refusal.reasons for refusal in ranking.refused)


def test_scores_fall_and_bands_follow_them(matcher, pool, orders):
    matches = matcher.rank(orders["DDD007"], pool).matches
    assert [m.score for m in matches] == sorted((m.score for m in matches), reverse=True)
    assert [m.band for m in matches] == sorted((m.band for m in matches), reverse=True)


def test_two_runs_give_the_same_answer(matcher, pool, orders):
    first, again = (matcher.rank(orders["DDD016"], pool) for _ in range(2))
    assert list(map(astuple, first.matches)) == list(map(astuple, again.matches))


def test_a_better_value_of_one_signal_never_lowers_the_score(matcher):
    import numpy as np

    low = np.zeros((1, len(matcher.weights.signals)), np.float32)
    for column in range(low.shape[1]):
        high = low.copy()
        high[0, column] = 1
        assert matcher.weights.score(high)[0] > matcher.weights.score(low)[0]
