"""Five classes whose limits a legend can say."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.choropleth import CLASSES, SMALL_TOP, classes_for

counts = st.lists(st.integers(0, 50_000), max_size=40)


@given(counts)
def test_limits_grow_so_that_every_class_is_there_and_none_is_empty_of_numbers(numbers):
    limits = classes_for(numbers).limits
    assert len(limits) == CLASSES - 1
    assert all(a < b for a, b in pairwise(limits))
    assert limits[0] >= 1


@given(counts, st.integers(0, 60_000))
def test_the_legend_says_of_each_count_the_class_that_colours_it(numbers, count):
    classes = classes_for(numbers)
    told = [span.klass for span in classes.spans() if span.low <= count and (span.high is None or count <= span.high)]
    assert told == [classes.of(count)]


@given(counts)
def test_more_is_never_lighter(numbers):
    classes = classes_for(numbers)
    shades = [classes.of(count) for count in sorted(numbers)]
    assert shades == sorted(shades)


@given(st.lists(st.integers(0, SMALL_TOP), max_size=16))
def test_small_counts_are_told_apart_one_by_one(numbers):
    assert [(span.low, span.high) for span in classes_for(numbers).spans()] == [(0, 0), (1, 1), (2, 3), (4, 5), (6, None)]


def test_sixteen_districts_fall_into_all_five_classes():
    numbers = [836, 445, 379, 368, 287, 262, 241, 229, 196, 189, 184, 142, 80, 63, 58, 41]
    classes = classes_for(numbers)
    assert {classes.of(count) for count in numbers} == {1, 2, 3, 4, 5}
    assert all(limit % 5 == 0 for limit in classes.limits)


@pytest.mark.parametrize("numbers", [[], [0] * 16, [0] * 15 + [13]])
def test_an_empty_or_lopsided_city_has_classes_too(numbers):
    classes = classes_for(numbers)
    assert classes.of(0) == 1
    assert len(classes.spans()) == CLASSES
