"""Datums: published pairs, and there and back without a visible step."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coordinates import bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, to_wgs84, wgs84_to_gcj02

METRES_A_DEGREE = 111_320
lons, lats = st.floats(120.5, 122.5), st.floats(30.5, 32.0)


def metres(a, b):
    east = (a[0] - b[0]) * math.cos(math.radians(a[1]))
    return math.hypot(east, a[1] - b[1]) * METRES_A_DEGREE


@pytest.mark.parametrize(("wgs", "gcj"), [  # the pairs that eviltransform is tested with
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
])
def test_known_places_are_shifted_as_published(wgs, gcj):
    assert metres(wgs84_to_gcj02(*wgs), gcj) < 0.01
    assert metres(gcj02_to_wgs84(*gcj), wgs) < 0.01


@pytest.mark.parametrize(("convert", "there"), [  # the values in coordtransform's README, for 116.404, 39.915
    (gcj02_to_bd09, (116.41036949371029, 39.92133699351021)),
    (bd09_to_gcj02, (116.39762729119315, 39.90865673957631)),
    (wgs84_to_gcj02, (116.41024449916938, 39.91640428150164)),
    (gcj02_to_wgs84, (116.39775550083061, 39.91359571849836)),
])
def test_tiananmen_moves_as_the_common_converters_move_it(convert, there):
    """Their inverses are closed forms, which are themselves off by a metre or two."""
    assert metres(convert(116.404, 39.915), there) < (2.5 if convert in (bd09_to_gcj02, gcj02_to_wgs84) else 0.01)


def test_people_square_read_off_a_chinese_map_moves_back_by_half_a_kilometre():
    amap = (121.4737, 31.2304)
    there = to_wgs84(*amap, "GCJ-02")
    assert 400 < metres(there, amap) < 600
    assert there[0] < amap[0]
    assert there[1] > amap[1]


@given(lons, lats)
def test_there_and_back_is_the_same_place(lon, lat):
    assert metres(gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)), (lon, lat)) < 1e-3
    assert metres(bd09_to_gcj02(*gcj02_to_bd09(lon, lat)), (lon, lat)) < 1e-3
    assert metres(to_wgs84(*gcj02_to_bd09(*wgs84_to_gcj02(lon, lat)), "BD-09"), (lon, lat)) < 1e-3


@given(lons, lats)
def test_what_is_wgs84_already_stays(lon, lat):
    assert to_wgs84(lon, lat, "WGS-84") == (lon, lat)


@pytest.mark.parametrize("abroad", [(2.35, 48.86), (139.7, 35.7), (-74.0, 40.7)])
def test_nothing_is_shifted_abroad(abroad):
    assert wgs84_to_gcj02(*abroad) == abroad


def test_an_unknown_datum_is_refused():
    with pytest.raises(ValueError, match="CGCS2000"):
        to_wgs84(121, 31, "CGCS2000")
