"""Every reason quotes word for word; a firm that fails learns what would change it; the user's corrections count at once."""

from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.explaining import Case, what_if, why_not
from matching.files import profile_of
from matching.profiles import Constraints, Demand, Profile
from matching.ranking import Choice
from matching.reasons import CONTRARY, MET, MISSING
from matching.requirements import Requirement

DISPATCH = "劳务派遣许可"


def words_of(thing):
    out = []
    for field in fields(thing):
        value = getattr(thing, field.name)
        out += [value] if isinstance(value, str) else list(value) if isinstance(value, tuple | frozenset) else []
    return out


def verbatim(reason, order, firm):
    assert reason.kind in (MET, MISSING, CONTRARY)
    assert not reason.demand_quote or any(reason.demand_quote in text for text in words_of(order))
    assert not reason.profile_quote or any(reason.profile_quote in text for text in words_of(firm))
    assert all(0 <= a < b <= len(reason.demand_quote) for a, b in reason.demand_marks)
    assert all(0 <= a < b <= len(reason.profile_quote) for a, b in reason.profile_marks)


def test_every_reason_of_every_pair_quotes_word_for_word(matcher, pool, firms, orders):
    seen = 0
    for order in orders.values():
        sitting = matcher.sitting(order, pool)
        for row, firm in enumerate(firms):
            for reason in matcher.match(sitting, row).reasons:
                verbatim(reason, order, firm)
                seen += 1
        for refusal in matcher.rank(order, pool).refused:
            for reason in refusal.reasons:
                verbatim(reason, order, firms[pool.row_of[refusal.institution_id]])
    assert seen > 10_000


WORDS = st.text(st.sampled_from("芯片验证派遣普工不做接海外信用级ABC，。；、！许可证全国 iRTL5\n（）Ｂ"), max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=WORDS, text=WORDS, profile=WORDS, lines=st.lists(WORDS, max_size=3), headcount=st.integers(0, 900))
def test_reasons_of_made_up_pairs_quote_word_for_word_too(matcher, title, text, profile, lines, headcount):
    order = Demand("O", title, text, role_family="芯片设计", industry="集成电路", headcount=headcount, deadline_days=30,
                   service_mode=("劳务派遣",), district="闵行区", must_have=tuple(lines))
    firm = Profile("F", "甲", services=("劳务派遣",), regions=("全国",), capacity_per_quarter=40, credit_grade="B",
                   profile=profile, track_record=tuple(line for line in lines if line), promised=10, delivered=2, asked=9)
    pool = matcher.pool([firm])
    told = why_not(matcher, Case(order, "F", pool))
    for reason in (*told.match.reasons, *told.met, *(missing.reason for missing in told.what_if.missing)):
        verbatim(reason, order, firm)


def test_a_firm_that_lacks_one_must_learns_the_place_it_would_take(matcher, firms, orders):
    order = orders["DDD029"]
    best = matcher.rank(order, matcher.pool(firms)).matches[0].institution_id
    lacking = [replace(firm, licences=firm.licences - {DISPATCH}) if firm.id == best else firm for firm in firms]
    told = what_if(matcher, Case(order, best, matcher.pool(lacking)))
    assert [(m.reason.signal, m.reason.params["value"], m.place) for m in told.missing] == [("must_licence", DISPATCH, 1)]


def test_while_two_musts_are_missing_neither_alone_changes_anything(matcher, firms, orders):
    order = orders["DDD029"]
    best = matcher.rank(order, matcher.pool(firms)).matches[0].institution_id
    lacking = [replace(f, licences=frozenset(), credit_grade="C") if f.id == best else f for f in firms]
    told = what_if(matcher, Case(order, best, matcher.pool(lacking)))
    assert [m.place for m in told.missing] == [None, None]
    assert told.place == 1


def test_why_not_names_place_reasons_and_what_would_lift(matcher, pool, orders):
    ranked = [m.institution_id for m in matcher.rank(orders["DDD007"], pool, limit=99).matches]
    told = why_not(matcher, Case(orders["DDD007"], ranked[7], pool))
    assert (told.place, told.of) == (8, len(ranked))
    assert told.match.reasons
    assert told.what_if.lifts
    assert all(1 <= lift.place < 8 for lift in told.what_if.lifts)


def test_a_firm_that_the_pool_does_not_hold_is_told_apart(matcher, pool, orders):
    with pytest.raises(KeyError):
        why_not(matcher, Case(orders["DDD007"], "nobody", pool))


def test_the_user_can_take_a_must_out_and_put_one_in(matcher, pool, firms, orders):
    order = orders["DDD029"]
    read = matcher.needs(order)
    without = tuple(need for need in read if need.kind != "licence")
    assert matcher.rank(order, pool, 99, Choice(needs=without)).eligible > matcher.rank(order, pool, 99).eligible
    strict = matcher.rank(order, pool, 99, Choice(needs=(*read, Requirement("credit", "A", "user"))))
    assert all(firms[pool.row_of[m.institution_id]].credit_grade == "A" for m in strict.matches)


def test_counting_a_signal_more_moves_those_that_have_it_up_and_back_again(matcher, pool, firms, orders):
    order = orders["DDD007"]
    plain = [m.institution_id for m in matcher.rank(order, pool).matches]
    heavy = [m.institution_id for m in matcher.rank(order, pool, choice=Choice(weights={"breadth": 9.0})).matches]
    wide = {firm.id for firm in firms if len(firm.industries) >= 5}
    assert heavy != plain
    assert min(heavy.index(i) for i in wide if i in heavy) <= min(plain.index(i) for i in wide if i in plain)
    assert [m.institution_id for m in matcher.rank(order, pool, choice=Choice(weights={"breadth": 1.0})).matches] == plain


