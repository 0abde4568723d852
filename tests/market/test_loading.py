"""Loading: each row once, each file whole or not at all, each refusal named."""

import json
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from market import outbox
from market.accounts.models import Person
from market.clock import now
from market.errors import InvalidInput
from market.imports.load import files_in, load, load_file
from market.institutions.models import Institution, Licence
from market.institutions.rules import sample_code
from market.models import Table
from market.notices.models import Follow, Notice
from market.orders.models import Enterprise, Order
from market.outbox import OutboxNote
from market.parks.models import Park
from market.vocabulary import service_names, service_wordings

FIRM = {"id": "T1", "name": "上海试验人才有限公司", "fictitious": True, "district": "静安区", "services": ["培训"]}
ORDER = {"id": "O1", "title": "招人", "fictitious": True, "district": "静安区", "deadline_days": 30, "headcount": 2,
         "enterprise": "上海试验厂(虚构)"}


def rows_of(database, table):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def content(database):
    """Every value of every table but the outbox."""
    with database.read() as session:
        return {table.name: sorted(map(repr, session.execute(select(table)).all()))
                for table in Table.metadata.sorted_tables if table.name != "outbox"}


def test_everything_that_ships_loads_without_a_refusal(database, data_dir, plan):
    reports = load(database, [data_dir / name for name in ("sample", "reference", "taxonomy")], plan)
    assert [(r.name, r.refused, r.failed) for r in reports if r.refused or r.failed] == []
    assert sum(report.added for report in reports) == sum(report.read for report in reports)
    assert rows_of(database, Institution) == 190


def test_a_second_load_changes_nothing_and_tells_the_index_nothing(database, data_dir, plan):
    paths = [data_dir / name for name in ("taxonomy", "reference", "sample")]
    load(database, paths, plan)
    before, notes = content(database), rows_of(database, OutboxNote)
    again = load(database, paths, replace(plan, today=date(2027, 3, 1)))
    assert [(r.added, r.changed, r.unchanged == r.read) for r in again] == [(0, 0, True)] * len(again)
    assert content(database) == before
    assert rows_of(database, OutboxNote) == notes


def test_files_are_loaded_after_those_that_they_refer_to(data_dir):
    names = [path.name for path in files_in([data_dir / "sample", data_dir / "reference", data_dir / "taxonomy"])]
    assert names.index("districts.csv") < names.index("parks.csv") < names.index("institutions.jsonl")


def test_a_changed_row_counts_as_changed_and_raises_its_version_once(grounded, plan, write_lines):
    load_file(grounded, write_lines("institutions.jsonl", [FIRM]), plan)
    changed = write_lines("institutions.jsonl", [{**FIRM, "services": ["培训", "校园招聘"]}])
    reports = [load_file(grounded, changed, plan), load_file(grounded, changed, plan)]
    assert [(r.added, r.changed, r.unchanged) for r in reports] == [(0, 1, 0), (0, 0, 1)]
    with grounded.read() as session:
        firm = session.get(Institution, "T1")
        assert (firm.version, firm.services) == (2, ["培训", "校园招聘"])


def test_a_licence_that_is_no_longer_held_goes(grounded, plan, write_lines):
    for held in (True, False):
        row = {**FIRM, "licences": {"人力资源服务许可": held, "备案": True}}
        load_file(grounded, write_lines("institutions.jsonl", [row]), plan)
    with grounded.read() as session:
        assert session.scalars(select(Licence.name)).all() == ["备案"]


def test_an_order_without_a_date_counts_from_the_day_of_its_first_load(grounded, plan, write_lines):
    path = write_lines("orders.jsonl", [ORDER])
    load_file(grounded, path, plan)
    load_file(grounded, path, replace(plan, today=date(2027, 1, 1)))
    with grounded.read() as session:
        order = session.get(Order, "O1")
        assert (order.published_on, order.deadline) == (plan.today, date(2026, 12, 25))


def test_orders_of_one_enterprise_share_it(grounded, plan, write_lines):
    load_file(grounded, write_lines("orders.jsonl", [ORDER, {**ORDER, "id": "O2"}]), plan)
    assert rows_of(grounded, Enterprise) == 1


@pytest.mark.parametrize("broken", ['{"id": "T3", ', '["T3"]'])
def test_a_file_with_a_broken_line_changes_nothing_and_names_the_line(grounded, plan, write_lines, broken):
    report = load_file(grounded, write_lines("institutions.jsonl", [FIRM, {**FIRM, "id": "T2"}, broken]), plan)
    assert report.failed.startswith("line 3")
    assert (report.read, report.added) == (0, 0)
    assert rows_of(grounded, Institution) == 0
    assert "nothing taken" in report.lines()[0]


