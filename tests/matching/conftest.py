"""Firms and orders of the sample data, judged with the small test encoder."""

import json
from pathlib import Path

import pytest

from matching.encoders import EncoderVectors, open_encoder
from matching.files import demand_of, profile_of
from matching.ranking import Matcher
from matching.vocabulary import load_vocabulary
from matching.weights import load_weights

DATA = Path(__file__).resolve().parents[2] / "data"


def lines(name):
    return [json.loads(line) for line in (DATA / "sample" / name).read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def vocabulary():
    return load_vocabulary(DATA)


@pytest.fixture(scope="session")
def firms():
    return [profile_of(row) for row in lines("institutions.jsonl")]


@pytest.fixture(scope="session")
def orders():
    return {row["id"]: demand_of(row) for row in lines("orders.jsonl")}


@pytest.fixture(scope="session")
def matcher(vocabulary):
    return Matcher(vocabulary, load_weights(DATA), EncoderVectors(open_encoder("test", Path("unused"))))


@pytest.fixture(scope="session")
def pool(matcher, firms):
    return matcher.pool(firms)
