"""In which district a place lies, and places for fictitious firms."""

from random import Random

import pytest

from geo.boundaries import Outline, feature_collection, read_outlines
from geo.districts import DISTRICTS, district_named
from geo.locate import Locator, read_centres


@pytest.mark.parametrize(("lon", "lat", "district"), [
    (121.4692, 31.2325, "黄浦区"),  # People's Square
    (121.4954, 31.2422, "浦东新区"),  # Oriental Pearl Tower, across the river from the Bund
    (121.4857, 31.2397, "黄浦区"),  # the Bund
    (121.4340, 31.1955, "徐汇区"),  # Xujiahui
    (121.5090, 31.3010, "杨浦区"),  # Wujiaochang
    (121.3200, 31.1940, "闵行区"),  # Hongqiao railway station
    (121.2250, 31.0310, "松江区"),  # Songjiang new town
    (121.7900, 31.1500, "浦东新区"),  # Pudong airport
    (121.3970, 31.6270, "崇明区"),  # Chongming's main town
])
def test_landmarks_lie_in_their_districts(where, lon, lat, district):
    assert where.district_of(lon, lat) == district


@pytest.mark.parametrize(("lon", "lat"), [(120.62, 31.31), (116.40, 39.90), (0.0, 0.0)])
def test_places_outside_the_city_lie_in_no_district(where, lon, lat):
    assert where.district_of(lon, lat) is None


@pytest.mark.parametrize("district", [district.name for district in DISTRICTS])
def test_each_drawn_place_lies_in_the_district_asked_for(where, district):
    rng = Random(district)
    places = [where.random_point(district, rng) for _ in range(200)]
    assert {where.district_of(*place) for place in places} == {district}
    assert len(set(places)) > 150


def test_the_same_seed_draws_the_same_places(where):
    draws = [[where.random_point("静安区", rng) for _ in range(20)] for rng in (Random(3), Random(3), Random(4))]
    assert draws[0] == draws[1] != draws[2]


def test_an_unknown_district_has_no_place(where):
    with pytest.raises(KeyError):
        where.random_point("苏州市", Random(1))


def test_a_border_belongs_to_the_district_of_the_smaller_code():
    from shapely import box

    west, east = box(121, 31, 121.5, 31.5), box(121.5, 31, 122, 31.5)
    here = Locator([Outline("310101", "西", west), Outline("310104", "东", east)], {})
    assert [here.district_of(lon, 31.2) for lon in (121.4, 121.5, 121.6)] == ["西", "西", "东"]


def test_a_district_without_a_known_town_still_has_a_place():
    from shapely import box

    here = Locator([Outline("310101", "西", box(121, 31, 121.01, 31.01))], {"西": [(120.0, 30.0)]})
    assert here.district_of(*here.random_point("西", Random(1))) == "西"


def test_every_district_has_centres_and_an_anchor_for_its_label(where, data_dir):
    centres = read_centres(data_dir)
    for district in DISTRICTS:
        assert centres[district.name]
        assert where.district_of(*district.label) == district.name
        assert where.district_of(*district.phone_label) == district.name


def test_a_district_answers_to_full_and_short_name_and_code():
    assert {district_named(name).code for name in ("浦东新区", "浦东", "浦东区", " 310115 ")} == {"310115"}
    assert district_named("苏州") is None


@pytest.mark.parametrize("detail", ["200m", "60m"])
def test_the_outlines_are_the_sixteen_districts_and_do_not_overlap(data_dir, detail):
    outlines = read_outlines(data_dir, detail)
    assert [(o.code, o.name) for o in outlines] == [(d.code, d.name) for d in DISTRICTS]
    assert all(o.geometry.is_valid for o in outlines)
    whole = sum(o.geometry.area for o in outlines)
    shared = sum(a.geometry.intersection(b.geometry).area for i, a in enumerate(outlines) for b in outlines[:i])
    assert shared < 1e-6 * whole


def test_rounded_outlines_keep_closed_rings(outlines):
    collection = feature_collection(outlines, 4)
    assert len(collection["features"]) == 16
    for feature in collection["features"]:
        for polygon in feature["geometry"]["coordinates"]:
            assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in polygon)


def test_missing_boundaries_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="districts_60m"):
        read_outlines(tmp_path, "60m")
