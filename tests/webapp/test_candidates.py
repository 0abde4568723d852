"""Candidates in the pages: masked everywhere, consent by link first, a name only for a reason that the candidate reads."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from market.audit import AuditEntry
from market.orders.delivery_models import Candidate, Placement

NAMES, PHONE = ("赵昀", "钱铎", "孙砾", "周岷", "吴荻", "郑荷"), re.compile(r"1[3-9]\d{9}")


def text(answer):
    """The text of an answer."""
    return answer.get_data(as_text=True)


def firms_of(signed_in, key):
    """The two leads of an order, the one with the demo's candidates first."""
    found = [name for name in ("firm1", "firm2", "firm3", "firm4")
             if 'name="phone"' in text(signed_in(name).get(f"/orders/{key}/candidates"))]
    return sorted(found, key=lambda name: "赵**" not in text(signed_in(name).get(f"/orders/{key}/candidates")))


def placements(signed_in, key):
    """Stage -> ids of an order's placements."""
    with signed_in.site.database.read() as session:
        found = {}
        for row in session.scalars(select(Placement).where(Placement.order_id == key).order_by(Placement.id)):
            found.setdefault(row.stage, []).append(row.id)
        return found


def proposed(signed_in, key, name, phone="13912345678", person="冯棠"):
    """Proposes somebody; gives the answer."""
    client = signed_in(name)
    form = text(client.get(f"/orders/{key}/candidates")).split('name="place"')[1]
    place = re.search(r'<option value="(\d+)"', form).group(1)
    return client.post(f"/orders/{key}/candidates", data={
        "place": place, "name": person, "phone": phone, "summary": "做过两代验证平台"})


def link_of(signed_in, name, answer):
    """The signed link's path behind a successful proposal."""
    page = text(signed_in(name).get(answer.location))
    return re.search(r'value="http://[^/]+(/c/[^"]+)"', page).group(1)


@pytest.fixture
def key(signed_in):
    """The demo's order in delivery."""
    return signed_in.order("delivering")


def test_nobody_reads_a_name_or_a_number_on_a_board_or_in_an_export(signed_in, key):
    one, two = firms_of(signed_in, key)
    for name in ("owner", "staff", "regulator", one, two):
        client = signed_in(name)
        for page in ("candidates", "delivery", "messages" if name != "regulator" else "settlement", "log"):
            shown = text(client.get(f"/orders/{key}/{page}"))
            assert not any(person in shown for person in NAMES), (name, page)
            assert not PHONE.search(shown), (name, page)
    book = load_workbook(io.BytesIO(signed_in(one).get(f"/orders/{key}/candidates.xlsx").data))
    cells = " ".join(str(cell) for sheet in book for row in sheet.values for cell in row)
    assert "赵**" in cells
    assert not any(person in cells for person in NAMES)
    assert not PHONE.search(cells)


def test_each_side_sees_its_own_candidates_only(signed_in, key):
    one, two = firms_of(signed_in, key)
    assert "6 位候选人" in text(signed_in(one).get(f"/orders/{key}/candidates"))
    assert "0 位候选人" in text(signed_in(two).get(f"/orders/{key}/candidates"))
    buyer = text(signed_in("owner").get(f"/orders/{key}/candidates"))
    assert "4 位候选人" in buyer, "whoever was not handed over is not there"
    assert "赵**" not in buyer
    assert signed_in("rival").get(f"/orders/{key}/candidates").status_code == 404
    assert signed_in("operator").get(f"/orders/{key}/candidates").status_code == 403


def test_late_answers_are_named_with_their_moment(signed_in, key):
    page = text(signed_in("owner").get(f"/orders/{key}/candidates"))
    assert "等企业答复已逾期" in page
    assert re.search(r"等企业查看，<time[^>]*>[^<]+</time> 前，逾期", page)


def test_a_candidate_consents_by_link_and_is_handed_over(signed_in, key):
    one, _ = firms_of(signed_in, key)
    made = proposed(signed_in, key, one)
    assert made.status_code == 303
    link = link_of(signed_in, one, made)
    client = signed_in.app.test_client()
    page = text(client.get(link))
    assert "冯**" in page
    assert "139****5678" in page
    assert "做过两代验证平台" in page
    assert "冯棠" not in page
    assert client.post(f"{link}/consent", data={"version": "2020-01"}).status_code == 422
    assert client.post(f"{link}/consent", data={"version": "2026-11"}).status_code == 303
    assert "您的同意" in text(client.get(link))
    fresh = placements(signed_in, key)["consented"][-1]
    assert signed_in(one).post(f"/orders/{key}/candidates/{fresh}/submit").status_code == 303
    assert "冯**" in text(signed_in("owner").get(f"/orders/{key}/candidates"))


