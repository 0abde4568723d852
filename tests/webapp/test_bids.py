"""A firm bids: gate, form, joint bids and drafts; before the opening no page says anything of who bid or what."""

import io
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

READERS = ("owner", "staff", "rival", "operator", "regulator", "district_officer", "park_operator", "firm3", "")
CHANGING = (re.compile(rb'name="csrf_token" value="[^"]*"'), re.compile(rb"[0-9a-f]{12}"),
            re.compile("用时 [\\d.]+ 毫秒".encode()))  # token, request id, how long it took


@pytest.fixture
def key(bidding):
    """An open order without bids."""
    return bidding.empty()


def test_the_form_opens_with_the_gate_the_seal_and_what_is_judged(bidding, signed_in, key):
    page = bidding.page("firm1", f"/orders/{key}/bid")
    for word in ("揭榜条件 全部满足", "持有有效的人力资源服务许可", "信用等级不是 D", "评分表", "密封提交",
                 "开封前，除本方案的成员外谁也看不到"):
        assert word in page


def test_an_expired_licence_is_refused_with_the_reason_and_what_to_do(bidding, signed_in, key):
    from market.institutions.models import Licence

    with signed_in.site.database.write() as session:
        for licence in session.query(Licence).filter_by(institution_id=bidding.firm("firm1")):
            licence.valid_from, licence.valid_to = None, date(2025, 6, 30)
    page = bidding.page("firm1", f"/orders/{key}/bid")
    assert "没有有效的人力资源服务许可，已于 2025-06-30 到期" in page
    assert "到发证机关办理或延续" in page
    refused = bidding.text(bidding.send(key, "firm1"))
    assert "许可无效或范围不符" in refused
    assert "三步走的方案" in refused
    assert bidding.bid_of(key, "firm1") is None


def test_a_bid_is_kept_to_the_fen_and_can_be_changed_until_the_deadline(bidding, signed_in, key):
    assert bidding.send(key, "firm1").status_code == 303
    page = bidding.page("firm1", f"/orders/{key}/bids")
    assert "我的方案 有效，已密封" in page
    assert "110,000.01 元 / 人" in page
    again = signed_in("firm1").get(f"/orders/{key}/bid").get_data(as_text=True)
    assert 'value="110000.01"' in again
    assert "一个\n两个" in again
    bidding.send(key, "firm1", price="99999")
    assert "99,999.00 元" in bidding.page("firm1", f"/orders/{key}/bids")
    signed_in.forward(days=6, hours=1)
    page = bidding.text(bidding.send(key, "firm1", price="1"))
    assert "揭榜已经截止" in page
    assert "99,999.00 元" in bidding.page("firm1", f"/orders/{key}/bids")


@pytest.mark.parametrize(("wrong", "says"), [
    ({"price": "much"}, "请填大于 0 的金额"), ({"price": "-3"}, "请填大于 0 的金额"),
    ({"price": "1.005"}, "最多两位小数"),
    ({"plan": " "}, "这一项要填写"), ({"timeline": ""}, "这一项要填写"), ({"conflict_declared": ""}, "没有利益冲突"),
    ({"plan": "长" * 20_001}, "太长了"), ({"version": "1"}, "已有改动")])
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(bidding, signed_in, key, wrong, says):
    page = bidding.send(key, "firm1", **{"team": "不能丢的团队", **wrong}).get_data(as_text=True)
    assert says in page
    assert "处要改" in page
    assert "不能丢的团队" in page
    assert bidding.bid_of(key, "firm1") is None


def test_a_draft_is_kept_without_any_check_and_offered_again_until_the_bid_is_in(bidding, signed_in, key):
    client = signed_in("firm1")
    client.post(f"/orders/{key}/bid", data=bidding.typed(key, [("firm1", "70"), ("firm4", "")], price="?", do="save"))
    page = client.get(f"/orders/{key}/bid").get_data(as_text=True)
    assert "已存，尚未提交" in page
    assert 'value="?"' in page
    assert bidding.firm("firm4") in page
    assert bidding.bid_of(key, "firm1") is None
    assert "草稿" not in bidding.page("firm-staff", f"/orders/{key}/bids")
    bidding.send(key, "firm1")
    assert "尚未提交" not in client.get(f"/orders/{key}/bid").get_data(as_text=True)


