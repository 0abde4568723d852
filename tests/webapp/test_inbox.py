"""What reaches people: the inbox in words, switches, saved searches with their alerts, shared shortlists."""

import ast
import io
import re
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from market.access import SYSTEM, Actor, Role
from market.accounts.models import Organisation, Person
from market.accounts.queries import memberships
from market.accounts.sessions import actor_for
from market.institutions.models import Institution
from market.notices import searches
from market.notices.inbox import Happening, tell
from market.notices.models import Notice, SavedSearch
from market.orders.announcements import AUDIENCE
from market.orders.models import Order
from market.orders.reminders import LEVELS
from webapp.alerts import filters_of, finder, kept
from webapp.filters import Filters
from webapp.letters import notice_words
from webapp.news import news_of
from webapp.switches import events_for
from webapp.words.audit import AUDIT_EVENTS
from webapp.words.life import EVENTS
from webapp.words.notices import SENTENCES

HOME = Path(__file__).resolve().parents[2]


def text(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.get_data(as_text=True)[-2000:])
    return answer.get_data(as_text=True)


def rows(answer):
    book = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True)
    return [list(row) for row in book.worksheets[1].iter_rows(values_only=True)]


def person_of(session, name):
    return session.scalars(select(Person).where(Person.email == f"{name}@demo.example")).one()


def told_in_code():
    """Every event of a Happening that the market's code names, those of an f-string by their beginnings."""
    found = set()
    for path in (HOME / "market").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Happening":
                first = node.args[0]
                found.add(first.value if isinstance(first, ast.Constant) else first.values[0].value)
    return found


def test_everything_that_people_are_told_of_has_a_sentence():
    told = told_in_code()
    assert {"order.", "search.hit", "organisation.verification_ends"} <= told
    names = {name for name in told if not name.endswith(".")}
    names |= {f"order.{event}" for event in (*AUDIENCE, *LEVELS)}
    names |= {f"organisation.{word}" for word in ("applied", "approved", "refused")}
    assert names - set(SENTENCES) == set()
    assert all("{}" in sentence for sentence in SENTENCES.values())