def test_the_candidates_page_keeps_its_address_secret(signed_in, key):
    one, _ = firms_of(signed_in, key)
    link = link_of(signed_in, one, proposed(signed_in, key, one))
    answer = signed_in.app.test_client().get(link)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    outside = re.findall(r'href="([^"]+)"', text(answer))
    assert all(address.startswith(("/static/", "#")) for address in outside)


def test_a_person_takes_their_own_data_along_and_nobody_else_s(signed_in, key):
    one, two = firms_of(signed_in, key)
    link = link_of(signed_in, one, proposed(signed_in, key, one))
    other = link_of(signed_in, two, proposed(signed_in, key, two, phone="13787654321", person="褚卫"))
    client = signed_in.app.test_client()
    client.post(f"{link}/consent", data={"version": "2026-11"})
    row = placements(signed_in, key)["consented"][-1]
    signed_in(one).post(f"/orders/{key}/candidates/{row}/submit")
    signed_in("owner").post(f"/orders/{key}/candidates/{row}/unmask", data={"reason": "约周四面试"})
    assert f'action="{link}/data.json"' in text(client.get(link))
    assert client.get(f"{link}/data.json").status_code == 404, "no reader of mails fetches it"
    answer = client.post(f"{link}/data.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "Set-Cookie" not in answer.headers
    assert "no-store" in answer.headers["Cache-Control"]
    found = answer.json
    assert found["data"] == {"name": "冯棠", "phone": "13912345678", "summary": "做过两代验证平台"}
    assert found["consent"]["version"] == "2026-11"
    assert found["no_other_firm_until"]
    assert "约周四面试" in [reading["reason"] for reading in found["readings"]]
    assert PHONE.findall(text(answer)) == ["13912345678"]
    assert not [name for name in (*NAMES, "褚卫") if name in text(answer)]
    assert "您下载了自己的资料" in text(client.get(link))
    assert client.post(f"{other}/data.json").json["data"]["name"] == "褚卫"
    assert client.post(f"{link[:-1]}x/data.json").status_code == 404
    assert "冯棠" not in text(signed_in("owner").get(f"/orders/{key}/log"))


def test_a_wrong_link_says_nothing_and_is_not_logged(signed_in, key, capsys):
    one, _ = firms_of(signed_in, key)
    link = link_of(signed_in, one, proposed(signed_in, key, one))
    client = signed_in.app.test_client()
    capsys.readouterr()
    for wrong in (link[:-1] + "x", "/c/1", "/c/x.y"):
        answer = client.get(wrong)
        assert answer.status_code == 404
        assert "打不开" in text(answer)
        assert client.post(f"{wrong}/consent", data={"version": "2026-11"}).status_code == 404
    signed_in.forward(days=15)
    assert client.get(link).status_code == 404
    assert link.removeprefix("/c/")[:20] not in capsys.readouterr().out


def test_the_second_firm_learns_only_that_another_was_first(signed_in, key):
    one, two = firms_of(signed_in, key)
    client = signed_in.app.test_client()
    link, other = (link_of(signed_in, name, proposed(signed_in, key, name)) for name in (one, two))
    assert client.post(f"{link}/consent", data={"version": "2026-11"}).status_code == 303
    late = client.post(f"{other}/consent", data={"version": "2026-11"})
    assert late.status_code == 409
    assert "已先同意另一家机构" in text(late)
    again = text(proposed(signed_in, key, two))
    assert "已由另一家机构先确认" in again
    with signed_in.site.database.read() as session:
        first = session.get(Candidate, session.get(Placement, placements(signed_in, key)["consented"][-1]).candidate_id)
        assert first.institution_id not in again


def test_a_name_is_shown_for_a_reason_and_the_candidate_reads_who_looked(signed_in, key):
    one, _ = firms_of(signed_in, key)
    link = link_of(signed_in, one, proposed(signed_in, key, one))
    visitor = signed_in.app.test_client()
    visitor.post(f"{link}/consent", data={"version": "2026-11"})
    row = placements(signed_in, key)["consented"][-1]
    owner, address = signed_in("owner"), f"/orders/{key}/candidates/{row}/unmask"
    assert owner.post(address, data={"reason": "约面试"}).status_code == 404, "not handed over"
    signed_in(one).post(f"/orders/{key}/candidates/{row}/submit")
    assert "请写明理由" in text(owner.post(address, data={"reason": " "}))
    shown = owner.post(address, data={"reason": "约周四面试"})
    assert "冯棠" in text(shown)
    assert "13912345678" in text(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    page = text(visitor.get(link))
    assert "看了您的姓名和电话" in page
    assert "约周四面试" in page
    with signed_in.site.database.read() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.event == "candidate.unmask")).one()
        assert "冯棠" not in str(entry.detail)
    assert signed_in("rival").post(address, data={"reason": "x"}).status_code == 404