def test_a_member_is_found_by_name_added_and_taken_out_with_nothing_lost(bidding, signed_in, key):
    client, other = signed_in("firm1"), bidding.firm("firm4")
    with signed_in.site.database.read() as session:
        from market.institutions.models import Institution

        name = session.get(Institution, other).name
    data = bidding.typed(key, [("firm1", "60")], price="", find=name)
    page = client.post(f"/orders/{key}/bid", data={**data, "do": "find"}).get_data(as_text=True)
    assert f'value="add:{other}"' in page
    assert "三步走的方案" in page
    assert "处要改" not in page
    page = client.post(f"/orders/{key}/bid", data={**data, "do": f"add:{other}"}).get_data(as_text=True)
    assert f'name="member" value="{other}"' in page
    data = {**data, "member": [*data["member"], other], "share": ["60", "40"], "do": f"drop:{other}"}
    assert f'name="member" value="{other}"' not in client.post(f"/orders/{key}/bid", data=data).get_data(as_text=True)
    strange = {**data, "do": "find", "find": "zzqx"}
    assert "没有找到“zzqx”" in client.post(f"/orders/{key}/bid", data=strange).get_data(as_text=True)


def test_a_link_brings_the_team_with_its_shares(bidding, signed_in, key):
    two, four = bidding.firm("firm2"), bidding.firm("firm4")
    page = signed_in("firm1").get(f"/orders/{key}/bid?team={two}:25.5,{four}:14.5,NOBODY:3").get_data(as_text=True)
    shares = re.findall(r'name="member" value="([^"]*)".*?name="share" value="([^"]*)"', page, re.S)
    assert shares == [(bidding.firm("firm1"), "57"), (two, "25.5"), (four, "14.5")]


@pytest.mark.parametrize(("shares", "says"), [
    ((("firm1", "60"), ("firm4", "30")), "合计要等于 100%"), ((("firm1", "60"), ("firm4", "")), "填写分成比例"),
    ((("firm1", "60"), ("firm4", "forty")), "不是 0 到 100"), ((("firm2", "60"), ("firm4", "40")), "包括牵头机构")])
def test_shares_that_do_not_make_the_whole_are_refused(bidding, signed_in, key, shares, says):
    assert says in bidding.text(bidding.send(key, "firm1", shares))
    assert bidding.bid_of(key, "firm1") is None


def test_a_joint_bid_is_invalid_until_every_member_confirms_on_its_own_desk(bidding, signed_in, key):
    bidding.send(key, "firm2", [("firm2", "60"), ("firm4", "40")])
    page = bidding.page("firm2", f"/orders/{key}/bids")
    assert "还无效" in page
    assert "还没有确认参加" in page
    member = signed_in("firm4")
    desk = member.get("/desk").get_data(as_text=True)
    assert "确认或谢绝联合体" in desk
    assert f'href="/orders/{key}/bids">确认联合体' in desk
    assert "确认参加，分成 40%" in bidding.text(member.get(f"/orders/{key}/bids"))
    made = bidding.bid_of(key, "firm2")
    assert signed_in("firm3").post(f"/orders/{key}/bids/{made}/consent").status_code == 404
    member.post(f"/orders/{key}/bids/{made}/consent")
    assert "有效，已密封" in bidding.page("firm2", f"/orders/{key}/bids")
    assert "1 份有效方案" in bidding.page("operator", f"/orders/{key}/bids")
    assert "有冲突的机构" not in bidding.text(member.get(f"/orders/{key}/bid"))
    member.post(f"/orders/{key}/bids/leave")
    assert "已退出" in bidding.page("firm2", f"/orders/{key}/bids")
    assert "0 份有效方案" in bidding.page("operator", f"/orders/{key}/bids")


