"""Delivery as its parties do it in the pages: signing, evidence, acceptance, the early end, words, dispute, the desk."""

import hashlib
import io
import re

import pytest

PDF = b"%PDF-1.4 evidence"
PARTIES = ("owner", "staff", "firm1", "firm2", "firm3", "firm4")
PAGES = ("delivery", "candidates", "settlement", "messages", "dispute", "reward", "settlement.xlsx", "calendar.xlsx",
         "calendar.ics", "messages.pdf", "candidates.xlsx")


def text(answer):
    """The text of an answer."""
    return answer.get_data(as_text=True)


def case(answer):
    """The case file's part of a page."""
    return re.search(r'<section id="case".*?</section>\n<div', text(answer), re.S).group(0)


def parties(signed_in, key):
    """Names of the demo's firms that may read an order's delivery, and of those that may not."""
    inside = [name for name in PARTIES if signed_in(name).get(f"/orders/{key}/delivery").status_code == 200]
    return inside, [name for name in PARTIES if name not in inside]


def lead_of(signed_in, key):
    """A firm that may report milestones of an order."""
    return next(name for name in PARTIES if "multipart" in text(signed_in(name).get(f"/orders/{key}/delivery")))


def send(client, address, *files, field="files", **data):
    """Posts files with a form."""
    data[field] = [(io.BytesIO(body), name) for name, body in files]
    return client.post(address, data=data, content_type="multipart/form-data")


@pytest.mark.parametrize("state", ["delivering", "accepting", "disputed", "settled", "closed"])
def test_nobody_else_learns_anything_of_a_delivery(signed_in, state):
    key = signed_in.order(state)
    inside, outside = parties(signed_in, key)
    assert set(inside) >= {"owner", "staff"}
    assert outside
    for name in (*outside, "rival"):
        client = signed_in(name)
        for page in PAGES:
            assert client.get(f"/orders/{key}/{page}").status_code == 404, (name, page)
    for name in ("operator", "district_officer", "park_operator", "expert1"):
        assert signed_in(name).get(f"/orders/{key}/delivery").status_code == 403


@pytest.mark.parametrize("state", [
    "awarded", "delivering", "accepting", "negotiating", "mediating", "disputed", "settling", "settled", "closed",
    "terminated"])
def test_every_page_opens_in_every_state_after_the_award(signed_in, state):
    key = signed_in.order(state)
    inside, _ = parties(signed_in, key)
    for name in inside:
        for page in PAGES:
            expected = {200, 404} if name not in ("owner", "staff") and page.startswith("candidates") else {200}
            assert signed_in(name).get(f"/orders/{key}/{page}").status_code in expected, (name, page)


def test_every_firm_signs_before_the_enterprise_does(signed_in):
    key = signed_in.order("awarded")
    owner = signed_in("owner")
    assert "还有联合体成员没有签约" in text(owner.post(f"/orders/{key}/sign", follow_redirects=True))
    inside, outside = parties(signed_in, key)
    for name in inside[2:]:
        page = text(signed_in(name).get(f"/orders/{key}/delivery"))
        assert f"/orders/{key}/sign-member" in page
        assert signed_in(name).post(f"/orders/{key}/sign-member").status_code == 303
    assert signed_in(outside[0]).post(f"/orders/{key}/sign-member").status_code == 404
    assert f"/orders/{key}/sign\"" in text(owner.get(f"/orders/{key}/delivery"))
    assert "交付开始" in text(owner.post(f"/orders/{key}/sign", follow_redirects=True))
    assert signed_in.order("awarded") is None


def test_a_member_of_a_joint_bid_is_asked_to_sign_on_its_desk(signed_in):
    key = signed_in.order("awarded")
    inside, _ = parties(signed_in, key)
    asked = [name for name in inside[2:] if f"/orders/{key}/delivery" in text(signed_in(name).get("/desk"))]
    assert asked == inside[2:]