def test_every_event_of_the_audit_has_a_word():
    from market.access import ACTIONS
    from webapp import factory, working  # every action

    recorded = set()
    for path in (HOME / "market").rglob("*.py"):
        recorded |= set(re.findall(r'record\([^"\n]*"([a-z_]+\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    assert factory
    assert working
    events = {event for event in ACTIONS if not event.startswith("test.")} | recorded  # other tests register their own
    assert [e for e in sorted(events) if e not in AUDIT_EVENTS and e.removeprefix("order.") not in EVENTS] == []


def test_every_event_that_a_role_is_told_of_can_be_switched():
    reached = {event for role in Role for event in events_for(Actor(role, 1, 1, admin=True))}
    assert set(SENTENCES) - reached == set()


@pytest.fixture
def notices(signed_in):
    """Puts notices into the owner's inbox; those of the demo are gone."""
    def make(*happenings, reason="", name="owner"):
        with signed_in.site.database.write() as session:
            person = person_of(session, name).id
            for row in session.scalars(select(Notice).where(Notice.person_id == person)).all():
                session.delete(row)
            session.flush()
            for happening in happenings:
                tell(signed_in.site.act(session, SYSTEM), happening, [person], reason)
    return make


def test_a_message_says_what_happened_until_when_and_leads_there(signed_in, notices):
    key = signed_in.order("accepting")
    notices(Happening("order.deliver_all", "order", key, "k1"))
    client = signed_in("owner")
    page = text(client.get("/inbox"))
    assert "1 条未读" in page
    assert "全部交付，请验收" in page
    assert "到期，还有" in page
    address = re.search(r'action="(/inbox/\d+/open)"', page).group(1)
    assert signed_in("rival").post(address).status_code == 404
    assert client.post(address).location == f"/orders/{key}"
    assert "都读过了" in text(client.get("/inbox"))


def test_messages_are_read_one_by_one_or_all_at_once_in_pages(signed_in, notices):
    key = signed_in.order("open")
    notices(*(Happening("order.publish", "order", key, f"k{number}") for number in range(25)))
    client = signed_in("owner")
    first = text(client.get("/inbox"))
    assert first.count("未读：") == 20
    assert text(client.get("/inbox?from=20")).count("未读：") == 5
    client.post(re.search(r'action="(/inbox/\d+/read)"', first).group(1))
    assert "24 条未读" in text(client.get("/inbox"))
    client.post("/inbox/read")
    assert "都读过了" in text(client.get("/inbox"))


def test_whoever_is_late_sees_who_was_told(signed_in, notices):
    with signed_in.site.database.read() as session:
        owner, staff = person_of(session, "owner"), person_of(session, "staff")
    notices(Happening("order.escalated", "order", signed_in.order("accepting"), "k1"),
            reason=f"accepting:{owner.id},{staff.id}")
    page = text(signed_in("owner").get("/inbox"))
    assert f"已告知：{owner.name}、{staff.name}" in page


def test_a_reminder_says_what_is_due_inside_the_order_and_leads_there(signed_in, notices):
    key = signed_in.order("accepting")
    notices(Happening("order.overdue", "order", key, "k1"), reason="pay")
    client = signed_in("owner")
    page = text(client.get("/inbox"))
    assert "事项：付款" in page
    assert "到期，还有" not in page
    assert client.post(re.search(r'action="(/inbox/\d+/open)"', page).group(1)).location == f"/orders/{key}/settlement"


def test_a_switched_off_event_stays_out_of_the_inbox_and_is_not_counted(signed_in, notices):
    notices(Happening("order.publish", "order", signed_in.order("open"), "k1"))
    client = signed_in("owner")
    page = text(client.get("/account/notices"))
    names = re.findall(r'name="(inbox-[^"]+)"', page)
    assert "inbox-order.publish" in names
    assert "inbox-order.submit" not in names, "an owner is not told of what only the operator is told of"
    kept_on = {name: "on" for name in names if name != "inbox-order.publish"}
    client.post("/account/notices", data={**kept_on, "mail-order.publish": "digest"})
    assert "都读过了" in text(client.get("/inbox"))
    page = text(client.get("/account/notices"))
    row = page[page.index('name="inbox-order.publish"'):][:900]
    assert "checked" not in row[:200]
    assert 'value="digest" selected' in row
    assert "请选择邮件的方式" in text(client.post("/account/notices", data={"mail-order.publish": "pigeon"}))


def test_mail_tells_the_same_in_words_and_leads_to_the_site(signed_in, notices):
    from dataclasses import replace

    key = signed_in.order("open")
    notices(Happening("order.publish", "order", key, "k1"), Happening("order.ask", "order", key, "k2"))
    site = signed_in.site
    words = notice_words(site.database, replace(site.settings, public_url="https://caitu.example"))
    with site.database.read() as session:
        mine = list(session.scalars(select(Notice).where(Notice.key.in_(("k1", "k2"))).order_by(Notice.id)))
        one, both = words(mine[:1]), words(mine)
    assert "开始揭榜" in one[0]
    assert f"https://caitu.example/orders/{key}" in one[1]
    assert "2 条新消息" in both[0]
    assert "https://caitu.example/account/notices" in both[1]


def test_an_order_that_the_reader_may_no_longer_see_is_called_by_its_number(signed_in):
    key = signed_in.order("draft")
    with signed_in.site.database.read() as session:
        rival = person_of(session, "rival")
        member = memberships(session, rival.id)[0]
        actor = actor_for(rival.id, Role(member.role), member)
        row = Notice(id=1, person_id=rival.id, event="order.publish", kind="order", object_id=key, key="k", reasons=[],
                     at=signed_in.site.clock())
        news, = news_of(session, actor, [row])
        assert key in news.sentence
        assert session.get(Order, key).title not in news.sentence


def searched(signed_in, client, **asked):
    client.post("/account/searches", data=asked)
    with signed_in.site.database.read() as session:
        return session.scalars(select(SavedSearch).order_by(SavedSearch.id.desc())).first()


def test_a_search_is_kept_from_its_page_run_again_and_forgotten(signed_in):
    client = signed_in("firm1")
    page = text(client.get("/search?q=猎头&district=闵行区"))
    assert 'action="/account/searches"' in page
    assert 'name="district" value="闵行区"' in page
    row = searched(signed_in, client, q="猎头", district="闵行区", name="")
    assert row.name == "“猎头”、闵行区"
    assert row.query == {"q": "猎头", "district": ["闵行区"]}
    page = text(client.get("/account/searches"))
    assert "/search?q=%E7%8C%8E%E5%A4%B4&amp;district=" in page
    assert signed_in("firm2").post(f"/account/searches/{row.id}/delete").status_code == 404
    client.post(f"/account/searches/{row.id}/delete")
    assert "还没有保存的搜索" in text(client.get("/account/searches"))
    assert 'action="/account/searches"' not in text(signed_in.app.test_client().get("/search?q=猎头"))


def test_one_new_thing_in_two_kept_searches_is_one_message_that_names_both(signed_in):
    client = signed_in("firm1")
    first = searched(signed_in, client, q="", district="闵行区", kind="institution", name="闵行")
    second = searched(signed_in, client, q="猎头", kind="institution", name="猎头机构")
    both = set(first.seen) & set(second.seen)
    assert both
    new = sorted(both)[0]
    site = signed_in.site
    with site.database.write() as session:
        for row in session.scalars(select(SavedSearch)):
            row.seen = [one for one in row.seen if one != new]  # as if the firm came after the search was kept
        for row in session.scalars(select(Notice)).all():
            session.delete(row)
    with site.database.write() as session:
        assert searches.alert(site.act(session, SYSTEM), finder(site.index)) == 1
        assert searches.alert(site.act(session, SYSTEM), finder(site.index)) == 0
    page = text(client.get("/inbox"))
    with site.database.read() as session:
        assert f"有了新结果：{session.get(Institution, new.partition(':')[2]).name}" in page
    assert "出自：“闵行”、“猎头机构”" in page


def test_alerts_find_what_meets_every_word_not_what_is_merely_near(signed_in):
    site = signed_in.site
    found = finder(site.index)({"q": "猎头", "kind": ["institution"]})
    assert found
    assert all(one.startswith("institution:") for one in found)
    assert finder(site.index)({"q": "绝无此词的乱写"}) == []
    asked = Filters("猎头", {"district": ("闵行区",)})
    assert filters_of(kept(asked)) == asked


def firm_of(signed_in):
    with signed_in.site.database.read() as session:
        return session.scalars(select(Institution.id).where(Institution.credit_grade == "A").order_by(Institution.id)).first()


def test_a_list_is_shared_to_look_at_and_marks_what_changed(signed_in):
    owner, staff, firm = signed_in("owner"), signed_in("staff"), firm_of(signed_in)
    assert f"/shortlists/add?firm={firm}" in text(owner.get(f"/institutions/{firm}"))
    assert "/shortlists/add" not in text(signed_in.app.test_client().get(f"/institutions/{firm}"))
    assert "请填写名称" in text(owner.post(f"/shortlists/add?firm={firm}", data={"shortlist": "new", "name": ""}))
    address = owner.post(f"/shortlists/add?firm={firm}", data={"shortlist": "new", "name": "芯片", "note": "先谈"}).location
    assert staff.get(address).status_code == 404
    with signed_in.site.database.read() as session:
        person = person_of(session, "staff").id
    owner.post(f"{address}/share", data={"person": person, "right": "view"})
    page = text(staff.get(address))
    assert "先谈" in page
    assert f"{address}/note" not in page
    assert staff.post(f"{address}/note", data={"firm": firm, "note": "mine"}).status_code == 404
    assert staff.post(f"{address}/take", data={"firm": firm}).status_code == 404
    assert staff.post(f"{address}/delete").status_code == 404
    with signed_in.site.database.write() as session:
        session.get(Institution, firm).credit_grade = "D"
    assert "信用由“A”变为“D”" in text(staff.get(address))
    assert "1 家有变化" in text(staff.get("/shortlists"))
    assert rows(staff.get(f"{address}/export.xlsx"))[1][-2] == "信用由“A”变为“D”"
    owner.post(f"{address}/share", data={"person": person, "right": "edit"})
    staff.post(f"{address}/note", data={"firm": firm, "note": "已知"})
    page = text(owner.get(address))
    assert "已知" in page
    assert "加入后有变化" not in page
    owner.post(f"{address}/share", data={"person": person, "right": "none"})
    assert staff.get(address).status_code == 404
    for stranger in ("rival", "firm1", "operator"):
        assert signed_in(stranger).get(address).status_code == 404
        assert signed_in(stranger).get(f"{address}/export.xlsx").status_code == 404
    owner.post(f"{address}/delete")
    assert owner.get(address).status_code == 404


def test_a_firm_goes_onto_a_list_that_is_there(signed_in):
    owner, firm = signed_in("owner"), firm_of(signed_in)
    address = owner.post("/shortlists", data={"name": "芯片"}).location
    assert owner.post(f"/shortlists/add?firm={firm}", data={"shortlist": address.rpartition("/")[2]}).location == address
    assert firm in text(owner.get(address))
    owner.post(f"{address}/take", data={"firm": firm})
    assert firm not in text(owner.get(address))
    assert signed_in("expert1").get("/shortlists").status_code == 403


def test_an_organisation_that_was_refused_reads_the_reason_in_its_inbox(signed_in):
    with signed_in.site.database.read() as session:
        house = session.scalars(select(Organisation.id).where(Organisation.kind == "enterprise")).first()
    signed_in("operator").post(f"/organisations/{house}/refuse", data={"reason": "资料过期"})
    assert "理由：“资料过期”" in text(signed_in("owner").get("/inbox"))
