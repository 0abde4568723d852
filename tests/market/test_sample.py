"""The generator of fictitious rows: the same for a seed, believable, and nothing that loading refuses."""

import json
from collections import Counter
from datetime import date

import pytest

from geo.locate import locator
from market.imports.load import load
from market.imports.sample import SampleSize, make_sample
from market.institutions.rules import code_fault
from market.models import Institution
from market.profiles import profile_of

SIZE = SampleSize(institutions=600, orders=120, seed=7)


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def paths(tmp_path_factory, data_dir, place):
    return make_sample(SIZE, tmp_path_factory.mktemp("sample"), data_dir, place)


@pytest.fixture(scope="module")
def firms(paths):
    return read(paths[0])


@pytest.fixture(scope="module")
def orders(paths):
    return read(paths[1])


def test_the_same_seed_gives_the_same_bytes(paths, tmp_path, data_dir, place):
    again = make_sample(SIZE, tmp_path, data_dir, place)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in paths]


def test_another_seed_gives_other_firms(firms, tmp_path, data_dir, place):
    other = read(make_sample(SampleSize(50, 0, 8), tmp_path, data_dir, place)[0])
    assert [row["profile"] for row in other] != [row["profile"] for row in firms[:50]]


def test_a_larger_sample_begins_with_the_smaller(paths, tmp_path, data_dir, place):
    small = make_sample(SampleSize(30, 20, 7), tmp_path, data_dir, place)
    for part, whole in zip(small, paths, strict=True):
        assert whole.read_bytes().startswith(part.read_bytes())


def test_ids_names_and_codes_are_each_there_once_and_none_is_a_hand_written_one(firms, orders, sample_rows):
    written = sample_rows["institutions.jsonl"]
    for rows in ([*firms, *written], [*orders, *sample_rows["orders.jsonl"]]):
        assert len({row["id"] for row in rows}) == len(rows)
    assert len({row["name"] for row in [*firms, *written]}) == len(firms) + len(written)
    assert len({row["unified_code"] for row in firms}) == len(firms)


def test_codes_are_right_and_fictitious(firms):
    assert {code_fault(row["unified_code"]) for row in firms} == {""}
    assert {row["unified_code"][2:8] for row in firms} == {"000000"}


def test_every_point_lies_in_its_district(firms, data_dir):
    where = locator(data_dir)
    assert [row["id"] for row in firms if where.district_of(row["lon"], row["lat"]) != row["district"]] == []


def test_every_row_says_that_it_is_fictitious(firms, orders):
    assert all(row["fictitious"] for row in [*firms, *orders])
    assert all(row["enterprise"].endswith("(虚构)") for row in orders)


def test_profiles_are_rarely_alike(firms):
    assert len({row["profile"] for row in firms}) > 0.99 * len(firms)
    texts = [text for row in firms for text in (row["profile"], row["name"], *row["track_record"])]
    assert not any("{" in text or "}" in text for text in texts)


def test_orders_leave_no_gap_in_their_sentences(orders):
    assert not any("{" in row[field] or "}" in row[field] for row in orders for field in ("title", "description"))
    assert len({row["description"] for row in orders}) > 0.95 * len(orders)


def test_dispatch_usually_goes_with_its_licence(firms):
    dispatching = [row for row in firms if "劳务派遣" in row["services"]]
    held = sum(bool(row["licences"]["劳务派遣许可"]) for row in dispatching)
    assert 0.8 * len(dispatching) < held < len(dispatching)


def test_grades_and_districts_are_in_believable_proportions(firms):
    grades, places = Counter(row["credit_grade"] for row in firms), Counter(row["district"] for row in firms)
    assert [grade for grade, _ in grades.most_common()] == ["B", "A", "C", "D"]
    assert len(places) == 16
    assert places.most_common(1)[0][0] == "浦东新区"
    assert places["崇明区"] < places["静安区"]


def test_a_firm_of_a_park_sits_in_a_district_where_the_park_has_a_house(firms, data_dir):
    allowed = json.loads((data_dir / "sample/words.json").read_text(encoding="utf-8"))["parks"]
    assert all(row["park"] == "none" or row["park"] in allowed[row["district"]] for row in firms)
    assert 0.05 < sum(row["park"] != "none" for row in firms) / len(firms) < 0.4


def test_the_three_key_industries_come_first(orders):
    key = Counter(row["industry"] for row in orders).most_common(3)
    assert {industry for industry, _ in key} == {"集成电路", "生物医药", "人工智能"}


def test_what_stands_only_in_the_text_is_said_there(orders):
    hidden = [row for row in orders if row["constraints_in_text_only"]]
    assert hidden
    assert all(row["constraints"] == {} and "信用" in row["description"] for row in hidden)
    assert all(row["district"] in row["constraints"]["must_cover"] for row in orders if row not in hidden)


def test_words_are_those_of_the_taxonomy(firms, orders, data_dir):
    def column(name, field):
        lines = (data_dir / "taxonomy" / name).read_text(encoding="utf-8").splitlines()
        place = lines[0].split(",").index(field)
        return {line.split(",")[place] for line in lines[1:]}

    assert {name for row in firms for name in row["services"]} == column("service_rules.csv", "service")
    assert {name for row in firms for name in row["industries"]} <= column("industries.csv", "name_zh") | {"综合(不限行业)"}
    assert {row["industry"] for row in orders} <= column("industries.csv", "name_zh")


def test_all_of_it_loads_beside_what_ships(database, paths, data_dir, plan):
    load(database, [data_dir / "taxonomy", data_dir / "reference/parks.csv", data_dir / "sample"], plan)
    reports = load(database, paths, plan)
    assert [(r.added, r.refused, r.failed) for r in reports] == [(600, [], ""), (120, [], "")]


def test_some_licences_have_ended_and_do_not_count(database, paths, data_dir, plan):
    load(database, [data_dir / "taxonomy", data_dir / "reference/parks.csv", paths[0]], plan)
    with database.read() as session:
        ended = [row for row in session.query(Institution) if len(row.held(plan.today)) < len(row.licences)]
        assert 0 < len(ended) < 0.1 * SIZE.institutions
        for row in ended:
            assert "到期" in row.profile
            assert profile_of(row, plan.today).licences < profile_of(row, date(2020, 1, 1)).licences | {
                licence.name for licence in row.licences}


def test_the_writer_tells_how_far_it_is(tmp_path, data_dir, place):
    seen = []
    make_sample(SampleSize(600, 3, 7, lambda done, total: seen.append((done, total))), tmp_path, data_dir, place)
    assert seen == [(500, 600), (600, 600), (3, 3)]