def test_an_invited_firm_may_decline_and_the_lead_sees_it(bidding, signed_in, key):
    bidding.send(key, "firm2", [("firm2", "60"), ("firm4", "40")])
    made = bidding.bid_of(key, "firm2")
    signed_in("firm4").post(f"/orders/{key}/bids/{made}/refuse")
    assert "已退出" in bidding.page("firm2", f"/orders/{key}/bids")
    assert "邀请您参加" not in bidding.page("firm4", f"/orders/{key}/bids")


def test_a_bid_is_taken_back_by_its_lead_alone(bidding, signed_in, key):
    bidding.send(key, "firm1")
    assert signed_in("firm3").post(f"/orders/{key}/bids/withdraw").status_code == 404
    assert signed_in("firm-staff").post(f"/orders/{key}/bids/withdraw").status_code == 403
    signed_in("firm1").post(f"/orders/{key}/bids/withdraw")
    assert "方案在密封中" in bidding.page("firm1", f"/orders/{key}/bids")


def test_new_terms_ask_the_bidder_again_with_one_button(bidding, signed_in, key):
    from market.access import Actor, Role
    from market.orders import drafts
    from market.orders.models import Order

    bidding.send(key, "firm1")
    with signed_in.site.database.write() as session:
        owner = session.get(Order, key)
        drafts.amend(signed_in.site.act(session, Actor(Role.ENTERPRISE_OWNER, owner.owner_id,
                                                       enterprise_id=owner.enterprise_id)), key, {"fee_fen": 77})
    assert "请重新确认方案" in bidding.page("firm1", "/desk")
    assert "订单条款改过" in bidding.page("firm1", f"/orders/{key}/bids")
    signed_in("firm1").post(f"/orders/{key}/reconfirm")
    assert "有效，已密封" in bidding.page("firm1", f"/orders/{key}/bids")


def test_whoever_may_not_bid_gets_no_form(bidding, signed_in, key):
    for name in ("owner", "operator", "expert1", "firm-staff", "regulator"):
        assert signed_in(name).get(f"/orders/{key}/bid").status_code == 403
    assert signed_in.app.test_client().get(f"/orders/{key}/bid").location.startswith("/sign-in")
    assert signed_in("firm1").get(f"/orders/{signed_in.order('draft')}/bid").status_code == 404
    assert signed_in("firm1").get(f"/orders/{signed_in.order('sealed')}/bid").location.endswith("/bids")


def test_after_the_opening_each_side_sees_what_is_its_own(bidding, signed_in):
    key = signed_in.order("evaluating")
    first = bidding.firm("firm1")
    for name in ("owner", "staff", "regulator", "operator"):
        page = bidding.page(name, f"/orders/{key}/bids")
        assert "开封后的方案 3 份" in page
        assert "导出全部 3 行" in page
    mine = bidding.page("firm1", f"/orders/{key}/bids")
    assert "110,000.01 元" in mine
    assert "100,000.03 元" not in mine
    for name in ("rival", "district_officer", "park_operator"):
        page = signed_in(name).get(f"/orders/{key}/bids")
        assert "110,000" not in bidding.text(page)
        assert first not in page.get_data(as_text=True)
        assert signed_in(name).get(f"/orders/{key}/bids.xlsx").status_code == 404
    book = load_workbook(io.BytesIO(signed_in("owner").get(f"/orders/{key}/bids.xlsx").data))
    assert book.worksheets[1].max_row == 4


def test_the_operator_takes_the_seat_of_a_late_expert_back_and_draws_another(bidding, signed_in):
    key = signed_in.order("evaluating")
    place = f"/orders/{key}/opening"
    assert "收回席位" not in bidding.page("operator", place)
    assert "补抽专家" not in bidding.page("operator", place)
    signed_in.forward(days=11)
    page = signed_in("operator").get(place).get_data(as_text=True)
    assert "收回席位" not in bidding.page("regulator", place)
    seat = re.search(r'action="(/orders/[^"]+/opening/seats/\d+)"', page).group(1)
    assert "请写明理由" in signed_in("operator").post(seat, data={"reason": ""}, follow_redirects=True).get_data(as_text=True)
    said = bidding.text(signed_in("operator").post(seat, data={"reason": "十天没有评分"}, follow_redirects=True))
    assert "席位已收回" in said
    assert "已退出：十天没有评分" in said
    assert "补抽专家" in said
    drawn = signed_in("operator").post(f"{place}/panel", data={"size": "3"}, follow_redirects=True)
    assert "评审组已抽好" in bidding.text(drawn)