def test_a_file_in_another_encoding_is_not_taken(grounded, plan, tmp_path):
    path = tmp_path / "institutions.jsonl"
    path.write_bytes('{"id": "T1", "name": "上海"}'.encode("gb18030"))
    assert "UTF-8" in load_file(grounded, path, plan).failed


def test_a_csv_file_with_a_row_too_long_is_not_taken(database, plan, tmp_path):
    path = tmp_path / "taxonomy" / "districts.csv"
    path.parent.mkdir()
    path.write_text("code,name_zh,short,name_en,land_area_km2\n1,a,b,c,2\n2,d,e,f,3,4\n", encoding="utf-8")
    assert load_file(database, path, plan).failed.startswith("line 3")
    assert rows_of(database, Table.metadata.tables["districts"]) == 0


def test_a_stopped_load_leaves_the_file_untouched(grounded, plan, write_lines):
    path = write_lines("institutions.jsonl", [{**FIRM, "id": f"T{number}"} for number in range(450)])
    seen = []

    def stop(name, read):
        seen.append((name, read))
        if read == 400:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_file(grounded, path, replace(plan, progress=stop))
    assert seen == [("institutions.jsonl", 200), ("institutions.jsonl", 400)]
    assert rows_of(grounded, Institution) == 0


@pytest.mark.parametrize(("wrong", "field", "reason"), [
    ({"fictitious": False}, "fictitious", "only fictitious"),
    ({"id": ""}, "id", "empty"),
    ({"name": None}, "name", "empty"),
    ({"name": 7}, "name", "no text"),
    ({"name": "上海\x00"}, "name", "broken character"),
    ({"profile": "半\ud83d"}, "profile", "broken character"),
    ({"services": "培训\x00"}, "services", "broken character"),
    ({"services": [1]}, "services", "list of texts"),
    ({"district": "苏州"}, "district", "no district"),
    ({"park": "月亮园"}, "park", "no known park"),
    ({"credit_grade": "E"}, "credit_grade", "none of A, B, C, D"),
    ({"capacity_per_quarter": -1}, "capacity_per_quarter", "negative"),
    ({"capacity_per_quarter": "many"}, "capacity_per_quarter", "no whole number"),
    ({"capacity_per_quarter": 10**12}, "capacity_per_quarter", "too large"),
    ({"unified_code": "910000000000000012"}, "unified_code", "check digit"),
    ({"unified_code": "91"}, "unified_code", "length"),
    ({"unified_code": "91000000000000001I"}, "unified_code", "characters"),
    ({"licences": ["备案"]}, "licences", "object"),
    ({"licences": {"驾照": True}}, "licences", "object"),
    ({"licences": {"备案": {"valid_from": "tomorrow"}}}, "valid_from", "2026-11-24"),
    ({"lon": "east", "lat": 31.2}, "lon", "degrees"),
    ({"lon": 121.4, "lat": None}, "lat", "degrees"),
    ({"lon": 100.0, "lat": 31.2}, "id", "breaks a rule of the database"),
])
def test_a_wrong_institution_is_refused_by_name_and_the_others_load(grounded, plan, write_lines, wrong, field, reason):
    rows = [{**FIRM, **wrong}, {**FIRM, "id": "T2"}]
    # Half a character cannot be written in UTF-8, but JSON can spell it.
    report = load_file(grounded, write_lines("institutions.jsonl", [json.dumps(row) for row in rows]), plan)
    assert [(r.line, r.field) for r in report.refused] == [(1, field)]
    assert reason in report.refused[0].reason
    assert f"line 1, {field}: " in report.lines()[1]
    assert (report.read, report.added) == (2, 1)
    assert rows_of(grounded, Institution) == 1


@pytest.mark.parametrize(("wrong", "field", "reason"), [
    ({"title": " "}, "title", "empty"),
    ({"deadline_days": None}, "deadline_days", "empty"),
    ({"deadline_days": 10**6}, "deadline_days", "ten years"),
    ({"published_on": "25.11.2026"}, "published_on", "no date"),
    ({"constraints": ["A"]}, "constraints", "object"),
    ({"district": "苏州"}, "district", "no district"),
    ({"headcount": 0}, "id", "breaks a rule of the database"),
])
def test_a_wrong_order_is_refused_by_name_and_leaves_no_enterprise(grounded, plan, write_lines, wrong, field, reason):
    good = {**ORDER, "id": "O2", "enterprise": "上海另一厂(虚构)"}
    report = load_file(grounded, write_lines("orders.jsonl", [{**ORDER, **wrong}, good]), plan)
    assert [(r.line, r.field) for r in report.refused] == [(1, field)]
    assert reason in report.refused[0].reason
    assert (rows_of(grounded, Order), rows_of(grounded, Enterprise)) == (1, 1)