def test_evidence_is_kept_by_its_hash_and_given_to_the_parties_only(signed_in):
    key = signed_in.order("delivering")
    name = lead_of(signed_in, key)
    client = signed_in(name)
    address = re.findall(rf"/orders/{key}/milestones/\d+", text(client.get(f"/orders/{key}/delivery")))[0]
    assert send(client, address, ("交付报告.pdf", PDF)).status_code == 303
    digest = hashlib.sha256(PDF).hexdigest()
    assert "交付报告.pdf" in text(signed_in("owner").get(f"/orders/{key}/delivery"))
    given = signed_in("owner").get(f"/orders/{key}/files/{digest}")
    assert (given.data, given.mimetype) == (PDF, "application/pdf")
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert signed_in("rival").get(f"/orders/{key}/files/{digest}").status_code == 404
    other = signed_in.order("closed")
    assert signed_in("owner").get(f"/orders/{other}/files/{digest}").status_code == 404, "a hash of another order"
    kept = signed_in.site.settings.var_dir / "files" / digest[:2] / digest
    assert kept.read_bytes() == PDF


@pytest.mark.parametrize(("file", "said"), [
    (("run.exe", b"MZ"), "类型不收"), (("page.html", b"<script>"), "类型不收"), (("fake.pdf", b"<script>"), "类型不收"),
    (("empty.pdf", b""), "是空的"), (("data.csv", b"a\x00b"), "类型不收"),
    (("large.pdf", PDF + b"x" * 2000), "超过 10 MB"),
])
def test_a_file_of_another_kind_or_size_is_refused(signed_in, file, said, monkeypatch):
    monkeypatch.setattr("webapp.filestore.LARGEST", 1000)
    key = signed_in.order("delivering")
    client = signed_in(lead_of(signed_in, key))
    address = re.findall(rf"/orders/{key}/milestones/\d+", text(client.get(f"/orders/{key}/delivery")))[0]
    send(client, address, file)
    assert said in text(client.get(f"/orders/{key}/delivery"))


def test_a_name_of_a_file_cannot_leave_its_folder(signed_in):
    from werkzeug.datastructures import FileStorage

    store = signed_in.site.files
    row = store.keep(FileStorage(io.BytesIO(PDF), filename="../../etc/\x00passwd.pdf"))
    assert row["name"] == "passwd.pdf"
    assert sorted(path.name for path in store.folder.rglob("*") if path.is_file()) == [row["sha256"]]


def test_each_item_that_goes_back_needs_its_reason_and_what_was_typed_stays(signed_in):
    key = signed_in.order("accepting")
    owner = signed_in("owner")
    items = re.findall(r'name="item" value="(\d+)"', text(owner.get(f"/orders/{key}/delivery")))
    page = text(owner.post(f"/orders/{key}/send-back", data={"item": items[:2], f"why-{items[0]}": "缺两份简历"}))
    assert "给每一个写明理由" in page
    assert "缺两份简历" in page
    whys = {f"why-{items[0]}": "缺两份简历", f"why-{items[1]}": "没有到岗证明"}
    assert owner.post(f"/orders/{key}/send-back", data={"item": items[:2], **whys}).status_code == 303
    page = text(owner.get(f"/orders/{key}/delivery"))
    assert page.count("退回理由：") == 2
    assert signed_in.order("accepting") is None


def test_silence_is_shown_as_a_clock_and_then_as_an_acceptance_that_counts(signed_in):
    from market.orders.clocks import Worker, run_due

    key = signed_in.order("accepting")
    assert re.search(r"还有 1[34] 天", text(signed_in("owner").get(f"/orders/{key}/delivery")))
    signed_in.forward(days=15)
    site = signed_in.site
    run_due(site.database, Worker(site.keys, site.settings.data_dir), site.clock())
    page = text(signed_in("owner").get(f"/orders/{key}/delivery"))
    assert "企业到期未答，视为验收" in page
    assert re.search(r"沉默验收</dt><dd>6 ", page)


def test_ending_early_needs_a_reason(signed_in):
    key = signed_in.order("delivering")
    owner = signed_in("owner")
    assert "请写明理由" in text(owner.post(f"/orders/{key}/terminate", data={"terminate-reason": " "}))
    assert owner.post(f"/orders/{key}/terminate", data={"terminate-reason": "项目停止"}).status_code == 303
    assert signed_in.order("delivering") is None


@pytest.mark.parametrize("page", ["", "/log"])
def test_the_reason_of_an_early_end_is_read_by_both_sides_and_by_nobody_else(signed_in, page):
    key = signed_in.order("delivering")
    lead = lead_of(signed_in, key)
    signed_in("owner").post(f"/orders/{key}/terminate", data={"terminate-reason": "项目停止"})
    for name in ("owner", lead):
        assert "项目停止" in text(signed_in(name).get(f"/orders/{key}{page}")), name
    for client in (signed_in("rival"), signed_in("expert1"), signed_in.app.test_client()):
        assert "项目停止" not in text(client.get(f"/orders/{key}{page}"))


