"""What every engine does, the same cases for each."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import IndexUnavailable, open_index
from index.queries import Box, Circle, Query

HUNT, SEND, OUT = "高级人才寻访(猎头)", "劳务派遣", "人力资源外包"


def ids(answer):
    return [hit.id for hit in answer.hits]


def ask(index, text="", **more):
    return index.search(Query(text, **more))


def test_an_index_that_is_not_there_says_so_and_what_heals_it(index):
    for question in (index.status, lambda: index.search(Query("x")), lambda: index.count(Query()),
                     lambda: index.suggest("x")):
        with pytest.raises(IndexUnavailable, match="caitu index rebuild"):
            question()


def test_a_few_changed_documents_never_pass_for_an_index_that_is_gone(index, firm):
    for change in (lambda: index.put([firm("a", "上海橘子猎头有限公司")]), lambda: index.delete(["a"]),
                   lambda: index.set_vectors({"a": np.ones(3, np.float32)})):
        with pytest.raises(IndexUnavailable, match="caitu index rebuild"):
            change()
        with pytest.raises(IndexUnavailable, match="caitu index rebuild"):
            index.count(Query())


def test_a_document_is_found_as_soon_as_put_returns(empty, firm):
    assert empty.put([firm("a", "上海橘子猎头有限公司")]) == 1
    assert ids(ask(empty, "橘子")) == ["a"]


def test_an_older_version_never_replaces_a_newer_one(empty, firm):
    empty.put([firm("a", "上海新名有限公司", version=3)])
    assert empty.put([firm("a", "上海旧名有限公司", version=2)]) == 0
    assert ask(empty).hits[0].title == "上海新名有限公司"
    assert empty.put([firm("a", "上海最新名有限公司", version=4)]) == 1
    assert ask(empty).hits[0].title == "上海最新名有限公司"


def test_the_same_version_may_be_written_again(empty, firm):
    empty.put([firm("a", "上海甲有限公司", version=3)])
    assert empty.put([firm("a", "上海甲有限公司", version=3)]) == 1
    assert empty.count(Query()) == 1


def test_what_is_deleted_is_gone_and_unknown_ids_are_passed_over(filled):
    assert filled.delete(["a", "nobody"]) == 1
    assert "a" not in ids(ask(filled, limit=50))
    assert filled.status().documents == 7


def test_a_rebuild_replaces_everything_and_a_second_reader_sees_it(url, filled, vocabulary, firm):
    other = open_index(url, vocabulary)
    assert other.count(Query()) == 8
    assert filled.rebuild([firm("z", "上海末尾有限公司")]) == 1
    assert ids(ask(other)) == ["z"]


def test_filters_are_or_inside_a_facet_and_and_between_facets(filled):
    both = ask(filled, filters={"service": (HUNT, SEND)})
    assert set(ids(both)) == {"a", "b", "c", "d", "o"}
    assert set(ids(ask(filled, filters={"service": (HUNT, SEND), "district": ("浦东新区",)}))) == {"a", "c", "o"}
    assert ids(ask(filled, filters={"kind": ("park",)})) == ["p"]


def test_a_facets_own_filter_does_not_narrow_its_counts(filled):
    answer = ask(filled, filters={"service": (SEND,), "kind": ("institution",)}, facets=("service", "district"))
    assert answer.facets["service"] == {HUNT: 2, SEND: 2, OUT: 3, "海外引才": 1}
    assert answer.facets["district"] == {"静安区": 1, "浦东新区": 1}


VALUES = {"service": (HUNT, SEND, OUT), "district": ("浦东新区", "静安区", "徐汇区"), "grade": ("A", "B", "D"),
          "kind": ("institution", "order", "park")}


@given(text=st.sampled_from(["", "猎头", "浦东 外包", "派遣", "芯片验证", "静安主园"]),
       wanted=st.fixed_dictionaries({}, optional={k: st.lists(st.sampled_from(v), min_size=1, unique=True).map(tuple)
                                                  for k, v in VALUES.items()}))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_count_of_a_value_is_the_number_of_hits_after_the_click(filled, text, wanted):
    answer = ask(filled, text, filters=wanted, facets=tuple(VALUES), limit=0)
    assert answer.total == filled.count(Query(text, filters=wanted))
    for facet, counts in answer.facets.items():
        for value, count in counts.items():
            clicked = {**wanted, facet: (value,)}
            assert filled.count(Query(text, filters=clicked)) == count


def test_a_box_holds_what_lies_inside_and_nothing_without_a_place(filled):
    inside = Box(121.44, 31.19, 121.55, 31.25)
    assert set(ids(ask(filled, box=inside))) == {"b", "c", "p"}


def test_a_circle_holds_what_lies_within_its_kilometres(filled):
    assert set(ids(ask(filled, circle=Circle(121.451, 31.231, 0.5)))) == {"b", "p"}
    assert set(ids(ask(filled, circle=Circle(121.451, 31.231, 9)))) == {"b", "c", "d", "p"}


def test_points_are_the_places_of_all_hits(filled):
    points = filled.points(Query(filters={"kind": ("institution",)}))
    assert set(points.ids) == {"a", "b", "c", "d"}
    place = points.ids.index("d")
    assert (points.lon[place], points.lat[place]) == (pytest.approx(121.43), pytest.approx(31.18))
    assert filled.points(Query("猎头")).ids == ("a", "d") or set(filled.points(Query("猎头")).ids) == {"a", "d"}


def test_pages_follow_one_another_without_gap_or_double(index, firm):
    index.rebuild(firm(f"n{number:03}", f"上海第{number}号猎头有限公司", facets={"service": [HUNT]})
                  for number in range(45))
    for text in ("", "猎头"):
        pages = [ids(ask(index, text, offset=offset, limit=20)) for offset in (0, 20, 40)]
        assert [len(page) for page in pages] == [20, 20, 5]
        assert len({key for page in pages for key in page}) == 45


def test_a_sort_key_orders_both_ways_and_what_has_none_comes_last(filled):
    firms = {"kind": ("institution",)}
    assert ids(ask(filled, filters=firms, sort="-capacity"))[:4] == ["b", "f", "a", "d"]
    assert ids(ask(filled, filters=firms, sort="capacity"))[:4] == ["d", "a", "f", "b"]
    assert set(ids(ask(filled, filters=firms, sort="capacity"))[4:]) == {"c", "e"}


def unit(*values):
    vector = np.array(values, np.float32)
    return vector / np.linalg.norm(vector)


def test_meaning_reorders_what_words_found(filled):
    assert filled.set_vectors({"a": unit(1, 0, 0.1), "d": unit(0, 1, 0.1), "f": unit(0.1, 0, 1)}) == 3
    assert ids(ask(filled, "猎头 高管", vector=unit(1, 0, 0)))[0] == "d"
    near_a = {hit.id: hit for hit in ask(filled, "寻访", vector=unit(1, 0, 0)).hits}
    assert near_a["a"].found_by == ("words", "meaning")
    assert near_a["d"].found_by == ("words",)
    assert filled.status().vectors == 3


def test_meaning_alone_finds_nothing_where_words_find_nothing(filled):
    filled.set_vectors({"a": unit(1, 0, 0)})
    assert ask(filled, "钢琴调律师", vector=unit(1, 0, 0)).total == 0


def test_vectors_of_another_length_replace_those_held_and_the_wrong_length_is_passed_over(filled):
    filled.set_vectors({"a": unit(1, 0, 0)})
    assert ids(ask(filled, "猎头", vector=unit(1, 0)))
    assert filled.set_vectors({"b": unit(1, 0)}) == 1


def test_another_encoders_vectors_replace_those_held_and_a_question_meets_its_own_alone(filled):
    filled.set_vectors({"a": unit(1, 0, 0), "d": unit(1, 0, 0)}, "old")
    assert filled.status().encoder == "old"
    assert all(hit.found_by == ("words",) for hit in ask(filled, "寻访", vector=unit(1, 0, 0), encoder="new").hits)
    assert filled.set_vectors({"a": unit(1, 0, 0)}, "new") == 1
    by_id = {hit.id: hit.found_by for hit in ask(filled, "寻访", vector=unit(1, 0, 0), encoder="new").hits}
    assert by_id["a"] == ("words", "meaning")
    assert by_id["d"] == ("words",)
    assert (filled.status().encoder, filled.status().vectors) == ("new", 1)


def test_the_encoders_name_stays_with_the_vectors_through_writes_and_a_rebuild(index, firm):
    one, two = firm("a", "上海甲有限公司"), firm("b", "上海乙有限公司")
    index.rebuild([one, two])
    index.set_vectors({"a": unit(1, 0), "b": unit(0, 1)}, "model")
    index.put([replace(one, version=2)])
    index.rebuild([replace(one, version=3), two])
    assert (index.status().encoder, index.status().vectors) == ("model", 2)


def test_a_changed_meaning_loses_its_vector_and_an_unchanged_one_keeps_it(index, firm):
    one = replace(firm("a", "上海甲有限公司"), vector_text="旧")
    two = replace(firm("b", "上海乙有限公司"), vector_text="同")
    index.rebuild([one, two])
    index.set_vectors({"a": unit(1, 0), "b": unit(0, 1)})
    index.rebuild([replace(one, version=2, vector_text="新"), replace(two, version=2)])
    assert index.status().vectors == 1
    index.put([replace(two, version=3, vector_text="改")])
    assert index.status().vectors == 0


def test_blocking_names_the_filters_that_stand_in_the_way(filled):
    blocked = Query("猎头", filters={"district": ("静安区",), "grade": ("A",)})
    assert filled.count(blocked) == 0
    assert filled.blocking(blocked) == [("district", "静安区", 2)]


def test_what_the_question_was_taken_for_can_be_seen_and_taken_back(filled):
    answer = ask(filled, "浦东 外包")
    seen = {(r.facet, r.value): r for r in answer.readings}
    assert set(seen) == {("district", "浦东新区"), ("service", OUT)}
    assert seen["district", "浦东新区"].without == "外包"
    assert seen["service", OUT].typed == "外包"
    assert answer.exact == 1
    assert ids(answer)[0] == "f"
    assert [r.facet for r in ask(filled, "浦东 外包", ignored=("浦东",)).readings] == ["service"]


def test_a_word_that_stands_in_no_document_is_named_with_the_question_without_it(filled):
    answer = ask(filled, "钢琴调律师 猎头")
    assert answer.total == 0
    assert [(r.typed, r.without) for r in answer.readings if r.facet == "unknown"] == [("钢琴调律师", "猎头")]


def test_a_firm_of_grade_d_is_counted_and_comes_last_until_its_name_is_typed(filled):
    found = ask(filled, "外包", facets=("grade",))
    assert ids(found)[-1] == "e"
    assert found.facets["grade"]["D"] == ask(filled, "外包", filters={"grade": ("D",)}).total == 1
    assert ids(ask(filled, "失信外包"))[0] == "e"


def test_a_service_that_needs_a_permit_is_offered_by_those_who_hold_it(filled):
    assert ids(ask(filled, "劳务派遣", filters={"kind": ("institution",)})) == ["b"]


def test_what_a_firm_says_it_does_not_do_is_no_mention(filled):
    assert "a" not in ids(ask(filled, "派遣"))


def test_a_phrase_in_quotes_must_stand_there_as_it_is(filled):
    assert ids(ask(filled, "“人月驻场”")) == ["f"]
    assert ask(filled, "“驻场人月”").total == 0


def test_a_word_after_a_minus_may_not_be_there(filled):
    assert set(ids(ask(filled, "猎头", filters={"kind": ("institution",)}))) == {"a", "d"}
    assert ids(ask(filled, "猎头 -集成电路", filters={"kind": ("institution",)})) == ["d"]


def test_each_hit_says_where_it_was_found_and_marks_it(filled):
    hit = ask(filled, "模拟版图").hits[0]
    assert (hit.id, hit.field, hit.found_by) == ("a", "profile", ("words",))
    assert [hit.quote[start:end] for start, end in hit.marks] == ["模拟版图"]


@pytest.mark.parametrize(("typed", "expected"), [
    ("橘子", "a"), ("juzi", "a"), ("jzlt", "a"), ("上海橘", "a"), ("码头软", "f"), ("静安主", "p"), ("jazy", "p"),
    ("鹭派", "c")])
def test_names_complete_from_characters_pinyin_initials_and_the_middle(filled, typed, expected):
    assert expected in [suggestion.id for suggestion in filled.suggest(typed)]


def test_services_complete_from_any_of_their_names(filled):
    assert (HUNT, "service") in [(s.text, s.kind) for s in filled.suggest("liet")]
    assert filled.suggest("") == ()
    assert len(filled.suggest("上海", 2)) == 2


def test_the_status_says_what_is_held(filled):
    state = filled.status()
    assert (state.documents, state.vectors) == (8, 0)
    assert state.size_bytes > 0
    assert state.generation != ""
    assert filled.status().generation == state.generation
    filled.rebuild([])
    assert filled.status().generation != state.generation
    assert filled.status().documents == 0
    assert ask(filled, "猎头").total == 0


def test_documents_can_be_read_back_as_they_were_put(filled, firms):
    held = filled.get(["a", "p", "nobody"])
    assert held == {d.id: d for d in firms if d.id in ("a", "p")}
    assert set(filled.ids()) == {d.id for d in firms}
