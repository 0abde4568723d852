"""The page that closes an account, and the file of one's own data."""

import re

import pytest
from sqlalchemy import select

from market.accounts.models import Person
from market.audit import AuditEntry
from market.demo.accounts import PASSWORD
from webapp.access import COOKIE


def text(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.get_data(as_text=True)[-2000:])
    return answer.get_data(as_text=True)


def test_whoever_holds_orders_reads_which_and_where_they_are_handed_over(signed_in):
    client = signed_in("owner")
    page = text(client.get("/account/close"))
    assert 'type="password"' not in page
    member = re.search(r'href="/account/members/(\d+)"', page)[1]
    assert signed_in.order("open") in page
    assert "您是最后一位管理员" in page
    assert text(client.get(f"/account/members/{member}"))
    closed = text(client.post("/account/close", data={"old": PASSWORD}))
    assert "先移交" in closed
    assert text(client.get("/account"))


def test_an_expert_on_a_panel_is_led_to_the_scores(signed_in):
    pages = [text(signed_in(f"expert{place}").get("/account/close")) for place in range(1, 5)]
    assert [page for page in pages if "还没有评完或回避" in page and "/score" in page]


def test_an_account_is_closed_with_its_password_and_every_session_ends(signed_in):
    client, other = signed_in("staff"), signed_in("staff")
    assert 'href="/account/close"' in text(client.get("/account"))
    assert "原密码不对" in text(client.post("/account/close", data={"old": "not this one"}))
    assert text(other.get("/account"))
    done = client.post("/account/close", data={"old": PASSWORD, "reason": "换工作"})
    assert done.location == "/sign-in"
    assert client.get_cookie(COOKIE) is None
    assert other.get("/account").status_code == 303
    with signed_in.site.database.read() as session:
        assert session.scalars(select(Person).where(Person.email == "staff@demo.example")).first() is None
        row = session.scalars(select(AuditEntry).where(AuditEntry.event == "account.closed")).one()
        assert row.detail == {"reason": "换工作"}
        assert session.get(Person, row.person_id).name == f"#{row.person_id}"


def test_the_log_of_an_order_names_a_closed_account_by_its_number(signed_in):
    with signed_in.site.database.read() as session:
        person = session.scalars(select(Person).where(Person.email == "expert1@demo.example")).one()
        name = person.name
    assert name
    with signed_in.site.database.write() as session:
        session.get(Person, person.id).name = f"#{person.id}"
    page = text(signed_in("operator").get("/audit"))
    assert name not in page


@pytest.mark.parametrize("name", ["owner", "firm1", "expert1", "district_officer", "operator"])
def test_everybody_downloads_their_own_data_and_the_audit_keeps_it(signed_in, name):
    client = signed_in(name)
    answer = client.get("/account/data.json")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.json["person"]["email"] == f"{name}@demo.example"
    with signed_in.site.database.read() as session:
        row = session.scalars(select(AuditEntry).where(AuditEntry.event == "export.made")).one()
        assert row.object_id == "/account/data.json"
    other = "rival@demo.example"
    assert other not in answer.get_data(as_text=True)


def test_a_visitor_gets_no_file(signed_in):
    assert signed_in.app.test_client().get("/account/data.json").status_code == 303
