"""Converts between the datums that Chinese maps use: WGS-84 (GPS), GCJ-02 (Amap, Tencent), BD-09 (Baidu).

GCJ-02 is published by no authority. The formulas are those of the open re-implementations that all agree
(eviltransform, coordtransform, gcoord): an ellipsoid of Krasovsky 1940 and a sum of sines.
"""

from __future__ import annotations

import math
from typing import Literal

Datum = Literal["WGS-84", "GCJ-02", "BD-09"]
DATUMS: tuple[Datum, ...] = ("WGS-84", "GCJ-02", "BD-09")

_AXIS_M = 6378245.0  # semi-major axis of Krasovsky 1940
_FLATNESS = 0.00669342162296594323  # its first eccentricity squared
_BAIDU_PI = math.pi * 3000.0 / 180.0
_BAIDU_LON, _BAIDU_LAT = 0.0065, 0.006
_MAINLAND = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north: outside nothing is shifted
_ROUNDS = 6  # three bring the inverse to 3e-5 m; the rest is for the edges of the mainland


def _is_shifted(lon: float, lat: float) -> bool:
    west, south, east, north = _MAINLAND
    return west <= lon <= east and south <= lat <= north


def _ripple(t: float, *terms: tuple[float, float]) -> float:
    return sum(weight * math.sin(t * frequency * math.pi) for weight, frequency in terms) * 2.0 / 3.0


def _shift(lon: float, lat: float) -> tuple[float, float]:
    """The offset of GCJ-02 from WGS-84 at a place, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root, fine = math.sqrt(abs(x)), _ripple(x, (20.0, 6.0), (20.0, 2.0))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += fine + _ripple(y, (20.0, 1.0), (40.0, 1 / 3)) + _ripple(y, (160.0, 1 / 12), (320.0, 1 / 30))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += fine + _ripple(x, (20.0, 1.0), (40.0, 1 / 3)) + _ripple(x, (150.0, 1 / 12), (300.0, 1 / 30))
    sine = math.sin(math.radians(lat))
    bend = 1 - _FLATNESS * sine * sine
    metres_north = _AXIS_M * (1 - _FLATNESS) / (bend * math.sqrt(bend))
    metres_east = _AXIS_M / math.sqrt(bend) * math.cos(math.radians(lat))
    return math.degrees(east / metres_east), math.degrees(north / metres_north)


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """WGS-84 degrees -> GCJ-02 degrees; outside the mainland's rectangle nothing changes."""
    if not _is_shifted(lon, lat):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 degrees -> WGS-84 degrees, by fixed-point iteration: the shift has no closed inverse."""
    guess_lon, guess_lat = lon, lat
    for _ in range(_ROUNDS):
        there_lon, there_lat = wgs84_to_gcj02(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - there_lon, guess_lat + lat - there_lat
    return guess_lon, guess_lat


def gcj02_to_bd09(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 degrees -> BD-09 degrees."""
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * _BAIDU_PI)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * _BAIDU_PI)
    return radius * math.cos(angle) + _BAIDU_LON, radius * math.sin(angle) + _BAIDU_LAT


def bd09_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """BD-09 degrees -> GCJ-02 degrees, by iteration as well: the usual closed form is off by up to a metre."""
    guess_lon, guess_lat = lon - _BAIDU_LON, lat - _BAIDU_LAT
    for _ in range(_ROUNDS):
        there_lon, there_lat = gcj02_to_bd09(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon + lon - there_lon, guess_lat + lat - there_lat
    return guess_lon, guess_lat


def to_wgs84(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """Degrees in any datum -> WGS-84 degrees, which is what the product stores; ValueError for another datum."""
    if datum == "WGS-84":
        return lon, lat
    if datum == "GCJ-02":
        return gcj02_to_wgs84(lon, lat)
    if datum == "BD-09":
        return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))
    raise ValueError(f"unknown datum {datum!r}; one of {', '.join(DATUMS)}")
