"""Views: bubbles that do not hide each other, and labels that lie on nothing."""

from itertools import combinations

import pytest

from geo.clusters import LIMIT, Box, ClusterPyramid
from geo.districts import CENTRE_NAME, DISTRICTS
from geo.labels import LETTER_PX, LINE_PX, radius_px
from geo.projection import pixels_per_world, world_point
from geo.svg import CITY
from geo.views import SMALL_ZOOM, view_of

COUNTS = {district.name: 100 for district in DISTRICTS}


@pytest.fixture(scope="module")
def pyramid(city_points):
    return ClusterPyramid(*city_points)


def pixels(zoom, lon, lat):
    x, y = world_point(lon, lat)
    scale = pixels_per_world(zoom)
    return x * scale, y * scale


def box_of(label, zoom):
    x, y = pixels(zoom, label.lon, label.lat)
    half = len(label.text) * LETTER_PX / 2
    return x - half, y - LINE_PX / 2, x + half, y + LINE_PX / 2


def overlap(a, b):
    return max(min(a[2], b[2]) - max(a[0], b[0]), 0) * max(min(a[3], b[3]) - max(a[1], b[1]), 0)


@pytest.mark.parametrize("zoom", [8.0, 8.4, 9.0, 9.2, 9.6, 10.0, 10.5, 11.0, 12.0, 13.0])
def test_no_label_lies_on_another(pyramid, zoom):
    labels = view_of(pyramid, COUNTS, CITY, zoom).labels
    clashes = [(a.text, b.text) for a, b in combinations(labels, 2) if overlap(box_of(a, zoom), box_of(b, zoom)) > 1]
    assert clashes == []


@pytest.mark.parametrize("zoom", [10.0, 11.0, 12.0])
def test_labels_keep_off_the_bubbles_where_there_is_room(pyramid, zoom):
    view = view_of(pyramid, COUNTS, CITY, zoom)
    covered = 0.0
    for label in view.labels:
        for bubble in view.bubbles:
            x, y = pixels(zoom, bubble.lon, bubble.lat)
            square = (x - bubble.radius, y - bubble.radius, x + bubble.radius, y + bubble.radius)
            covered += overlap(box_of(label, zoom), square)
    words = sum(len(label.text) * LETTER_PX * LINE_PX for label in view.labels)
    assert covered < 0.1 * words


@pytest.mark.parametrize("zoom", [9.2, 10.0, 11.0, 12.0])
def test_the_bubbles_of_a_view_count_every_point_once(pyramid, zoom):
    view = view_of(pyramid, COUNTS, CITY, zoom)
    assert sum(bubble.count for bubble in view.bubbles) == len(pyramid)
    assert len(view.bubbles) <= LIMIT


def test_bubbles_stand_apart(pyramid):
    view = view_of(pyramid, COUNTS, CITY, 10.0)
    places = [(*pixels(10.0, bubble.lon, bubble.lat), bubble) for bubble in view.bubbles if bubble.count > 1]
    deep = [
        (a.count, b.count) for (ax, ay, a), (bx, by, b) in combinations(places, 2)
        if ((ax - bx) ** 2 + (ay - by) ** 2) ** 0.5 < 0.8 * (a.radius + b.radius)
    ]
    assert deep == []


def test_a_single_firm_stands_where_it_is_however_full_its_neighbourhood(city_points):
    pyramid = ClusterPyramid(*city_points)
    lon, lat = city_points
    for bubble in view_of(pyramid, COUNTS, CITY, 13.0).bubbles:
        assert (bubble.point >= 0) == (bubble.count == 1)
        if bubble.count == 1:
            assert (bubble.lon, bubble.lat) == pytest.approx((lon[bubble.point], lat[bubble.point]), abs=1e-6)


def test_a_small_map_has_one_bubble_a_district_and_one_for_the_centre(pyramid):
    view = view_of(pyramid, COUNTS, CITY, SMALL_ZOOM - 0.1)
    assert len(view.bubbles) == 10
    assert sum(bubble.count for bubble in view.bubbles) == 1600
    assert [bubble.count for bubble in view.bubbles if not bubble.district] == [700]
    assert CENTRE_NAME in {label.text for label in view.labels}


def test_a_small_map_counts_firms_without_a_place_too(pyramid):
    """Its numbers are those of the districts, not of the points."""
    view = view_of(pyramid, {"崇明区": 3}, CITY, 8.0)
    assert [(bubble.district, bubble.count) for bubble in view.bubbles] == [("崇明区", 3)]
    assert len(view.labels) == 10


def test_a_bubble_grows_with_its_count_and_stops_growing():
    sizes = [radius_px(count) for count in (0, 1, 2, 10, 50, 100, 10**6)]
    assert sizes == sorted(sizes)
    assert (sizes[1], sizes[-1]) == (10, 22)


def test_only_labels_of_the_view_are_placed(pyramid):
    texts = {label.text for label in view_of(pyramid, COUNTS, Box(121.48, 31.68, 121.52, 31.70), 13.0).labels}
    assert texts == {"崇明"}