def test_a_declined_award_is_explained_to_the_sides_and_counted_on_the_page_of_the_firm(signed_in, bidding):
    key = signed_in.order("awarded")
    lead = next(name for name in PARTIES if "decline-reason" in text(signed_in(name).get(f"/orders/{key}/delivery")))
    firm = bidding.firm(lead)
    before = text(signed_in.app.test_client().get(f"/institutions/{firm}"))
    given = int(re.search(r"授榜：获得 (\d+) 次，放弃 0 次", before).group(1))
    signed_in(lead).post(f"/orders/{key}/decline", data={"decline-reason": "团队排满"})
    assert "团队排满" in text(signed_in("owner").get(f"/orders/{key}"))
    assert "团队排满" in text(signed_in(lead).get(f"/orders/{key}"))
    assert "团队排满" not in text(signed_in("rival").get(f"/orders/{key}"))
    page = text(signed_in.app.test_client().get(f"/institutions/{firm}"))
    assert f"授榜：获得 {given} 次，放弃 1 次" in page


def test_the_thread_is_the_same_for_both_sides_and_its_pdf_has_the_times_of_the_page(signed_in, monkeypatch):
    from webapp.views import messages

    key = signed_in.order("delivering")
    owner, firm = signed_in("owner"), signed_in(lead_of(signed_in, key))
    assert send(owner, f"/orders/{key}/messages", ("日程.pdf", PDF), text="周四面试").status_code == 303
    page = text(firm.get(f"/orders/{key}/messages"))
    assert "周四面试" in page
    assert "日程.pdf" in page
    answer = firm.get(f"/orders/{key}/messages.pdf")
    assert answer.data.startswith(b"%PDF-")
    papers = []
    monkeypatch.setattr(messages, "paper_answer", lambda paper, name: papers.append(paper) or name)
    firm.get(f"/orders/{key}/messages.pdf")
    shown = re.findall(r"<time datetime=[^>]*>(\d{4}-\d\d-\d\d \d\d:\d\d)</time>", page.split('class="thread"')[1])
    assert [block.head[:16] for block in papers[0].blocks] == shown
    assert len(shown) == 4


def test_an_empty_message_is_refused_and_a_stranger_cannot_write(signed_in):
    key = signed_in.order("delivering")
    assert "内容不能为空" in text(signed_in("owner").post(f"/orders/{key}/messages", data={"text": " "}))
    assert signed_in("rival").post(f"/orders/{key}/messages", data={"text": "hello"}).status_code == 404


def test_a_dispute_is_one_file_for_both_sides_and_the_regulator(signed_in):
    key = signed_in.order("disputed")
    inside, _ = parties(signed_in, key)
    files = {name: case(signed_in(name).get(f"/orders/{key}/dispute")) for name in (*inside, "regulator")}
    assert len(files) > 3
    assert len(set(files.values())) == 1
    assert "两名候选人入职第一周离开" in files["owner"]


def test_a_regulator_rules_with_a_reason_and_a_part_of_the_fee(signed_in):
    key = signed_in.order("disputed")
    regulator = signed_in("regulator")
    assert "0 到 100 之间" in text(regulator.post(f"/orders/{key}/dispute/ruling", data={"payable": "101", "reason": "x"}))
    assert "请写明理由" in text(regulator.post(f"/orders/{key}/dispute/ruling", data={"payable": "60.5", "reason": ""}))
    assert regulator.post(f"/orders/{key}/dispute/ruling", data={"payable": "60.5", "reason": "一人未补"}).status_code == 303
    page = case(signed_in("owner").get(f"/orders/{key}/dispute"))
    assert "60.5%" in page
    assert "一人未补" in page
    assert "退回企业" in text(signed_in("owner").get(f"/orders/{key}/settlement"))


def settle_pages(signed_in, key):
    """The case file as each side and the regulator read it, byte for byte the same; one of them."""
    inside, _ = parties(signed_in, key)
    files = {case(signed_in(name).get(f"/orders/{key}/dispute")) for name in (*inside, "regulator")}
    assert len(files) == 1
    return files.pop()


