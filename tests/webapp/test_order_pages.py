"""Pages of an order up to the end of bidding: who judges, asks, answers, reads the full text, and what firms see first."""

import io
import re
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from market.institutions.models import Institution
from market.orders.models import Enterprise, Order, OrderVersion

NAME = "上海蜻蜓算子芯片有限公司"


def text(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return answer.get_data(as_text=True)


def state(signed_in, key):
    with signed_in.site.database.read() as session:
        return session.get(Order, key).state


def firm_of(signed_in, number):
    from market.accounts.models import Member, Person

    with signed_in.site.database.read() as session:
        return session.scalars(select(Member).join(Person, Person.id == Member.person_id).where(
            Person.email == f"firm{number}@demo.example")).one().organisation.institution_id


def test_the_operator_judges_on_one_page_and_publishes(signed_in):
    key = signed_in.order("pending_review")
    page = text(signed_in("operator"), f"/orders/{key}/check")
    for said in (NAME, "招满率", "信用代码", "评分表", "家满足必备条件", "同一企业的相似订单"):
        assert said in page
    assert signed_in("operator").post(f"/orders/{key}/check", data={"do": "publish", "version": "2"}).location.endswith(key)
    assert state(signed_in, key) == "open"


def test_an_order_goes_back_only_with_a_reason_which_its_enterprise_reads(signed_in):
    key, operator = signed_in.order("pending_review"), signed_in("operator")
    answer = operator.post(f"/orders/{key}/check", data={"do": "return", "version": "2", "reason": " "})
    assert "请写明理由" in answer.get_data(as_text=True)
    assert state(signed_in, key) == "pending_review"
    operator.post(f"/orders/{key}/check", data={"do": "return", "version": "2", "reason": "薪酬与说明不符"})
    assert state(signed_in, key) == "draft"
    assert "薪酬与说明不符" in text(signed_in("owner"), f"/orders/{key}/log")


def test_an_order_whose_deadline_is_too_near_is_not_published_and_the_page_says_from_when(signed_in):
    key = signed_in.order("pending_review")
    signed_in.forward(days=3)
    operator = signed_in("operator")
    assert "太近" in text(operator, f"/orders/{key}/check")
    answer = operator.post(f"/orders/{key}/check", data={"do": "publish", "version": "2"})
    assert "请改晚截止时间" in answer.get_data(as_text=True)
    assert state(signed_in, key) == "pending_review"


@pytest.mark.parametrize("name", ["owner", "firm1", "regulator", "rival"])
def test_nobody_but_the_operator_judges(signed_in, name):
    key = signed_in.order("pending_review")
    assert signed_in(name).get(f"/orders/{key}/check").status_code == 403
    assert signed_in(name).post(f"/orders/{key}/check", data={"do": "publish"}).status_code == 403
    assert state(signed_in, key) == "pending_review"


def test_an_order_is_paused_and_resumed_and_the_deadline_moves_along(signed_in):
    key, owner = signed_in.order("open"), signed_in("owner")
    with signed_in.site.database.read() as session:
        before = session.get(Order, key).bids_close_at
    assert "截止时间按暂停的时长顺延" in text(owner, f"/orders/{key}/pause")
    assert owner.post(f"/orders/{key}/pause").status_code == 303
    assert state(signed_in, key) == "paused"
    signed_in.forward(hours=2)
    owner = signed_in("owner")
    assert "/resume" in text(owner, f"/orders/{key}")
    owner.post(f"/orders/{key}/resume")
    assert state(signed_in, key) == "open"
    with signed_in.site.database.read() as session:
        assert session.get(Order, key).bids_close_at > before


def test_a_shown_order_is_cancelled_only_with_a_reason(signed_in):
    key, owner = signed_in.order("open"), signed_in("owner")
    assert "计入企业的记录" in text(owner, f"/orders/{key}/cancel")
    assert "取消要写明理由" in owner.post(f"/orders/{key}/cancel", data={"reason": ""}).get_data(as_text=True)
    assert state(signed_in, key) == "open"
    owner.post(f"/orders/{key}/cancel", data={"reason": "预算调整"})
    assert state(signed_in, key) == "cancelled"


def taken_back(signed_in, key):
    """What the page of an open order says of how often its enterprise took orders back: (published, cancelled, ended)."""
    page = text(signed_in("firm3"), f"/orders/{key}")
    return [int(number) for number in re.search(r"公开过 (\d+) 份，取消 (\d+) 份，交付中终止 (\d+) 份", page).groups()]


def test_who_bid_reads_why_an_order_was_cancelled_and_the_enterprise_s_next_order_counts_it(signed_in, bidding):
    key, owner = bidding.empty(), signed_in("owner")
    with signed_in.site.database.read() as session:
        mine = session.get(Order, key).enterprise_id
        other = session.scalars(select(Order.id).where(Order.enterprise_id == mine, Order.state == "open", Order.id != key,
                                                       ~Order.confidential)).first()
    before = taken_back(signed_in, other)
    assert bidding.send(key, "firm1").status_code == 303
    owner.post(f"/orders/{key}/cancel", data={"reason": "预算调整"})
    assert "预算调整" in text(signed_in("firm1"), f"/orders/{key}/log")
    assert "预算调整" in text(signed_in("firm1"), f"/orders/{key}")
    assert "预算调整" not in text(signed_in("firm3"), f"/orders/{key}")
    assert "预算调整" not in text(signed_in.app.test_client(), f"/orders/{key}")
    assert taken_back(signed_in, other) == [before[0], before[1] + 1, before[2]]


def test_a_failed_order_is_issued_once_more_as_a_draft(signed_in):
    key, owner = signed_in.order("unsuccessful"), signed_in("owner")
    assert "请写明理由" in owner.post(f"/orders/{key}/reissue", data={"reason": ""}).get_data(as_text=True)
    made = owner.post(f"/orders/{key}/reissue", data={"reason": "放宽了地点"})
    assert re.fullmatch(r"/orders/O\w+/edit", made.location)
    assert text(owner, made.location)
    again = owner.post(f"/orders/{key}/reissue", data={"reason": "再来"})
    assert again.status_code in (200, 409)
    assert text(owner, "/orders/mine?state=draft").count("/edit") == 2, "no second new draft"


def test_questions_are_answered_to_all_and_nobody_learns_who_asked(signed_in):
    key = signed_in.order("open")
    firm, name = signed_in("firm3"), "陈交付"
    assert firm.post(f"/orders/{key}/questions", data={"text": "可以远程吗？"}).status_code == 303
    with signed_in.site.database.read() as session:
        house = session.get(Institution, firm_of(signed_in, 3)).name
    owner = signed_in("owner")
    page = text(owner, f"/orders/{key}/questions")
    assert "1 个问题，1 个待答" in page
    number = re.search(r'name="question" value="(\d+)"', page).group(1)
    empty = owner.post(f"/orders/{key}/answers", data={"question": number, "text": " "})
    assert "内容不能为空" in empty.get_data(as_text=True)
    owner.post(f"/orders/{key}/answers", data={"question": number, "text": "每周可以远程两天。"})
    for reader in (signed_in.app.test_client(), signed_in("owner"), signed_in("operator"), signed_in("firm1")):
        for path in ("/questions", "/log"):
            seen = text(reader, f"/orders/{key}{path}")
            assert house not in seen
            assert name not in seen
        assert "每周可以远程两天。" in text(reader, f"/orders/{key}/questions")


def test_only_firms_ask_and_only_the_enterprise_answers_until_the_deadline(signed_in):
    key = signed_in.order("open")
    assert signed_in("owner").post(f"/orders/{key}/questions", data={"text": "x"}).status_code == 403
    assert signed_in("firm1").post(f"/orders/{key}/answers", data={"question": 1, "text": "x"}).status_code == 403
    assert signed_in("rival").post(f"/orders/{key}/answers", data={"question": 1, "text": "x"}).status_code == 404
    signed_in.forward(days=7)
    late = signed_in("firm1").post(f"/orders/{key}/questions", data={"text": "太晚的问题"}).get_data(as_text=True)
    assert "揭榜已经截止" in late
    assert "太晚的问题" in late, "what was typed stays"


def test_the_scorecard_is_there_for_everybody_before_the_deadline(signed_in):
    page = text(signed_in.app.test_client(), f"/orders/{signed_in.order('open')}/scorecard")
    for said in ("交付方案", "50%", "团队与案例", "30%", "100%", "公开，此后不能改", "合格线 <b>60 分</b>"):
        assert said in page


@pytest.fixture
def secret(signed_in):
    """A confidential open order of which the full text has just been amended."""
    key = signed_in.order("open", confidential=True)
    with signed_in.site.database.write() as session:
        order = session.get(Order, key)
        session.add(OrderVersion(order_id=key, version=order.version + 1, material=True, at=signed_in.site.clock(),
                                 changes={"brief": ["旧的完整说明", "新的完整说明"], "fee_fen": [1, 2]}))
    return key


def test_a_confidential_order_names_nobody_on_any_page_list_search_or_export(signed_in, secret):
    with signed_in.site.database.read() as session:
        brief = session.get(Order, secret).brief
    for reader in (signed_in.app.test_client(), signed_in("firm3"), signed_in("rival"), signed_in("district_officer")):
        for path in ("", "/questions", "/scorecard", "/log"):
            answer = reader.get(f"/orders/{secret}{path}")
            seen = answer.get_data(as_text=True)
            assert NAME not in seen, path
            assert "李知行" not in seen, path
            assert brief not in seen, path
            assert "新的完整说明" not in seen, path
            assert NAME not in str(answer.headers)
        for path in ("/orders", "/orders?district=浦东新区", f"/search?q={secret}", "/suggest?q=布局布线"):
            seen = reader.get(path).get_data(as_text=True)
            assert not re.search(rf"{secret}(?:(?!</li>).)*{NAME}", seen, re.S), path
    book = load_workbook(io.BytesIO(signed_in.app.test_client().get("/orders/export.xlsx").data))
    for row in book.worksheets[1].iter_rows(values_only=True):
        assert row[0] != secret or NAME not in "|".join(map(str, row))


def test_the_tag_of_a_confidential_page_says_nothing_of_its_enterprise(signed_in, secret):
    visitor = signed_in.app.test_client()
    first = visitor.get(f"/orders/{secret}/log").headers["ETag"]
    with signed_in.site.database.write() as session:
        session.get(Enterprise, session.get(Order, secret).enterprise_id).name = "另一个名称"
    assert visitor.get(f"/orders/{secret}/log").headers["ETag"] == first


def test_accepting_the_terms_shows_the_name_and_leaves_a_line_that_the_enterprise_reads(signed_in, secret):
    firm, owner = signed_in("firm3"), signed_in("owner")
    assert "还没有机构接受条款" in text(owner, f"/orders/{secret}/log")
    assert "接受保密条款" in text(firm, f"/orders/{secret}")
    assert firm.post(f"/orders/{secret}/accept-terms").status_code == 303
    page = text(firm, f"/orders/{secret}")
    assert NAME in page
    assert "流片窗口" in page
    assert "新的完整说明" in text(firm, f"/orders/{secret}/log")
    log = text(owner, f"/orders/{secret}/log")
    assert "接受保密条款的机构，1 家" in log
    assert "陈交付" in log
    assert "谁看过完整说明" not in text(firm, f"/orders/{secret}/log"), "who else read it is the enterprise's to know"
    assert NAME not in text(signed_in("firm2"), f"/orders/{secret}")
    assert signed_in("owner").post(f"/orders/{secret}/accept-terms").status_code == 403


def test_before_bidding_everybody_reads_how_the_enterprise_answers_and_fills_with_its_n(signed_in):
    page = text(signed_in.app.test_client(), f"/orders/{signed_in.order('open', confidential=False)}")
    assert re.search(r"中位 [\d.]+ 天（\d+ 次", page)
    assert re.search(r"\d+%（\d+ / \d+ 人）", page)


def test_small_numbers_are_said_to_be_small():
    from webapp.words.steps import answers_word, rate_word

    assert "样本少" in rate_word(1, 2)
    assert "样本少" not in rate_word(20, 30)
    assert rate_word(0, 0) == "还没有结束的订单"
    assert answers_word(None, 0, 0) == "还没有答复记录"
    assert "样本少" in answers_word(2.1, 3, 0)


def test_the_gate_tells_a_firm_what_it_lacks_and_how_to_cure_it(signed_in):
    key = signed_in.order("open", confidential=False)
    assert "可以揭榜" in text(signed_in("firm3"), f"/orders/{key}")
    with signed_in.site.database.write() as session:
        firm = session.get(Institution, firm_of(signed_in, 3))
        firm.credit_grade = "D"
        for licence in firm.licences:
            licence.valid_to = date(2020, 1, 1) if licence.valid_from is None else licence.valid_from
    page = text(signed_in("firm3"), f"/orders/{key}")
    assert "还差 2 条" in page
    assert "缺有效许可：人力资源服务许可" in page
    assert "信用修复" in page
    assert 'id="gate"' not in text(signed_in.app.test_client(), f"/orders/{key}")


def test_the_log_says_in_words_who_did_what_and_hides_the_names_of_others(signed_in):
    key = signed_in.order("open", confidential=False)
    owner = text(signed_in("owner"), f"/orders/{key}/log")
    assert "发榜负责人，李知行" in owner
    assert "核验中 → 揭榜中" in owner
    assert "孙立夏" not in owner
    assert "孙立夏" in text(signed_in("regulator"), f"/orders/{key}/log")
    assert 'id="trail"' not in text(signed_in("firm1"), f"/orders/{key}/log")


def test_my_orders_hold_drafts_and_the_file_holds_what_the_list_shows(signed_in):
    owner = signed_in("owner")
    page = text(owner, "/orders/mine")
    count = int(re.search(r"(\d+) 个订单", page).group(1))
    assert f"/orders/{signed_in.order('draft')}/edit" in page
    rows = load_workbook(io.BytesIO(owner.get("/orders/mine.xlsx").data)).worksheets[1].max_row
    assert rows == count + 1
    drafts = load_workbook(io.BytesIO(owner.get("/orders/mine.xlsx?state=draft").data)).worksheets[1]
    assert drafts.max_row == 2
    assert signed_in.order("draft") not in text(signed_in("rival"), "/orders/mine")
    assert "还没有订单" in text(signed_in("rival"), "/orders/mine")


def test_a_firms_own_list_does_not_tell_which_enterprise_hides(signed_in, secret):
    from market.orders import bids, drafts
    from market.orders.models import BriefReading

    firm = signed_in("firm3")
    with signed_in.site.database.write() as session:
        from market.accounts.models import Person
        from market.accounts.queries import memberships
        from market.accounts.sessions import actor_for

        person = session.scalars(select(Person).where(Person.email == "firm3@demo.example")).one()
        member = memberships(session, person.id)[0]
        actor = actor_for(person.id, member.role, member)
        drafts.accept_terms(signed_in.site.act(session, actor), secret)
        bids.bid(signed_in.site.act(session, actor), secret, bids.Offer(100, "p", "t", no_conflict=True))
        session.delete(session.get(BriefReading, (secret, actor.institution_id)))  # as a bid of before the rule had none
    page = text(firm, "/orders/mine")
    assert secret in page
    assert "企业保密" in page
    rows = load_workbook(io.BytesIO(firm.get("/orders/mine.xlsx").data)).worksheets[1].iter_rows(values_only=True)
    assert next(row for row in rows if row[0] == secret)[-1] in ("", None)


def test_the_page_of_the_flow_says_that_it_is_a_design_and_names_every_move(page):
    from market.orders.life import LIFE, STATES
    from webapp.words.life import EVENTS

    text = page("/method/orders")
    assert "这套流程是平台自己的设计" in text
    for state in STATES:
        row = text.split(f'<tr id="{state}">')[1].split("</tr>")[0]
        for move in LIFE:
            if state in move.sources:
                assert EVENTS[move.event] in row
                assert move.target in (None, state) or f'href="#{move.target}"' in row
