"""What the matcher is worth, who is seen and how the city would be shared out: numbers that open their rows and repeat."""

import io
import json
import re
import shutil
from dataclasses import replace

import pytest

from market.clock import now
from market.database import open_database
from market.matches import queries
from market.matches.models import Measurement
from webapp.clock import today
from webapp.matchwork import MatchWork
from webapp.settings import HOME
from webapp.views.matcher import repeats

ORDER, FIRM = "/orders/DDD016", "JGD045"


@pytest.fixture(scope="module")
def work(settings):
    """The worker's part for the session's site; its plan is made once."""
    from matching.encoders import open_encoder

    made = MatchWork(settings, open_database(settings.database_url), open_encoder("test", settings.cache_dir))

    assert made.plan(today())
    return made


def test_the_released_figures_are_of_the_labelled_set_that_stands_beside_the_sample(page):
    import hashlib

    report = json.loads((HOME / "data/matching/evaluation.json").read_text(encoding="utf-8"))
    files = [HOME / "data/sample" / name for name in ("institutions.jsonl", "orders.jsonl", "qrels.tsv")]
    assert report["data"] == hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    text = page("/method")
    for words in ("BM25", "字二元组 TF-IDF", "才图匹配，先过必备条件", "违反率@10", report["day"], report["encoder"]):
        assert words in text
    ours = next(line for line in report["lines"] if line["method"] == "matcher" and line["filtered"])
    assert f"{ours['figures']['nDCG@10']['mean']:.3f}" in text.split('class="own"')[1]


def test_only_staff_measure_again_and_one_at_a_time(signed_in, client):
    assert client.post("/method/measure").status_code in (400, 401, 403)
    assert signed_in("owner").post("/method/measure").status_code == 403
    staff = signed_in("operator")
    assert "重新跑一遍" in staff.get("/method").get_data(as_text=True)
    assert staff.post("/method/measure").status_code == 303
    waiting = staff.get("/method").get_data(as_text=True)
    assert "等后台进程接手" in waiting
    assert staff.post("/method/measure").status_code == 409


def small_data(folder):
    """The data with a labelled set of five orders and twenty firms."""
    made = folder / "data"
    shutil.copytree(HOME / "data", made)
    for name, most in (("orders.jsonl", 5), ("institutions.jsonl", 20)):
        path = made / "sample" / name
        path.write_text("".join(path.read_text(encoding="utf-8").splitlines(True)[:most]), encoding="utf-8")
    kept = {json.loads(line)["id"] for name in ("orders.jsonl", "institutions.jsonl")
            for line in (made / "sample" / name).read_text(encoding="utf-8").splitlines()}
    qrels = made / "sample/qrels.tsv"
    head, *rows = qrels.read_text(encoding="utf-8").splitlines(True)
    qrels.write_text(head + "".join(row for row in rows if set(row.split("\t")[:2]) <= kept), encoding="utf-8")
    return made


def test_a_measurement_is_done_with_progress_and_its_numbers_repeat_to_three_decimals(signed_in, tmp_path):
    from matching.encoders import open_encoder

    site = signed_in.site
    settings = replace(site.settings, data_dir=small_data(tmp_path))
    made = MatchWork(settings, site.database, open_encoder("test", settings.cache_dir))
    assert not made.measure()
    reports = []
    for _ in range(2):
        assert signed_in("operator").post("/method/measure").status_code == 303
        assert made.measure()
        with site.database.read() as session:
            run = queries.newest_measurement(session)
            assert run.finished_at
            assert (run.done, run.fault) == (run.total, "")
            reports.append(run.report)
    same, of = repeats(*reports)
    assert same == of > 50
    shown = signed_in("operator").get("/method").get_data(as_text=True)
    assert re.search(r"个平均数(里 \d+ 个与)?随版本发布的", shown)


def test_a_measurement_that_fails_says_why(signed_in, tmp_path):
    from matching.encoders import open_encoder

    site = signed_in.site
    broken = tmp_path / "data"
    shutil.copytree(HOME / "data", broken)
    (broken / "sample/qrels.tsv").unlink()
    signed_in("operator").post("/method/measure")
    made = MatchWork(replace(site.settings, data_dir=broken), site.database, open_encoder("test", tmp_path))
    assert made.measure()
    assert "qrels.tsv" in signed_in("operator").get("/method").get_data(as_text=True)
    with site.database.write() as session:
        session.get_one(Measurement, 1).finished_at = now()


def labels(text):
    return int(re.search(r"“合适、不合适”共 ([\d,]+) 条", text).group(1))


def test_a_judgement_raises_the_label_count_by_one_and_moves_nobody(signed_in):
    owner = signed_in("owner")
    before, ranked = labels(owner.get("/method").get_data(as_text=True)), owner.get(ORDER).get_data(as_text=True)
    path = f"{ORDER}/firms/{FIRM}"
    assert owner.post(f"{path}/fit", data={"fit": "no", "reason": "人手都在别处"}).status_code == 303
    assert "人手都在别处" in owner.get(path).get_data(as_text=True)
    after = owner.get("/method").get_data(as_text=True)
    assert labels(after) == before + 1
    owner.post(f"{path}/fit", data={"fit": "yes", "reason": "其实做过"})
    assert labels(owner.get("/method").get_data(as_text=True)) == before + 1

    def firms(text):
        return re.findall(r'<span class="rank">(\d+).*?/institutions/([\w-]+)"', text, re.S)

    assert firms(owner.get(ORDER).get_data(as_text=True)) == firms(ranked)


