"""Vectors are kept under the encoder's name and the text: nothing is encoded twice."""

import numpy as np
import pytest
from sqlalchemy import func, select

from market import vectors
from market.vectors import TextVector

NAME = "test-encoder"


class Counting:
    """An encoder that remembers what it was given."""

    def __init__(self):
        self.seen = []

    def __call__(self, texts):
        self.seen += texts
        return np.array([[len(text), ord(text[0]) / 1000, 1] for text in texts], np.float32)


def fill(database, texts, encode, name=NAME, role="passage"):
    return list(vectors.fill(database, name, role, texts, encode))


def count(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(TextVector))


def test_each_text_is_encoded_once_however_often_it_is_asked_for(database):
    encode, texts = Counting(), ["芯片", "医药", "芯片"]
    assert fill(database, texts, encode) == [0, 2]
    assert fill(database, [*texts, "算法"], encode) == [2, 3]
    assert sorted(encode.seen) == ["医药", "算法", "芯片"]
    assert count(database) == 3


def test_another_encoder_and_another_role_have_vectors_of_their_own(database):
    for name, role in ((NAME, "passage"), (NAME, "query"), ("other", "passage")):
        fill(database, ["芯片"], Counting(), name, role)
    assert count(database) == 3


def test_a_kept_vector_comes_back_to_half_precision(database):
    encode = Counting()
    fill(database, ["芯片"], encode)
    with database.read() as session:
        found = vectors.stored(session, NAME, "passage", ["芯片", "医药"])
    assert list(found) == ["芯片"]
    assert found["芯片"].dtype == np.float32
    np.testing.assert_allclose(found["芯片"], encode(["芯片"])[0], rtol=1e-3)


def test_saving_again_keeps_the_first_vector(database):
    for value in (1.0, 2.0):
        with database.write() as session:
            vectors.save(session, NAME, "passage", {"芯片": np.full(3, value, np.float32)})
    with database.read() as session:
        assert vectors.stored(session, NAME, "passage", ["芯片"])["芯片"].tolist() == [1.0, 1.0, 1.0]


def test_an_interrupted_fill_goes_on_where_it_stopped(database):
    texts, encode = [f"{number:04d}" for number in range(200)], Counting()
    steps = vectors.fill(database, NAME, "passage", texts, encode)
    assert [next(steps), next(steps)] == [0, 64]
    steps.close()
    assert count(database) == 64
    assert fill(database, texts, encode)[0] == 64
    assert len(encode.seen) == len(set(encode.seen)) == 200


def test_more_texts_than_one_question_holds_are_all_looked_up(database):
    texts = [f"{number:04d}" for number in range(1100)]
    with database.write() as session:
        vectors.save(session, NAME, "passage", {text: np.ones(2, np.float32) for text in texts})
    with database.read() as session:
        assert len(vectors.stored(session, NAME, "passage", texts)) == 1100
        assert vectors.missing(session, NAME, "passage", [*texts, "new"]) == ["new"]


def test_an_encoder_that_gives_too_few_vectors_is_found_out(database):
    with pytest.raises(ValueError, match="zip"):
        fill(database, ["芯片", "医药"], lambda texts: np.ones((1, 3), np.float32))
    assert count(database) == 0
