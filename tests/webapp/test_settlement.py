"""Money, ratings and the reward's evidence in the pages: to the fen, the same for both sides, nothing before its time."""

import io
import re
import zipfile
from datetime import date

from openpyxl import load_workbook

from webapp.icalendar import Event, calendar_answer

PDF = b"%PDF-1.4 transfer"


def text(answer):
    """The text of an answer."""
    return answer.get_data(as_text=True)


def rows(answer):
    """The data sheet of an Excel answer."""
    return list(load_workbook(io.BytesIO(answer.data)).worksheets[1].values)[1:]


def firms_of(signed_in, key, page="settlement"):
    """The firms that may read a page of an order."""
    return [name for name in ("firm1", "firm2", "firm3", "firm4")
            if signed_in(name).get(f"/orders/{key}/{page}").status_code == 200]


def ledger_fen(signed_in, key, name="owner"):
    """The sum of an exported ledger, in fen."""
    return sum(round(row[-1] * 100) for row in rows(signed_in(name).get(f"/orders/{key}/settlement.xlsx")))


def test_the_ledger_sums_to_the_awards_to_the_fen_before_and_after_it_is_written(signed_in):
    key, owner = signed_in.order("settling"), signed_in("owner")
    before = ledger_fen(signed_in, key)
    assert "预计，结算后才算数" in text(owner.get(f"/orders/{key}/settlement"))
    assert owner.post(f"/orders/{key}/settle").status_code == 303
    page = text(owner.get(f"/orders/{key}/settlement"))
    assert "与授榜金额一分不差" in page
    assert "已写入，不能更改" in page
    assert ledger_fen(signed_in, key) == before == 52_000_011


def test_a_firm_reads_its_own_award_with_every_members_share(signed_in):
    key = signed_in.order("settled")
    firms = firms_of(signed_in, key)
    sums = {name: ledger_fen(signed_in, key, name) for name in firms}
    assert len(firms) == 3
    assert sorted(sums.values()) == [22_000_002, 30_000_009, 30_000_009]
    joint = next(name for name in firms if sums[name] == 30_000_009)
    assert {row[4] for row in rows(signed_in(joint).get(f"/orders/{key}/settlement.xlsx"))} == {"60%", "40%"}
    assert signed_in("rival").get(f"/orders/{key}/settlement.xlsx").status_code == 404


def test_a_payment_is_marked_once_with_its_proof_and_both_sides_see_it(signed_in):
    key, owner = signed_in.order("settled"), signed_in("owner")
    address = re.findall(rf"/orders/{key}/payments/\d+", text(owner.get(f"/orders/{key}/settlement")))[0]
    without = owner.post(address, data={}, follow_redirects=True)
    assert "请附上凭证" in text(without)
    for said in ("已标记付款", "已经标记过付款"):
        data = {"proof": (io.BytesIO(PDF), "回单.pdf")}
        assert said in text(owner.post(address, data=data, content_type="multipart/form-data", follow_redirects=True))
    shown = [name for name in firms_of(signed_in, key)
             if "回单.pdf" in text(signed_in(name).get(f"/orders/{key}/settlement"))]
    assert shown
    assert signed_in(shown[0]).post(address).status_code == 403


def test_the_calendar_is_the_same_in_the_page_in_excel_and_in_icalendar(signed_in):
    key, owner = signed_in.order("settled"), signed_in("owner")
    dates = sorted(re.findall(r"<b><time>(\d{4}-\d\d-\d\d)</time></b>", text(owner.get(f"/orders/{key}/settlement"))))
    assert [str(row[0])[:10] for row in rows(owner.get(f"/orders/{key}/calendar.xlsx"))] == dates
    file = owner.get(f"/orders/{key}/calendar.ics")
    assert file.mimetype == "text/calendar"
    assert sorted(re.findall(r"DTSTART;VALUE=DATE:(\d{8})\r\n", text(file))) == [day.replace("-", "") for day in dates]
    assert len(dates) == 3 * 2 + 5  # three milestones of two awards, and five people whose guarantee ends


def test_a_line_of_a_calendar_is_never_longer_than_75_bytes(signed_in):
    event = Event("one@caitu", date(2026, 3, 1), date(2026, 3, 2), "保证期满；" * 20, "a,b;c\\d\ne", False)
    with signed_in.app.app_context():
        body = text(calendar_answer("订单", [event], signed_in.site.clock(), "x"))
    lines = body.split("\r\n")
    assert max(len(line.encode()) for line in lines) <= 75
    assert "保证期满；" * 20 in body.replace("\r\n ", "")
    assert "DESCRIPTION:a\\,b\\;c\\\\d\\ne" in lines
    assert body.endswith("END:VCALENDAR\r\n")


