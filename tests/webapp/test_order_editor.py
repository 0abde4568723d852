"""The order editor: nothing typed is lost, nothing unlawful is submitted, an amendment is seen before it is sent."""

import re

import pytest

from market.orders.models import Order


def inputs(page):
    """What a browser would send of the editor's form, as it stands on the page."""
    form = re.search(r'<form id="order-form".*?</form>', page, re.S).group()
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        found.setdefault(name.group(1), []).append(value.group(1) if value else "y")
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found[name] = [text.replace("\r\n", "\n").removeprefix("\n")]
    for name, body in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', body)
        found[name] = [chosen.group(1) if chosen else ""]
    return found


class Editor:
    """One order in the editor of one person."""

    def __init__(self, signed_in, name, key):
        self.client, self.key, self.site = signed_in(name), key, signed_in.site
        self.address = f"/orders/{key}/edit"
        self.fields = inputs(self.page())

    def page(self):
        answer = self.client.get(self.address)
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def send(self, do="save", follow=True, **typed):
        """Presses a button of the form with some fields typed anew."""
        return self.client.post(self.address, data={**self.fields, "do": do, **typed}, follow_redirects=follow,
                                headers={"Accept": "application/json" if do == "autosave" else "text/html"})

    def row(self):
        with self.site.database.read() as session:
            return session.get(Order, self.key)


@pytest.fixture
def draft(signed_in):
    return Editor(signed_in, "owner", signed_in.order("draft"))


@pytest.fixture
def bidden(signed_in):
    """The open order with three bids, in its owner's editor."""
    from sqlalchemy import select

    from market.orders.bid_models import Bid

    with signed_in.site.database.read() as session:
        key = session.scalars(select(Order.id).join(Bid, Bid.order_id == Order.id).where(Order.state == "open")).first()
    return Editor(signed_in, "owner", key)


def test_a_new_order_begins_as_a_draft_of_its_own_or_as_an_older_one_was(signed_in):
    owner = signed_in("owner")
    blank = owner.post("/orders/new", data={"title": "两名验证工程师", "like": ""})
    assert blank.status_code == 303
    assert "两名验证工程师" in owner.get(blank.location).get_data(as_text=True)
    old = signed_in.order("closed")
    copied = Editor(signed_in, "owner", owner.post("/orders/new", data={"title": "", "like": old}).location.split("/")[2])
    with signed_in.site.database.read() as session:
        assert copied.row().description == session.get(Order, old).description
    assert copied.row().closes_at is None, "a deadline is never copied"


def test_saving_without_a_change_changes_nothing(draft):
    before = draft.row()
    assert "草稿" in draft.send().get_data(as_text=True)
    after = draft.row()
    assert after.version == before.version
    assert (after.constraints, after.must_have, after.closes_at) == (before.constraints, before.must_have, before.closes_at)


def test_every_field_comes_back_as_it_was_typed(draft):
    typed = {
        "title": "三名编译器工程师", "description": "做 RISC-V 后端。", "role_family": "芯片设计", "industry": "集成电路",
        "seniority": ["高级", "资深"], "headcount": "3", "annual_salary_range": "60–90万", "district": "徐汇区",
        "service_mode": ["高级人才寻访(猎头)", "海外引才"], "must_have": "LLVM\n\n带过小组\n",
        "closes_at": "2031-03-02T18:30", "constraints-required_licences": ["人力资源服务许可"],
        "constraints-credit_min": "B", "constraints-must_cover": ["徐汇区"],
        "constraints-needs_overseas_sourcing": "y", "constraints-overseas_regions_any": ["北美", "欧洲"],
        "fee_fen": "120,000.05", "guarantee_days": "60", "confidential": "y", "brief": "第二代训练芯片。",
        "milestones-0-name": "到岗", "milestones-0-share_bp": "62.5", "milestones-0-due_days": "15",
        "milestones-1-name": "保证期满", "milestones-1-share_bp": "37.5%",
        "milestones-2-name": "", "milestones-2-share_bp": "",
    }
    draft.send(**typed)
    row = draft.row()
    assert (row.title, row.headcount, row.fee_fen, row.guarantee_days) == ("三名编译器工程师", 3, 12_000_005, 60)
    assert row.must_have == ["LLVM", "带过小组"]
    assert row.closes_at.isoformat() == "2031-03-02T10:30:00+00:00", "typed in Shanghai's time"
    assert row.milestones == [{"name": "到岗", "share_bp": 6250, "due_days": 15}, {"name": "保证期满", "share_bp": 3750}]
    assert row.constraints == {
        "required_licences": ["人力资源服务许可"], "credit_min": "B", "must_cover": ["徐汇区"],
        "needs_overseas_sourcing": True, "overseas_regions_any": ["北美", "欧洲"]}
    assert (row.confidential, row.brief, row.seniority) == (True, "第二代训练芯片。", ["高级", "资深"])
    again = inputs(draft.page())
    assert (again["fee_fen"], again["milestones-0-share_bp"]) == (["120000.05"], ["62.5"])
    assert again["milestones-0-due_days"] == ["15"]
    assert again["closes_at"] == ["2031-03-02T18:30"]