def test_two_institutions_with_one_code_are_not_both_taken(grounded, plan, write_lines):
    code = sample_code(1)
    rows = [{**FIRM, "unified_code": code}, {**FIRM, "id": "T2", "unified_code": code}]
    report = load_file(grounded, write_lines("institutions.jsonl", rows), plan)
    assert (report.added, [r.line for r in report.refused]) == (1, [2])


def test_a_row_that_stands_twice_in_a_file_is_one_record(grounded, plan, write_lines):
    later = {**FIRM, "name": "上海试验人才服务有限公司"}
    report = load_file(grounded, write_lines("institutions.jsonl", [FIRM, FIRM, later]), plan)
    assert (report.added, report.unchanged, report.changed) == (1, 1, 1)
    with grounded.read() as session:
        assert session.get(Institution, "T1").name == later["name"]


def test_a_row_is_taken_after_a_refused_one_of_the_same_id(grounded, plan, write_lines):
    report = load_file(grounded, write_lines("orders.jsonl", [{**ORDER, "headcount": 0}, ORDER]), plan)
    assert (report.added, [r.line for r in report.refused]) == (1, [1])


def test_a_file_longer_than_what_is_read_at_once_is_loaded_whole(grounded, plan, write_lines):
    path = write_lines("institutions.jsonl", [{**FIRM, "id": f"T{number}"} for number in range(1001)])
    reports = [load_file(grounded, path, plan) for _ in range(2)]
    assert [(r.read, r.added, r.unchanged) for r in reports] == [(1001, 1001, 0), (1001, 0, 1001)]


def test_a_path_that_is_none_of_the_files_is_named(tmp_path):
    with pytest.raises(InvalidInput, match="no such file"):
        files_in([tmp_path / "nothing"])
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(InvalidInput, match=r"orders\.jsonl"):
        files_in([tmp_path])


def test_a_real_institution_is_never_given_a_point(database, data_dir, plan):
    load(database, [data_dir / "taxonomy", data_dir / "reference"], plan)
    with database.read() as session:
        assert session.scalars(select(Institution.lon).where(Institution.lon.is_not(None))).all() == []
        assert session.scalar(select(func.count()).select_from(Park).where(Park.lon.is_not(None))) > 0


def test_what_is_loaded_waits_for_the_index(grounded, plan, write_lines):
    with grounded.write() as session:
        outbox.settle(session, outbox.newest(session))
    load_file(grounded, write_lines("institutions.jsonl", [FIRM, {**FIRM, "id": "T2", "name": ""}]), plan)
    with grounded.read() as session:
        assert outbox.waiting(session) == [("institution", "T1")]


def test_one_service_worded_in_several_ways_is_one_service(database, data_dir, plan):
    load(database, [data_dir / "taxonomy", data_dir / "reference"], plan)
    with database.read() as session:
        named = {service for firm in session.scalars(select(Institution)) for service in firm.services}
    assert {"灵活用工", "高级人才寻访(猎头)", "HR软件"} <= named
    assert not {"staffing(灵活用工)", "综合灵活用工", "国有猎头", "猎头/招聘", "eHR/HRO SaaS"} & named


def test_every_wording_of_a_service_leads_to_a_name_that_leads_no_further(data_dir):
    wordings, standard = service_wordings(data_dir), service_names(data_dir)
    wrong = [service for several in wordings.values() for service in several
             if service.lower() in wordings or standard.get(service.lower(), service) != service]
    assert wrong == []


def test_a_follower_hears_once_what_a_file_changed_of_a_firm(grounded, plan, write_lines):
    load_file(grounded, write_lines("institutions.jsonl", [FIRM]), plan)
    with grounded.write() as session:
        person = Person(email="a@b.example", name="A", joined_at=now())
        session.add(person)
        session.flush()
        session.add(Follow(person_id=person.id, kind="institution", object_id="T1", since=now()))
    changed = write_lines("institutions.jsonl", [{**FIRM, "credit_grade": "D", "licences": {"备案": True}}])
    for _ in range(2):
        load_file(grounded, changed, plan)
    with grounded.read() as session:
        told, = session.scalars(select(Notice))
        assert (told.event, told.object_id, told.at.date()) == ("follow.firm", "T1", now().date())
        assert told.reasons == [f"credit_grade:{FIRM.get('credit_grade') or ''}:D", "licences"]