def test_a_slider_of_an_unknown_signal_is_refused(matcher, pool, orders):
    with pytest.raises(ValueError, match="beauty"):
        matcher.rank(orders["DDD007"], pool, choice=Choice(weights={"beauty": 2.0}))


def test_pruned_ranking_is_the_same_as_scoring_everybody(matcher, firms, orders):
    many = [replace(firm, id=f"{firm.id}-{n}", capacity_per_quarter=firm.capacity_per_quarter + n) for firm in firms
            for n in range(20)]
    pool = matcher.pool(many)
    for name in ("DDD007", "DDD029", "DDD001"):
        sitting = matcher.sitting(orders[name], pool)
        rows = sitting.may.nonzero()[0]
        all_scores = matcher.sitting(orders[name], pool).scoring.exact(rows)
        want = sorted(rows, key=lambda row: (-all_scores[list(rows).index(row)], many[row].id))[:20]
        assert list(sitting.scoring.best(rows, 20)) == want


def test_who_is_eligible_is_the_same_for_all_at_once_as_one_by_one(matcher, pool, firms, orders, vocabulary):
    from matching.constraints import failures

    for order in orders.values():
        sitting = matcher.sitting(order, pool)
        assert [bool(may) for may in sitting.may] == [not failures(f, order, sitting.needs, vocabulary) for f in firms]


def test_a_full_firm_sinks_and_says_so(matcher, firms, orders):
    order = orders["DDD007"]
    best = matcher.rank(order, matcher.pool(firms)).matches[0].institution_id
    full = [replace(f, promised=f.capacity_per_quarter) if f.id == best else f for f in firms]
    ranking = matcher.rank(order, matcher.pool(full), limit=99)
    last = ranking.matches[-1]
    assert last.institution_id == best
    assert any(reason.signal == "load" and reason.kind == CONTRARY for reason in last.reasons)


def test_a_past_record_counts_for_and_against(matcher, orders):
    base = profile_of({"id": "A", "services": ["高级人才寻访(猎头)"], "regions": ["全国"], "credit_grade": "B",
                       "licences": ["人力资源服务许可"], "capacity_per_quarter": 40})
    firms = [replace(base, id="poor", delivered=1, asked=40), base, replace(base, id="good", delivered=39, asked=40)]
    order = replace(orders["DDD007"], constraints=Constraints(), description="")
    assert [m.institution_id for m in matcher.rank(order, matcher.pool(firms)).matches] == ["good", "A", "poor"]


def reasons_of(matcher, order, firm, others=()):
    pool = matcher.pool([firm, *others])
    return why_not(matcher, Case(order, firm.id, pool)).match.reasons


def test_a_shared_place_a_number_or_one_short_word_is_no_reason(matcher, firms, orders):
    order = replace(orders["DDD007"], title="张江版图工程师1名", description="张江办公。", must_have=())
    firm = Profile("F", "甲", services=("高级人才寻访(猎头)",), regions=("全国",), capacity_per_quarter=40, credit_grade="B",
                   profile="张江一家，另做版图。", track_record=("张江某公司会计1名", "版图审校"))
    assert not [r for r in reasons_of(matcher, order, firm, firms) if r.signal in ("track_record", "profile")]
    both = replace(firm, track_record=("张江某公司版图工程师12人",))
    assert [r.profile_quote for r in reasons_of(matcher, order, both, firms) if r.signal == "track_record"]


def test_each_wish_and_level_that_no_line_speaks_of_is_quoted_by_itself(matcher, firms, orders):
    order = replace(orders["DDD007"], must_have=("会弹钢琴", "持有潜水证"), seniority=("高管", "蓝领"))
    firm = Profile("F", "甲", services=("高级人才寻访(猎头)",), regions=("全国",), capacity_per_quarter=4, credit_grade="B",
                   profile="做芯片。", seniority=("高级",))
    found = reasons_of(matcher, order, firm, firms)
    assert {r.demand_quote for r in found if r.signal == "wish"} == {"会弹钢琴", "持有潜水证"}
    assert {r.demand_quote for r in found if r.signal == "seniority"} == {"高管", "蓝领"}


def test_a_word_that_many_firms_write_stands_for_no_branch(matcher, firms, orders):
    order = replace(orders["DDD016"], description="数字综合与布局布线。", must_have=())
    firm = Profile("F", "甲", services=("高级人才寻访(猎头)",), regions=("全国",), capacity_per_quarter=4, credit_grade="B",
                   profile="综合型人力资源公司。")
    many = [replace(one, profile=f"综合型机构。{one.profile}") for one in firms]
    assert not [r for r in reasons_of(matcher, order, firm, many) if r.signal == "branch"]


def test_the_place_told_for_any_score_is_the_one_it_would_take(matcher, pool, orders):
    from matching.explaining import place_of

    sitting = matcher.sitting(orders["DDD007"], pool)
    ranked = [pool.row_of[m.institution_id] for m in matcher.rank(orders["DDD007"], pool, limit=99).matches]
    assert [place_of(sitting, row) for row in ranked] == list(range(1, len(ranked) + 1))
    assert place_of(sitting, ranked[-1], 2.0) == 1