def test_a_half_written_draft_is_saved_and_says_what_is_missing(draft):
    page = draft.send(annual_salary_range="面议", fee_fen="", closes_at="").get_data(as_text=True)
    assert draft.row().fee_fen is None
    assert "还差 3 处" in page
    assert "没有数字，无法核实" in page
    assert "没有有效期的订单不能发布" in page


@pytest.mark.parametrize(("field", "text", "said"), [
    ("headcount", "许多", "要填整数"), ("headcount", "0", "不能小于 1"), ("fee_fen", "十万", "金额写成数字"),
    ("fee_fen", "1.005", "最多两位小数"), ("fee_fen", "NaN", "金额写成数字"), ("milestones-0-share_bp", "130", "比例写成"),
    ("closes_at", "明天", "时间写成"), ("district", "月球区", "Not a valid"), ("guarantee_days", "-1", "不能小于 0")])
def test_what_cannot_be_read_is_said_beside_its_field_and_nothing_typed_is_lost(draft, field, text, said):
    page = draft.send(title="改过的名称", **{field: text}).get_data(as_text=True)
    assert said in page or field == "district"
    assert 'class="errors"' in page
    assert "改过的名称" in page
    if field != "district":
        assert text in page
    assert draft.row().title != "改过的名称"


def test_submitting_an_age_limit_is_blocked_with_the_rule_and_one_press_mends_it(draft):
    page = draft.send("submit", description="两名编译器工程师，限35岁以下，会 RISC-V。").get_data(as_text=True)
    assert draft.row().state == "draft"
    assert "“限35岁以下”本平台不发布：无专门禁止条款" in page
    assert "就业促进法" in page
    assert draft.row().description.startswith("两名编译器工程师，限35岁以下"), "it is saved all the same"
    draft.fields = inputs(page)
    key = re.search(r'name="mend" value="(description:[^"]+)"', page).group(1)
    mended = draft.client.post(draft.address, data={**draft.fields, "mend": key})
    assert mended.location.endswith("/edit#description")
    assert draft.row().description == "两名编译器工程师，有独立承担同类工作的经验，会 RISC-V。"
    draft.fields = inputs(draft.page())
    assert draft.send("submit", follow=False).status_code == 303
    assert draft.row().state == "pending_review"


@pytest.mark.parametrize(("typed", "said"), [
    ({"annual_salary_range": ""}, "写上年薪区间"), ({"closes_at": ""}, "没有有效期"), ({"headcount": ""}, "人数要大于 0"),
    ({"milestones-0-share_bp": "10"}, "合计 80%，要正好 100%"), ({"scorecard-0-weight_bp": "10"}, "合计 60%，要正好 100%"),
    ({"confidential": "y", "brief": ""}, "保密订单要有完整说明"), ({"description": "仅限男性"}, "妇女权益保障法")])
def test_submitting_is_blocked_and_the_summary_leads_to_the_field(draft, typed, said):
    page = draft.send("submit", **typed).get_data(as_text=True)
    assert draft.row().state == "draft"
    summary = re.search(r'class="errors".*?</ul>', page, re.S).group()
    assert said in summary
    assert re.search(r'href="#\w+"', summary)


def test_the_check_while_typing_quotes_the_rule_counts_the_firms_and_saves_nothing(draft):
    before = draft.row().version
    typed = {**draft.fields, "description": "限男性，会 RISC-V", "annual_salary_range": "面议", "milestones-0-share_bp": "10"}
    page = draft.client.post(f"/orders/{draft.key}/check-text", data=typed).get_data(as_text=True)
    assert "“限男性”" in page
    assert "妇女权益保障法" in page
    assert "能适应岗位的体力与班次要求" in page
    assert "没有数字，无法核实" in page
    assert "合计 80%" in page
    assert 'id="said-description" hx-swap-oob' in page
    assert re.search(r"今天有 .*\d+ 家", page)
    assert draft.row().version == before


