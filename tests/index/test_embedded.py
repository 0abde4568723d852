"""What is particular to the embedded engine: parts on disk, killed writers, damage, many vectors."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from index import IndexUnavailable, neighbours, open_index, writing
from index.queries import Query
from index.storage import CURRENT, PARTS, read_manifest


@pytest.fixture
def url(tmp_path):
    return f"embedded:{tmp_path / 'index'}"


def firms(firm, count, prefix="n"):
    return [firm(f"{prefix}{number}", f"上海第{number}号猎头有限公司") for number in range(count)]


def test_a_batch_becomes_a_part_of_its_own_and_the_first_part_stays_as_it_was(tmp_path, filled, firm):
    folder = tmp_path / "index"
    first = read_manifest(folder).parts[0]
    filled.put([firm("new", "上海新来有限公司")])
    parts = read_manifest(folder).parts
    assert parts[0] == first
    assert [part.rows for part in parts] == [8, 1]


def test_small_parts_are_joined_and_nothing_is_lost(tmp_path, filled, firm):
    filled.set_vectors({"a": np.array([1, 0], np.float32)})
    for number in range(30):
        filled.put([firm("a", f"上海橘子第{number}有限公司", version=number + 2),
                    firm(f"x{number}", f"上海新{number}有限公司")])
    assert len(read_manifest(tmp_path / "index").parts) <= writing.MOST_PARTS
    assert filled.status().documents == 8 + 30
    assert [hit.title for hit in filled.search(Query("橘子")).hits] == ["上海橘子第29有限公司"]
    assert filled.status().vectors == 1


def test_what_nobody_uses_any_more_goes(tmp_path, filled, firm):
    for _ in range(5):
        filled.rebuild(firms(firm, 3))
    assert len(list((tmp_path / "index" / PARTS).iterdir())) == 2  # the live part, and the one before


WRITER = """
import sys
from pathlib import Path
from index import open_index
from index.documents import Document
from index.vocabulary import load_search_vocabulary

def documents():
    for number in range(100_000):
        if number == 2_000:
            print("half", flush=True)
        yield Document(f"k{number}", "institution", 1, f"name {number}", {"name": (f"name {number}",)})

open_index(sys.argv[1], load_search_vocabulary(Path("data"))).rebuild(documents())
"""


def test_a_killed_writer_leaves_the_old_index_whole_and_the_next_one_cleans_up(url, tmp_path, filled, firm, vocabulary):
    with subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
    assert open_index(url, vocabulary).status().documents == 8
    filled.rebuild(firms(firm, 3))
    filled.rebuild(firms(firm, 3))
    assert len(list((tmp_path / "index" / PARTS).iterdir())) == 2


def test_readers_go_on_while_a_writer_works_and_see_the_new_index_without_a_restart(url, filled, firm, vocabulary):
    reader = open_index(url, vocabulary)
    assert reader.count(Query()) == 8

    def slowly():
        for document in firms(firm, 5):
            assert reader.count(Query()) == 8
            yield document

    filled.rebuild(slowly())
    assert reader.count(Query()) == 5


def test_two_writers_wait_for_each_other(url, filled):
    process = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "half\n"
        os.kill(process.pid, signal.SIGSTOP)
        other = subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        assert other.poll() is None
        other.kill()
        other.communicate()
    finally:
        process.kill()
        process.communicate()
    assert filled.status().documents == 8


@pytest.mark.parametrize("name", ["documents.jsonl", "columns.json", "columns.npy", "offsets.npy"])
def test_a_damaged_part_says_so_and_a_rebuild_heals_it(url, tmp_path, filled, request, vocabulary, name):
    part = tmp_path / "index" / PARTS / read_manifest(tmp_path / "index").parts[0].folder
    (part / name).write_bytes(b"{")
    broken = open_index(url, vocabulary)
    with pytest.raises(IndexUnavailable, match=r"damaged.*caitu index rebuild"):
        broken.search(Query("猎头"))
    with pytest.raises(IndexUnavailable, match="damaged"):
        broken.put(request.getfixturevalue("firms")[:1])
    broken.rebuild(request.getfixturevalue("firms"))
    assert broken.count(Query()) == 8


def test_a_damaged_list_of_parts_says_so(url, tmp_path, filled, vocabulary):
    (tmp_path / "index" / CURRENT).write_text("20260101T000000-1")
    with pytest.raises(IndexUnavailable, match="caitu index rebuild"):
        open_index(url, vocabulary).status()


def test_above_some_tens_of_thousands_the_nearest_are_found_by_cells(tmp_path, monkeypatch):
    monkeypatch.setattr(neighbours, "FLAT_MOST", 1_000)
    random = np.random.default_rng(1)
    vectors = random.normal(size=(5_000, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    neighbours.write_vectors(tmp_path / "v", dict(enumerate(vectors)), "")
    opened = neighbours.Neighbours(tmp_path / "v")
    assert (tmp_path / "v" / neighbours.CELLS).exists()
    shares = []
    for question in vectors[:20]:
        rows, cosines = opened.nearest(question, 50)
        exact = np.argsort(-(vectors @ question))[:50]
        shares.append(len(set(rows.tolist()) & set(exact.tolist())) / 50)
        assert cosines.max() == pytest.approx(1, abs=2e-3)
    assert np.mean(shares) > 0.9


def test_frequent_words_of_the_trade_are_written_down_and_give_the_same_rows(tmp_path, vocabulary, firm, monkeypatch):
    from index import phrases

    monkeypatch.setattr(phrases, "OFTEN", 20)
    monkeypatch.setattr(phrases, "LARGE", 50)
    index = open_index(f"embedded:{tmp_path / 'many'}", vocabulary)
    index.rebuild(firms(firm, 50))
    segment = index._open().segment
    assert "name\t猎头" in segment.parts[0].phrases._often
    assert segment.phrase("name", "猎头").tolist() == list(range(50))
    assert index.count(Query("猎头")) == 50