def answering(signed_in, key):
    """Names of those whose page asks for an answer to the proposal, with the address that takes it."""
    found = {}
    for name in PARTIES:
        page = text(signed_in(name).get(f"/orders/{key}/dispute"))
        asked = re.search(rf'action="(/orders/{key}/dispute/offers/\d+)"', page)
        if asked:
            found[name] = asked.group(1)
    return found


def test_a_side_refuses_a_proposal_offers_another_and_all_accept_it(signed_in):
    moment = signed_in.site.clock()
    signed_in.site.clock = lambda: moment
    key = signed_in.order("negotiating")
    assert "应付 90%" in settle_pages(signed_in, key)
    first = answering(signed_in, key)
    assert "owner" in first
    assert signed_in("owner").post(first["owner"], data={"answer-reason": "有一人没来", "accepted": "no"}).status_code == 303
    assert "有一人没来" in settle_pages(signed_in, key)
    offered = signed_in("owner").post(f"/orders/{key}/dispute/offer", data={"offer-payable": "120", "offer-reason": "x"})
    assert "0 到 100 之间" in text(offered)
    sent = {"offer-payable": "70", "offer-reason": "按到岗人数"}
    assert signed_in("owner").post(f"/orders/{key}/dispute/offer", data=sent).status_code == 303
    for name, address in answering(signed_in, key).items():
        assert signed_in(name).post(address, data={"accepted": "yes"}).status_code == 303
    page = settle_pages(signed_in, key)
    assert "已和解" in page
    assert "企业 70%，机构 30%" in page
    assert answering(signed_in, key) == {}


def test_a_mediator_proposes_ends_the_mediation_and_rules_with_a_share_of_the_cost(signed_in):
    key = signed_in.order("mediating")
    regulator = signed_in("regulator")
    sent = {"offer-payable": "75", "offer-reason": "各让一步"}
    assert signed_in("owner").post(f"/orders/{key}/dispute/suggestion", data=sent).status_code == 403
    assert regulator.post(f"/orders/{key}/dispute/suggestion", data=sent).status_code == 303
    assert "监管方（调解）" in settle_pages(signed_in, key)
    assert "请写明理由" in text(regulator.post(f"/orders/{key}/dispute/referral", data={"refer-reason": " "}))
    assert regulator.post(f"/orders/{key}/dispute/referral", data={"refer-reason": "谈不拢"}).status_code == 303
    assert "监管方结束调解：谈不拢" in settle_pages(signed_in, key)
    ruling = {"payable": "60", "cost": "25", "reason": "一人未补"}
    assert regulator.post(f"/orders/{key}/dispute/ruling", data=ruling).status_code == 303
    assert "企业 25%，机构 75%" in settle_pages(signed_in, key)


def test_a_side_asks_for_mediation_and_its_name_stands_in_the_file(signed_in):
    key = signed_in.order("negotiating")
    assert signed_in("owner").post(f"/orders/{key}/dispute/mediation").status_code == 303
    page = settle_pages(signed_in, key)
    assert "申请调解" in page
    assert "随阶段结束失效" in page
    assert "等监管方" in text(signed_in("owner").get(f"/orders/{key}/dispute"))


def test_either_side_opens_a_dispute_and_a_regulator_reads_the_thread_only_then(signed_in):
    key = signed_in.order("accepting")
    regulator = signed_in("regulator")
    assert regulator.get(f"/orders/{key}/messages").status_code == 404
    assert signed_in("owner").post(f"/orders/{key}/dispute", data={"reason": "两人未到岗"}).status_code == 303
    assert regulator.get(f"/orders/{key}/messages").status_code == 200
    assert "两人未到岗" in text(regulator.get(f"/orders/{key}/dispute"))


def test_the_desk_lists_what_waits_inside_a_delivery(signed_in):
    key = signed_in.order("delivering")
    desk = text(signed_in("owner").get("/desk"))
    assert "查看 1 位候选人" in desk
    assert f"/orders/{key}/candidates" in desk
    firms = "".join(text(signed_in(name).get("/desk")) for name in PARTIES[2:])
    assert firms.count("把 1 位已同意的候选人交给企业") == 1
    assert "交付中的事" not in text(signed_in("rival").get("/desk"))