def test_experts_read_the_bids_without_names_and_export_none(bidding, signed_in):
    key, names = signed_in.order("evaluating"), ("骰子", "月背面", "流水线", "豆荚星")
    for name in ("expert1", "expert2", "expert3", "expert4"):
        page = bidding.page(name, f"/orders/{key}/bids")
        assert not any(word in page for word in names)
        assert signed_in(name).get(f"/orders/{key}/bids.xlsx").status_code == 404
        assert signed_in(name).get(f"/orders/{key}/award.xlsx").status_code == 404
    assert "盲评" in page or "方案只给评审各方看" in page


def test_the_formula_of_a_bid_is_text_in_the_export(bidding, signed_in, key):
    for name in ("firm1", "firm2", "firm3"):
        bidding.send(key, name, plan="=HYPERLINK(1)")
    bidding.unseal(key)
    sheet = load_workbook(io.BytesIO(signed_in("owner").get(f"/orders/{key}/bids.xlsx").data)).worksheets[1]
    assert sheet["E2"].value == "'=HYPERLINK(1)"


class World:
    """The site's database put aside, so that the same moment can be lived twice."""

    def __init__(self, signed_in, folder) -> None:
        self.signed_in, self.kept = signed_in, folder / "kept.sqlite3"
        self.path = Path(signed_in.site.database.engine.url.database)
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute("VACUUM INTO ?", (str(self.kept),))

    def again(self) -> None:
        """Back to the moment that was kept."""
        self.signed_in.site.database.engine.dispose()
        for part in self.path.parent.glob(f"{self.path.name}*"):
            part.unlink()
        shutil.copy(self.kept, self.path)


def seen(answer):
    """Everything of an answer that a reader could tell two answers apart by."""
    if answer.data[:2] == b"PK":
        body = [[cell.value for cell in row] for sheet in load_workbook(io.BytesIO(answer.data)) for row in sheet.iter_rows()]
    else:
        body = answer.data
        for pattern in CHANGING:
            body = pattern.sub(b"", body)
    tag = answer.headers.get("ETag") if body == answer.data else None  # that of a changing page changes with it
    return answer.status_code, tag, answer.headers.get("Location"), body


def everything(signed_in, clients, key):
    """(reader, way) -> what every page, export and refused form of an order gives."""
    rules = [rule for rule in signed_in.app.url_map.iter_rules() if str(rule).startswith(("/orders", "/desk", "/experts"))]
    ways = [(method, str(rule).replace("<key>", key).replace("<int:bid_id>", "1")) for rule in rules
            for method in ("GET", "POST") if method in rule.methods and rule.arguments <= {"key", "bid_id"}]
    ways += [("GET", path) for path in ("/inbox", "/search?q=方案", f"/search?q={key}", "/orders?q=引才")]
    harmless = [(method, path) for method, path in ways
                if method == "GET" or path.rsplit("/", 1)[-1] in ("consent", "refuse", "score", "propose", "object", "give",
                                                                  "reconfirm", "withdraw", "leave", "unseal")]
    return {(name, method, path, kind): seen(client.open(path, method=method, headers={"Accept": kind}))
            for name, client in clients.items() for method, path in harmless for kind in ("text/html", "application/json")}


def bind(bidding, signed_in, expert, firm):
    """An expert works for a firm."""
    from market.accounts.models import Employment, Person

    with signed_in.site.database.write() as session:
        person = session.query(Person.id).filter_by(email=f"{expert}@demo.example").scalar()
        session.add(Employment(person_id=person, institution_id=bidding.firm(firm)))