def rate(signed_in, name, key, award, stars, comment):
    """One side's rating of one award."""
    return signed_in(name).post(f"/orders/{key}/rate", data={"award_id": award, "stars": stars, "comment": comment})


def test_no_rating_is_seen_before_both_are_there_and_then_facts_come_first(signed_in):
    from market.orders.clocks import Worker, run_due

    key = signed_in.order("settled")
    owner = signed_in("owner")
    awards = re.findall(r'name="award_id" value="(\d+)"', text(owner.get(f"/orders/{key}/ratings")))
    leads = {award: name for name in firms_of(signed_in, key) for award in
             re.findall(r'name="award_id" value="(\d+)"', text(signed_in(name).get(f"/orders/{key}/ratings")))}
    assert set(leads) == set(awards)
    assert "请给 1 到 5 星" in text(rate(signed_in, "owner", key, awards[0], "", "x"))
    for award in awards:
        assert rate(signed_in, "owner", key, award, 2, "迟了两周").status_code == 303
    for name in ("rival", *leads.values()):
        assert "迟了两周" not in text(signed_in(name).get(f"/orders/{key}/ratings"))
    for award, name in leads.items():
        assert rate(signed_in, name, key, award, 3, "答复很慢").status_code == 303
    assert "答复很慢" not in text(owner.get(f"/orders/{key}/ratings"))
    site = signed_in.site
    run_due(site.database, Worker(site.keys, site.settings.data_dir), site.clock())
    page = text(signed_in.app.test_client().get(f"/orders/{key}/ratings"))
    assert "迟了两周" in page
    assert page.index("到岗") < page.index("2 星，满分 5 星")
    assert "太少不算平均" in page
    firm, said = signed_in(leads[awards[0]]), {"award_id": awards[0], "text": "第二周企业改了要求"}
    assert firm.post(f"/orders/{key}/reply", data=said).status_code == 303
    assert "第二周企业改了要求" in text(owner.get(f"/orders/{key}/ratings"))
    assert firm.post(f"/orders/{key}/reply", data=said).status_code == 200, "once"


def test_a_firms_page_counts_its_ratings_and_gives_no_mean_of_few(signed_in):
    key = signed_in.order("closed")
    ratings = text(signed_in("owner").get(f"/orders/{key}/ratings")).split('id="main"')[1]
    page = text(signed_in.app.test_client().get(re.search(r'href="(/institutions/[^"]+)"', ratings).group(1)))
    assert re.search(r"客户评价 \d 次，太少不算平均", page)


def test_the_reward_lists_each_condition_and_packs_what_proves_it(signed_in):
    key = signed_in.order("closed")
    page = text(signed_in("owner").get(f"/orders/{key}/reward"))
    assert page.count("已满足") + page.count("还缺</span>") >= 14
    assert "依据：本平台核对规则，“授榜后，联合体全部成员和企业都签约”" in page
    assert re.search(r"平台不核对，请另附证明.*企业岗位年薪≥50万元.*2024-12-31 有效，已过期，以当年的通知为准", page, re.S)
    address = re.findall(rf"/orders/{key}/reward/\d+\.zip", page)[0]
    answer = signed_in("owner").get(address)
    names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert names[0] == "核对清单.pdf"
    assert "校验码.txt" in names
    assert zipfile.ZipFile(io.BytesIO(answer.data)).read("核对清单.pdf").startswith(b"%PDF-")
    assert signed_in("rival").get(address).status_code == 404
    foreign = [name for name in firms_of(signed_in, key, "reward") if signed_in(name).get(address).status_code == 404]
    assert foreign, "the other award's firm does not get this award's pack"


def test_a_pack_holds_the_files_of_its_award(signed_in):
    key = signed_in.order("settled")
    owner = signed_in("owner")
    address = re.findall(rf"/orders/{key}/payments/\d+", text(owner.get(f"/orders/{key}/settlement")))[0]
    owner.post(address, data={"proof": (io.BytesIO(PDF), "回单.pdf")}, content_type="multipart/form-data")
    packs = [zipfile.ZipFile(io.BytesIO(owner.get(one).data))
             for one in re.findall(rf"/orders/{key}/reward/\d+\.zip", text(owner.get(f"/orders/{key}/reward")))]
    held = [name for pack in packs for name in pack.namelist() if name.endswith("回单.pdf")]
    assert len(held) == 1
    assert packs[0].read(held[0]) == PDF if held[0] in packs[0].namelist() else packs[1].read(held[0]) == PDF
