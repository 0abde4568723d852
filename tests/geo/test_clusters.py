"""Clusters: whatever the view, every point is counted once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.clusters import LIMIT, MAX_ZOOM, Box, ClusterPyramid

WHOLE = Box(-180, -85, 180, 85)
points = st.lists(st.tuples(st.floats(120.8, 122.2), st.floats(30.6, 31.9)), min_size=1, max_size=60)
boxes = st.tuples(st.floats(120.7, 122.3), st.floats(120.7, 122.3), st.floats(30.5, 32.0), st.floats(30.5, 32.0)).map(
    lambda sides: Box(min(sides[:2]), min(sides[2:]), max(sides[:2]), max(sides[2:])))


def pyramid_of(places):
    return ClusterPyramid(np.array([lon for lon, _ in places]), np.array([lat for _, lat in places]))


def inside(box, lon, lat):
    return (box.west <= lon) & (lon <= box.east) & (box.south <= lat) & (lat <= box.north)


@given(points, st.integers(-1, MAX_ZOOM + 2))
def test_the_counts_of_the_whole_world_are_all_points(places, zoom):
    assert pyramid_of(places).clusters(WHOLE, zoom).count.sum() == len(places)


@given(points, boxes, st.integers(0, MAX_ZOOM))
@settings(max_examples=200)
def test_the_counts_are_the_points_of_the_answers_box_which_covers_the_box_asked_for(places, box, zoom):
    found = pyramid_of(places).clusters(box, zoom)
    lon, lat = np.array(places).T
    assert found.count.sum() == inside(found.box, lon, lat).sum()
    assert found.count.sum() >= inside(box, lon, lat).sum()
    edge = 1e-9
    assert found.box.west <= box.west + edge
    assert found.box.east >= box.east - edge
    assert found.box.south <= box.south + edge
    assert found.box.north >= box.north - edge


@given(points, st.integers(0, MAX_ZOOM))
def test_a_single_point_is_named_and_stands_where_it_is(places, zoom):
    found = pyramid_of(places).clusters(WHOLE, zoom)
    for lon, lat, count, single in zip(found.lon, found.lat, found.count, found.single, strict=True):
        assert (single >= 0) == (count == 1)
        if count == 1:
            assert (lon, lat) == pytest.approx(places[single], abs=1e-9)


def test_a_bubble_stands_in_the_middle_of_its_points():
    found = pyramid_of([(121.40, 31.20), (121.44, 31.20)]).clusters(WHOLE, 0)
    assert found.count.tolist() == [2]
    assert (found.lon[0], found.lat[0]) == pytest.approx((121.42, 31.20))


def test_nearer_views_never_have_fewer_bubbles(city_points):
    pyramid = ClusterPyramid(*city_points)
    numbers = [len(pyramid.clusters(WHOLE, zoom, limit=10_000).count) for zoom in range(MAX_ZOOM + 1)]
    assert numbers == sorted(numbers)
    assert numbers[0] == 1
    assert numbers[-1] > 1500


def test_an_answer_never_has_more_bubbles_than_its_limit(city_points):
    pyramid = ClusterPyramid(*city_points)
    for limit in (LIMIT, 20, 1):
        found = pyramid.clusters(WHOLE, MAX_ZOOM, limit)
        assert len(found.count) <= limit
        assert found.count.sum() == len(pyramid) == 1600


def test_a_moved_view_keeps_its_bubbles(city_points):
    pyramid = ClusterPyramid(*city_points)
    here, moved = Box(121.40, 31.15, 121.55, 31.30), Box(121.41, 31.16, 121.56, 31.31)
    first, second = (pyramid.clusters(box, 12) for box in (here, moved))
    shared = Box(max(first.box.west, second.box.west), max(first.box.south, second.box.south),
                 min(first.box.east, second.box.east), min(first.box.north, second.box.north))
    kept = [{(lon, lat) for lon, lat in zip(found.lon, found.lat, strict=True) if shared.holds(lon, lat)}
            for found in (first, second)]
    assert kept[0] == kept[1] != set()


def test_points_on_one_spot_stay_together_at_every_zoom():
    pyramid = pyramid_of([(121.4737, 31.2304)] * 7)
    assert [pyramid.clusters(WHOLE, zoom).count.tolist() for zoom in range(MAX_ZOOM + 1)] == [[7]] * (MAX_ZOOM + 1)


def test_a_city_without_points_has_no_bubbles():
    pyramid = ClusterPyramid(np.empty(0), np.empty(0))
    assert len(pyramid) == 0
    assert pyramid.clusters(Box(121, 31, 122, 32), 12).count.tolist() == []