@pytest.mark.parametrize("closed", [False, True])
def test_before_the_opening_not_one_byte_differs_whoever_bid_and_whatever(bidding, signed_in, key, tmp_path, closed):
    """Two worlds with two bids each, by other firms at other prices; an expert is bound to a firm that bids in one of them.

    Experts are asked while the order is open: later each knows of the own seat, which the lot gave.
    """
    bind(bidding, signed_in, "expert3", "firm1")
    signed_in.forward(seconds=1)
    began = signed_in.site.clock
    (tmp_path / "aside").mkdir()
    world, found = World(signed_in, tmp_path / "aside"), []
    for firms, price in ((("firm1", "firm2"), "1"), (("firm2", "firm4"), "98765.43")):
        signed_in.site.clock = began
        for name in firms:
            assert bidding.send(key, name, price=price, plan=f"{name}的秘密").status_code == 303
        signed_in(firms[0]).post(f"/orders/{key}/bid", data=bidding.typed(key, do="save", plan="另一个秘密"))
        if closed:
            bidding.close(key)
            signed_in("operator").post(f"/orders/{key}/opening/panel", data={"size": "3"})
            signed_in("operator").post(f"/orders/{key}/opening/key")
        names = READERS if closed else (*READERS, "expert1", "expert3")
        clients = {name: signed_in(name) if name else signed_in.app.test_client() for name in names}
        found.append(everything(signed_in, clients, key))
        world.again()
    one, other = found
    assert sum(answer[0] == 200 for answer in one.values()) > 100
    assert [way for way in one if one[way] != other[way]] == []
    assert "秘密".encode() not in b"".join(answer[3] for answer in one.values() if isinstance(answer[3], bytes))


def test_the_comparison_of_worlds_sees_a_bid_that_is_shown(bidding, signed_in, key, tmp_path):
    """The control: the bidder's own pages do differ."""
    (tmp_path / "aside").mkdir()
    world, found = World(signed_in, tmp_path / "aside"), []
    for price in ("1", "2"):
        bidding.send(key, "firm1", price=price)
        found.append(everything(signed_in, {"firm1": signed_in("firm1")}, key))
        world.again()
    assert [way for way in found[0] if found[0][way] != found[1][way]]


def joint(signed_in, kind):
    """(joint ones, of how many) on the city's page; the rows behind the number and in its file are as many."""
    visitor = signed_in.app.test_client()
    read = lambda path: visitor.get(path).get_data(as_text=True)  # noqa: E731
    number, of = map(int, re.search(rf'/matching/joint/{kind}">(\d+)</a> <small>/ (\d+) ', read("/matching/city")).groups())
    page = read(f"/matching/joint/{kind}")
    assert page.split("<tbody>")[1].count("<tr><td><a") == number
    book = load_workbook(io.BytesIO(visitor.get(f"/matching/joint/{kind}.xlsx").data))
    assert book["数据"].max_row == number + 1
    return number, of


def test_a_joint_bid_is_counted_for_the_city_once_it_is_opened_and_named_nowhere_before_an_award(bidding, signed_in, key):
    bids, awards = joint(signed_in, "bids"), joint(signed_in, "awards")
    bidding.send(key, "firm2", [("firm2", "60"), ("firm4", "40")])
    signed_in("firm4").post(f"/orders/{key}/bids/{bidding.bid_of(key, 'firm2')}/consent")
    bidding.send(key, "firm1")
    bidding.send(key, "firm3")
    assert joint(signed_in, "bids") == bids, "sealed"
    bidding.close(key)
    assert joint(signed_in, "bids") == bids, "closed and still sealed"
    bidding.turn_keys(key)
    assert joint(signed_in, "bids") == (bids[0] + 1, bids[1] + 3)
    assert joint(signed_in, "awards") == awards
    page = signed_in.app.test_client().get("/matching/joint/bids").get_data(as_text=True)
    assert "/institutions/" not in page.split("<tbody>")[1].split("</tbody>")[0]


def test_a_joint_award_names_its_firms(signed_in):
    number, of = joint(signed_in, "awards")
    assert 0 < number <= of
    page = signed_in.app.test_client().get("/matching/joint/awards").get_data(as_text=True)
    rows = page.split("<tbody>")[1].split("</tr>")[:-1]
    assert all(row.count("/institutions/") > 1 for row in rows)