def test_a_must_have_that_nobody_meets_leaves_no_firm(draft):
    typed = {**draft.fields, "constraints-needs_overseas_sourcing": "y", "constraints-overseas_regions_any": ["大洋洲"],
             "constraints-credit_min": "A", "constraints-required_licences": ["人力资源服务许可", "劳务派遣许可"]}
    page = draft.client.post(f"/orders/{draft.key}/check-text", data=typed).get_data(as_text=True)
    few = re.search(r"<b>([\d,]+) 家</b>", page)
    many = re.search(r"<b>([\d,]+) 家</b>", draft.page())
    assert many
    assert not few or int(few.group(1).replace(",", "")) < int(many.group(1).replace(",", ""))


def test_the_count_leads_to_the_firms_and_the_file_holds_all_of_them(draft):
    import io

    from openpyxl import load_workbook

    count = int(re.search(r"<b>([\d,]+) 家</b>", draft.page()).group(1).replace(",", ""))
    page = draft.client.get(f"/orders/{draft.key}/interest").get_data(as_text=True)
    assert page.count('<h3><a href="/institutions/') == count
    book = load_workbook(io.BytesIO(draft.client.get(f"/orders/{draft.key}/interest.xlsx").data))
    assert book.worksheets[1].max_row == count + 1


def test_while_vectors_are_missing_the_preview_says_so(draft):
    from matching.encoders import EncoderNotReady

    class Unready:
        fitting = None  # not reached: the firms are asked for first

        def pool(self, *_):
            raise EncoderNotReady("7 vectors are still to be computed")

    draft.site.__dict__["desk"] = Unready()
    assert "机构的资料还在准备" in draft.page()
    assert "意思匹配准备中" in draft.client.get(f"/orders/{draft.key}/interest").get_data(as_text=True)


def test_a_draft_is_saved_while_it_is_written_and_the_form_goes_on_from_there(draft):
    answer = draft.send("autosave", title="写到一半")
    assert answer.status_code == 200
    assert re.fullmatch(r"草稿 \d\d:\d\d 已存", answer.json["text"])
    assert (draft.row().title, answer.json["version"]) == ("写到一半", draft.row().version)
    draft.fields["version"] = [str(answer.json["version"])]
    draft.fields["version"] = [str(draft.send("autosave", title="写完了").json["version"])]
    wrong = draft.send("autosave", title="不会存", headcount="许多")
    assert (wrong.status_code, draft.row().title) == (422, "写完了")
    assert "要填整数" in wrong.json["text"]


def test_the_second_of_two_windows_is_told_what_changed_and_keeps_what_was_typed(signed_in, draft):
    other = Editor(signed_in, "staff", draft.key)
    other.send(title="同事改的名称", guarantee_days="45")
    refused = draft.send(description="我写的说明").get_data(as_text=True)
    assert "这里已有改动：" in refused
    assert "订单名称" in re.search(r'class="errors".*?</ul>', refused, re.S).group()
    assert "同事改的名称" in refused
    assert "我写的说明" in refused
    assert draft.row().title == "同事改的名称"
    assert draft.send("autosave", title="x").status_code == 409
    draft.fields = {**inputs(refused), "title": ["同事改的名称"]}
    draft.send()
    assert (draft.row().title, draft.row().description) == ("同事改的名称", "我写的说明")


@pytest.mark.parametrize("name", ["rival", "operator", "firm1", "regulator", "expert1", "district_officer"])
@pytest.mark.parametrize("path", ["/edit", "/interest", "/interest.xlsx", "", "/log", "/scorecard", "/cancel"])
def test_another_enterprises_draft_is_not_there_for_anybody_else(signed_in, name, path):
    answer = signed_in(name).get(f"/orders/{signed_in.order('draft')}{path}")
    assert answer.status_code in (403, 404)
    if name == "rival":
        assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/edit", "/check-text", "/cancel", "/pause", "/resume", "/reissue"])
def test_a_rival_can_write_to_no_order_of_another_enterprise(signed_in, path):
    for state in ("draft", "open", "paused", "unsuccessful"):
        key = signed_in.order(state)
        answer = signed_in("rival").post(f"/orders/{key}{path}", data={"title": "theirs", "reason": "x"})
        assert answer.status_code == 404, (state, path)


def test_staff_write_but_do_not_submit_amend_or_cancel(signed_in):
    staff = Editor(signed_in, "staff", signed_in.order("draft"))
    assert "提交核验</button>" not in staff.page()
    assert staff.send("submit").status_code == 403
    assert staff.row().state == "draft"
    for path in ("/edit", "/cancel", "/pause"):
        assert signed_in("staff").get(f"/orders/{signed_in.order('open')}{path}").status_code == 403