def test_a_judgement_without_a_reason_shows_the_form_again_with_what_was_chosen(signed_in):
    answer = signed_in("firm1").post(f"{ORDER}/firms/{FIRM}/fit", data={"fit": "yes", "reason": ""}).get_data(as_text=True)
    assert "处要改" in answer
    assert re.search(r'<input checked[^>]*value="yes"', answer)


def test_nobody_judges_without_signing_in(client, page):
    assert client.post(f"{ORDER}/firms/{FIRM}/fit", data={"fit": "yes", "reason": "做过"}).status_code in (400, 401, 403)
    assert 'id="judge"' not in page(f"{ORDER}/firms/{FIRM}")


def test_judgements_leave_as_a_folder_that_can_be_measured(signed_in, tmp_path):
    from matching.encoders import open_encoder
    from matching.evaluation.report import evaluate_folder
    from webapp.labelfolder import write_labels

    for firm, fit in ((FIRM, "yes"), ("JGD001", "no")):
        signed_in("owner").post(f"{ORDER}/firms/{firm}/fit", data={"fit": fit, "reason": "看过案例"})
    with signed_in.site.database.read() as session:
        assert write_labels(session, tmp_path / "labels", today()) == 2
    report = evaluate_folder(tmp_path / "labels", HOME / "data", open_encoder("test", tmp_path))
    assert (report.orders, report.graded_pairs) == (1, 2)


def test_who_chose_no_ranks_still_has_none_after_signing_in_again(signed_in):
    from matching.encoders import open_encoder
    from webapp.encoding import Filling

    first = signed_in("owner")
    assert first.post(f"{ORDER}/reading?cases=2", data={"order": "name"}).location == f"{ORDER}?cases=2"
    Filling(signed_in.site.settings, open_encoder("test", signed_in.site.settings.cache_dir)).run()  # the demo's own orders
    again = signed_in("owner").get(ORDER).get_data(as_text=True)
    assert '<span class="rank">–</span>' in again
    assert "下次登录仍不排名" in again
    assert '<span class="rank">1' in signed_in("firm1").get(ORDER).get_data(as_text=True)
    assert "按截止" in signed_in("owner").get(f"/institutions/{FIRM}").get_data(as_text=True)
    again = signed_in("owner")
    again.post(f"{ORDER}/reading", data={"order": "fit"})
    assert '<span class="rank">1' in again.get(ORDER).get_data(as_text=True)


def number(text, word, column):
    row = text.split(word)[1].split("</tr>")[0]
    return float(re.findall(r'class="n">([\d,.]+)', row)[column].replace(",", ""))


def rows_of(page, path):
    text = page(path)
    total = int(re.search(r"<h1>([\d,]+)", text).group(1).replace(",", ""))
    found = []
    for start in range(0, total, 40):
        part = page(f"{path}{'&' if '?' in path else '?'}from={start}").split("<tbody>")[1]
        found += [[int(n.replace(",", "")) for n in re.findall(r'class="n">([\d,]+)', row)]
                  for row in part.split("</tr>")[:-1]]
    assert len(found) == total
    return found


def test_every_number_of_the_citys_plan_is_the_sum_of_the_rows_that_it_opens(work, page):
    text = page("/matching/city")
    orders, firms = rows_of(page, "/matching/city/orders"), rows_of(page, "/matching/city/firms")
    for column, plan in ((1, 0), (2, 1)):
        assert sum(row[column] for row in orders) == number(text, "排上的名额", plan)
        assert sum(row[column] for row in firms) == number(text, "排上的名额", plan)
        assert all(row[column] <= row[0] for row in (*orders, *firms))
    assert number(text, "匹配总分（", 0) >= number(text, "匹配总分（", 1)
    assert len(rows_of(page, "/matching/city/firms?show=served")) == sum(row[1] > 0 for row in firms)
    assert len(rows_of(page, "/matching/city/orders?show=lacking")) == sum(row[1] < row[0] for row in orders)


def test_the_lists_of_the_plan_export_the_same_rows(work, client, page):
    from openpyxl import load_workbook

    for kind in ("orders", "firms"):
        book = load_workbook(io.BytesIO(client.get(f"/matching/city/{kind}.xlsx").data), read_only=True)
        assert sum(1 for _ in book["数据"].rows) - 1 == len(rows_of(page, f"/matching/city/{kind}"))


def test_a_plan_is_made_again_only_when_something_changed(work):
    assert not work.plan(today())


def test_the_exposure_report_counts_the_fronts_that_readers_see(work, site, page):
    text = page("/matching/exposure")
    with site.extensions["caitu"].database.read() as session:
        fronts = next(iter(queries.fronts(session).values()))
    seen = {firm for front in fronts for firm in front}
    sizes = re.findall(r'data-h="进过前列" class="n">([\d,]+)<', text.split('aria-label="按规模"')[1].split("</table>")[0])
    assert sum(int(n.replace(",", "")) for n in sizes) == len(seen)
    best = re.findall(r'<span class="rank">\d+.*?/institutions/([\w-]+)"', page(ORDER), re.S)[:10]
    assert best in fronts
    assert "至少 1 名留给新机构或小机构" in text


def test_before_the_first_plan_the_page_says_that_it_is_being_made(signed_in):
    visitor = signed_in.app.test_client()
    assert "正在计算" in visitor.get("/matching/city").get_data(as_text=True)
    assert visitor.get("/matching/city/orders").status_code == 409
    assert "还没有数字" in visitor.get("/matching/exposure").get_data(as_text=True)