def test_a_regulator_needs_a_case_number(signed_in, key):
    row = placements(signed_in, key)["interviewing"][0]
    regulator, address = signed_in("regulator"), f"/orders/{key}/candidates/{row}/unmask"
    assert "案件编号" in text(regulator.post(address, data={"reason": "投诉核查"}))
    assert "周岷" in text(regulator.post(address, data={"reason": "投诉核查", "case_number": "沪人社监2026-11"}))


def test_a_card_of_another_order_cannot_be_opened_through_this_one(signed_in, key):
    row = placements(signed_in, key)["interviewing"][0]
    other = signed_in.order("closed")
    assert signed_in("owner").post(f"/orders/{other}/candidates/{row}/unmask", data={"reason": "x"}).status_code == 404


def test_against_a_candidate_only_with_a_reason_code_and_forward_only_in_order(signed_in, key):
    rows, owner = placements(signed_in, key), signed_in("owner")
    address = f"/orders/{key}/candidates/{rows['submitted'][0]}/move"
    assert "请选择一个原因" in text(owner.post(address, data={"event": "decline"}, follow_redirects=True))
    assert "这一步不能做" in text(owner.post(address, data={"event": "offer"}, follow_redirects=True))
    assert "面试中" in text(owner.post(address, data={"event": "interview"}, follow_redirects=True))
    assert placements(signed_in, key)["interviewing"] == [*rows["submitted"], *rows["interviewing"]]
    assert signed_in("rival").post(address, data={"event": "interview"}).status_code == 404


def test_who_left_on_day_41_is_ruled_by_one_text_for_both_sides(signed_in, key):
    one, _ = firms_of(signed_in, key)
    row, owner = placements(signed_in, key)["offered"][0], signed_in("owner")
    address = f"/orders/{key}/candidates/{row}/move"
    for event in ("place", "start"):
        assert owner.post(address, data={"event": event}).status_code == 303
    signed_in.forward(days=40, hours=1)
    owner, firm = signed_in("owner"), signed_in(one)
    owner.post(address, data={"event": "replace", "reason_code": "left_in_guarantee"})
    rule = [re.search(r'<div class="rule small".*?</div>', text(client.get(f"/orders/{key}/candidates")), re.S).group(0)
            for client in (owner, firm)]
    assert rule[0] == rule[1]
    assert "第 41 天离职（保证期共 90 天）" in rule[0]
    assert "剩余 49 天" in rule[0]
    assert "已结束" in text(owner.get(f"/orders/{key}/settlement"))


def test_who_withdrew_is_no_longer_shown_and_may_erase_what_is_left(signed_in, key):
    one, _ = firms_of(signed_in, key)
    link = link_of(signed_in, one, proposed(signed_in, key, one))
    client = signed_in.app.test_client()
    client.post(f"{link}/consent", data={"version": "2026-11"})
    row = placements(signed_in, key)["consented"][-1]
    signed_in(one).post(f"/orders/{key}/candidates/{row}/submit")
    assert client.post(f"{link}/erase").status_code == 409
    signed_in.forward(days=20)
    assert client.post(f"{link}/withdraw").status_code == 303, "whoever consented may come back by the link"
    assert signed_in("owner").post(f"/orders/{key}/candidates/{row}/unmask", data={"reason": "x"}).status_code == 404
    assert client.post(f"{link}/erase").status_code == 303
    assert "已全部删除" in text(client.get(link))
    with signed_in.site.database.read() as session:
        person = session.get(Candidate, session.get(Placement, row).candidate_id)
        assert (person.sealed, person.person_hash) == (None, None)
    assert "资料已删除" in text(signed_in(one).get(f"/orders/{key}/candidates"))


def test_a_link_is_shown_to_its_own_firm_only_and_stays_the_same(signed_in, key):
    one, two = firms_of(signed_in, key)
    made = proposed(signed_in, key, one)
    first = link_of(signed_in, one, made)
    signed_in.forward(days=2)
    assert link_of(signed_in, one, made) == first
    for name in (two, "firm3", "firm4"):
        if name != one:
            assert signed_in(name).get(made.location).status_code == 404
    assert signed_in("owner").get(made.location).status_code == 403


def test_a_wrong_number_leaves_what_was_typed(signed_in, key):
    one, _ = firms_of(signed_in, key)
    page = text(proposed(signed_in, key, one, phone="12345"))
    assert "手机号不对" in page
    assert "做过两代验证平台" in page


def test_a_failure_is_logged_without_what_was_typed(signed_in, key, capsys, monkeypatch):
    one, _ = firms_of(signed_in, key)
    signed_in.app.testing = False
    signed_in.app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail(act, order_id, given):
        raise RuntimeError("broken")

    monkeypatch.setattr("market.orders.candidates.propose", fail)
    assert proposed(signed_in, key, one).status_code == 500
    logged = capsys.readouterr().out
    assert "RuntimeError" in logged
    assert "冯棠" not in logged
    assert "13912345678" not in logged