@pytest.mark.parametrize("state", ["pending_review", "sealed", "delivering", "closed", "cancelled"])
def test_an_order_that_is_neither_draft_nor_open_is_not_edited(signed_in, state):
    assert signed_in("owner").get(f"/orders/{signed_in.order(state)}/edit").status_code == 409


def test_a_check_under_way_when_the_order_is_handed_in_is_no_fault(signed_in):
    answer = signed_in("owner").post(f"/orders/{signed_in.order('pending_review')}/check-text", data={"title": "x"})
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_visitor_is_asked_to_sign_in(signed_in):
    visitor = signed_in.app.test_client()
    assert visitor.get("/orders/new").location.startswith("/sign-in")
    assert visitor.get("/orders/mine").location.startswith("/sign-in")
    assert visitor.post("/orders/new", data={"title": "x"}).status_code == 401


def test_a_material_change_is_shown_before_it_is_sent_and_asks_every_bidder(signed_in, bidden):
    page = bidden.send(fee_fen="99999.00", title="车规芯片验证工程师五名，急").get_data(as_text=True)
    assert bidden.row().terms_version == 1, "nothing is sent yet"
    assert "揭榜的机构都要重新确认" in page
    ask = re.search(r'id="confirm".*?</section>', page, re.S).group()
    assert "800,000.01 元" in ask
    assert "99,999.00 元" in ask
    done = bidden.client.post(bidden.address, data={**inputs(page), "do": "confirm"})
    assert done.location.endswith("/log")
    assert (bidden.row().terms_version, bidden.row().fee_fen) == (2, 9_999_900)
    log = bidden.client.get(done.location).get_data(as_text=True)
    assert "公开后改过 1 次" in log
    assert "99,999.00 元" in log
    for name in ("firm1", "firm2", "firm3"):
        firm = signed_in(name)
        first = firm.get(f"/orders/{bidden.key}").get_data(as_text=True)
        assert "请重新确认" in first
        assert "99,999.00 元" in first
        assert firm.post(f"/orders/{bidden.key}/reconfirm").status_code == 303
        assert "请重新确认" not in firm.get(f"/orders/{bidden.key}").get_data(as_text=True)
    member = signed_in("firm4").get(f"/orders/{bidden.key}").get_data(as_text=True)
    assert 'id="reconfirm"' not in member, "the lead has confirmed"


def test_a_new_pass_mark_is_shown_before_it_is_saved_and_asks_every_bidder(signed_in, bidden):
    assert "大于 0、不超过 100" in bidden.send(pass_bp="0").get_data(as_text=True)
    page = bidden.send(pass_bp="72.5").get_data(as_text=True)
    assert "合格线" in page
    assert "72.5 分" in page
    bidden.client.post(bidden.address, data={**inputs(page), "do": "confirm"})
    assert (bidden.row().pass_bp, bidden.row().terms_version) == (7250, 2)
    assert "请重新确认" in signed_in("firm1").get(f"/orders/{bidden.key}").get_data(as_text=True)


def test_a_change_that_is_not_material_asks_nobody(signed_in, bidden):
    page = bidden.send(title="换个名称").get_data(as_text=True)
    assert "不要求机构重新确认" in page
    bidden.client.post(bidden.address, data={**inputs(page), "do": "confirm"})
    assert (bidden.row().title, bidden.row().terms_version) == ("换个名称", 1)
    assert 'id="reconfirm"' not in signed_in("firm1").get(f"/orders/{bidden.key}").get_data(as_text=True)


@pytest.mark.parametrize(("typed", "said"), [
    ({"closes_at": "2020-01-01T10:00"}, "只能推后"), ({"description": "限35岁以下"}, "本平台不发布"),
    ({"fee_fen": ""}, "写上服务费")])
def test_an_amendment_is_held_to_the_same_rules(bidden, typed, said):
    page = bidden.send("confirm", **typed).get_data(as_text=True)
    assert said in page
    assert bidden.row().version == int(bidden.fields["version"][0])


def test_what_bidders_were_promised_stays_whatever_is_sent(bidden):
    before = bidden.row().scorecard
    bidden.send("confirm", title="换个名称", confidential="y",
                **{"scorecard-0-name": "关系", "scorecard-0-weight_bp": "100"})
    assert (bidden.row().scorecard, bidden.row().confidential) == (before, False)
