"""Outlines, a locator and a city full of points, read once."""

from pathlib import Path
from random import Random

import numpy as np
import pytest

from geo.boundaries import read_outlines
from geo.districts import DISTRICTS
from geo.locate import locator

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="session")
def data_dir():
    return DATA


@pytest.fixture(scope="session")
def outlines():
    return read_outlines(DATA, "200m")


@pytest.fixture(scope="session")
def where():
    return locator(DATA)


@pytest.fixture(scope="session")
def city_points(where):
    """1,600 places (lon, lat), a hundred in each district."""
    rng = Random(5)
    places = [where.random_point(district.name, rng) for district in DISTRICTS for _ in range(100)]
    return np.array([lon for lon, _ in places]), np.array([lat for _, lat in places])
