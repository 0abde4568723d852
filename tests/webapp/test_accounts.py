"""Accounts as people use them: coming in, one's own account, members, approval, the audit."""

import io
import re
import socketserver
import threading
from dataclasses import replace

import openpyxl
import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy import text as sql

from market.accounts.models import Member, Organisation, Person, SignInLane
from market.audit import AuditEntry
from market.demo.accounts import PASSWORD
from market.institutions.models import Institution
from market.institutions.rules import sample_code
from market.orders.models import Order
from webapp.words.text import moment

NEW = "another horse battery"


class Sink(socketserver.StreamRequestHandler):
    """Takes mail as SMTP servers do, and keeps it."""

    def handle(self):
        say = lambda line: self.wfile.write(line.encode() + b"\r\n")  # noqa: E731
        say("220 sink")
        for raw in self.rfile:
            word = raw.decode().strip().upper()
            if word.startswith("DATA"):
                say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.kept.append(b"".join(lines).decode())
                self.server.came.set()
                say("250 kept")
            elif word.startswith("QUIT"):
                say("221 bye")
                return
            else:
                say("250 ok")


@pytest.fixture
def post(signed_in):
    """The site with a mail server of its own; gives the letters that came, decoded."""
    with socketserver.TCPServer(("127.0.0.1", 0), Sink) as server:
        server.kept, server.came = [], threading.Event()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        signed_in.site.settings = replace(signed_in.site.settings, public_url="https://caitu.example",
                                          mail_from="caitu@caitu.example",
                                          mail_url=f"smtp://127.0.0.1:{server.server_address[1]}")

        def letters(wait=True):
            assert server.came.wait(5) is wait or not wait
            server.came.clear()
            return [decoded(text) for text in server.kept]

        yield letters
        server.shutdown()
        thread.join()


def decoded(text):
    from email import message_from_string
    from email.policy import default

    message = message_from_string(text, policy=default)
    return f"{message['To']}\n{message['Subject']}\n{message.get_content()}"


def rows(answer):
    book = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True)
    return [list(row) for row in book.worksheets[1].iter_rows(values_only=True)]


def text(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.get_data(as_text=True)[-3000:])
    return answer.get_data(as_text=True)


def application(**more):
    return {"kind": "enterprise", "organisation": "上海新来的公司", "unified_code": sample_code(4242), "name": "新来",
            "email": "new@example.org", "password": NEW, **more}


def newest_house(signed_in):
    with signed_in.site.database.read() as session:
        return session.scalars(select(Organisation).order_by(Organisation.id.desc())).first()


def test_an_enterprise_applies_waits_and_works_once_it_is_approved(signed_in):
    client = signed_in.app.test_client()
    answer = client.post("/register", data=application())
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "核验上海新来的公司" in text(client.get("/account"))
    assert client.get("/account/members").status_code == 403
    operator, house = signed_in("operator"), newest_house(signed_in)
    assert "上海新来的公司" in text(operator.get("/organisations"))
    assert "“上海新来的公司”申请入驻" in text(operator.get("/inbox"))
    operator.post(f"/organisations/{house.id}/approve")
    assert "没有单位等核验" in text(operator.get("/organisations"))
    assert "已通过核验" in text(client.get("/inbox"))
    assert "还有 182 天" in text(client.get("/account"))
    assert "新来" in text(client.get("/account/members"))


def test_what_is_wrong_with_an_application_stands_beside_its_field_and_nothing_is_lost(signed_in):
    client = signed_in.app.test_client()
    wrong = sample_code(4242)[:-1] + ("1" if sample_code(4242)[-1] != "1" else "2")
    page = text(client.post("/register", data=application(unified_code=wrong)))
    assert 'href="#unified_code"' in page
    assert "上海新来的公司" in page
    assert 'href="#password"' in text(client.post("/register", data=application(password="short")))
    taken = text(client.post("/register", data=application(email="owner@demo.example")))
    assert 'href="#email"' in taken
    with signed_in.site.database.read() as session:
        assert session.scalar(select(Person).where(Person.email == "new@example.org")) is None


def test_a_firm_is_approved_only_with_a_licence_of_the_register_and_asks_again_after_a_refusal(signed_in):
    with signed_in.site.database.read() as session:
        taken = select(Organisation.institution_id).where(Organisation.institution_id.is_not(None))
        firm = next(row for row in session.scalars(select(Institution).where(Institution.id.not_in(taken))) if any(
            licence.number and licence.name in row.held(signed_in.site.clock().date()) for licence in row.licences)
            and row.source_kind == "sample" and row.unified_code)
        number = next(one.number for one in firm.licences if one.name in firm.held(signed_in.site.clock().date()))
    client = signed_in.app.test_client()
    client.post("/register", data=application(kind="hr_firm", organisation=firm.name, unified_code=firm.unified_code,
                                              licence_number="no such number"))
    operator, house = signed_in("operator"), newest_house(signed_in)
    page = text(operator.get(f"/organisations/{house.id}"))
    assert "填写的许可编号今天有效" in page
    assert page.count('class="contrary"') == 1
    assert "许可证编号不对" in text(operator.post(f"/organisations/{house.id}/approve", follow_redirects=True))
    assert 'href="#reason"' in text(operator.post(f"/organisations/{house.id}/refuse", data={"reason": ""}))
    operator.post(f"/organisations/{house.id}/refuse", data={"reason": "编号查不到"})
    page = text(client.get("/account"))
    assert "编号查不到" in page
    client.post("/account/again", data={"licence_number": number, "text": "写错了，已改"})
    operator.post(f"/organisations/{house.id}/approve")
    assert "还有 182 天" in text(client.get("/account"))


def test_with_a_mail_server_the_password_is_set_by_a_link_in_a_letter(signed_in, post):
    client = signed_in.app.test_client()
    assert "给 new@example.org 的信已经发出" in text(client.post("/register", data=application()))
    letter, = post()
    assert "new@example.org" in letter
    path = re.search(r"https://caitu\.example(/recover/\S+)", letter).group(1)
    assert "new@example.org" in text(client.get(path))
    assert 'href="#password"' in text(client.post(path, data={"password": "short"}))
    assert client.post(path, data={"password": NEW}).location == "/sign-in"
    assert client.post("/sign-in", data={"email": "new@example.org", "password": NEW}).location == "/desk"
    assert "已经用过或过期" in text(client.get(path), 404)


def test_recovery_answers_the_same_for_a_known_and_an_unknown_address(signed_in, post):
    client = signed_in.app.test_client()
    known = text(client.post("/recover", data={"email": "owner@demo.example"}))
    assert len(post()) == 1
    unknown = text(client.post("/recover", data={"email": "nobody@demo.example"}))
    again = text(client.post("/recover", data={"email": "owner@demo.example"}))
    assert known.replace("owner@", "nobody@") == unknown
    assert known == again
    assert len(post(wait=False)) == 1, "one letter in two minutes, none to a stranger"


def test_a_link_never_leads_where_a_forged_host_header_says(signed_in, post):
    signed_in.app.test_client().post("/recover", data={"email": "owner@demo.example"}, headers={"Host": "evil.example"})
    letter, = post()
    assert "evil.example" not in letter
    assert "https://caitu.example/recover/" in letter


def test_without_a_mail_server_recovery_says_so(signed_in):
    client = signed_in.app.test_client()
    assert "还不能发邮件" in text(client.get("/recover"))
    assert "还不能发邮件" in text(client.post("/recover", data={"email": "owner@demo.example"}))


def invited(signed_in, email="colleague@example.org", **more):
    page = text(signed_in("owner").post("/account/members/invite", data={"email": email, "role": "enterprise_staff", **more}))
    return re.search(r'id="join-link">http://localhost(/join/[^<]+)', page).group(1)


def test_an_invited_colleague_joins_with_a_new_account_and_stands_at_the_desk(signed_in):
    path, client = invited(signed_in), signed_in.app.test_client()
    assert "colleague@example.org" in text(client.get(path))
    assert 'href="#password"' in text(client.post(path, data={"name": "同事", "password": "short"}))
    assert "请填写名称" in text(client.post(path, data={"name": "", "password": NEW}))
    assert client.post(path, data={"name": "同事", "password": NEW}).location == "/desk"
    assert "企业经办" in text(client.get("/desk"))
    assert "已经用过或过期" in text(client.get(path), 404)


def test_somebody_with_an_account_signs_in_before_joining_and_acts_as_the_new_member(signed_in):
    path = invited(signed_in, "park_operator@demo.example")
    stranger = signed_in.app.test_client()
    assert f"/sign-in?next={path}" in text(stranger.get(path))
    assert "请先登录" in text(stranger.post(path, data={"name": "x", "password": NEW}))
    assert "请先登录" in text(signed_in("rival").post(path))
    client = signed_in("park_operator")
    assert client.post(path).location == "/desk"
    assert "企业经办" in text(client.get("/desk"))
    account = text(client.get("/account"))
    assert account.count("正在使用") == 1
    other = re.search(r'name="member" value="(\d+)"', account).group(1)
    client.post("/account/role", data={"member": other})
    assert "园区运营" in text(client.get("/desk"))


def test_an_invitation_by_mail_shows_no_link(signed_in, post):
    client = signed_in("owner")
    page = text(client.post("/account/members/invite", data={"email": "colleague@example.org", "role": "enterprise_staff"},
                            follow_redirects=True))
    assert "邀请信已发往 colleague@example.org" in page
    assert "/join/" not in page
    assert "https://caitu.example/join/" in post()[0]


def test_only_admins_see_members_and_only_their_own(signed_in):
    for name in ("staff", "firm-staff"):
        assert signed_in(name).get("/account/members").status_code == 404
        assert signed_in(name).get("/account/members/export.xlsx").status_code == 404
    with signed_in.site.database.read() as session:
        staff = session.scalars(select(Member).join(Person).where(Person.email == "staff@demo.example")).one().id
    rival = signed_in("rival")
    assert rival.get(f"/account/members/{staff}").status_code == 404
    assert rival.post(f"/account/members/{staff}").status_code == 404
    assert rival.post(f"/account/members/{staff}/role", data={"role": "enterprise_owner"}).status_code == 404
    assert [row[1] for row in rows(signed_in("owner").get("/account/members/export.xlsx"))[1:]] == [
        "owner@demo.example", "staff@demo.example"]


def test_whoever_leaves_hands_every_order_to_a_colleague(signed_in):
    with signed_in.site.database.read() as session:
        owner, staff = (session.scalars(select(Member).join(Person).where(Person.email == f"{name}@demo.example")).one()
                        for name in ("owner", "staff"))
        owned = list(session.scalars(select(Order.id).where(Order.owner_id == owner.person_id, Order.state == "open")))
    client = signed_in("owner")
    assert "最后一位管理员" in text(client.post(f"/account/members/{owner.id}"))
    client.post(f"/account/members/{staff.id}/role", data={"role": "enterprise_owner", "admin": "on"})
    heir = signed_in("staff")
    page = text(heir.post(f"/account/members/{owner.id}"))
    assert "请先为这些订单指定接手人" in page
    fields = re.findall(r'name="(heir-[^"]+)"', page)
    assert {f"heir-{key}" for key in owned} <= set(fields)
    answer = heir.post(f"/account/members/{owner.id}", data={name: str(staff.person_id) for name in fields})
    assert (answer.status_code, answer.location) == (303, "/account/members")
    with signed_in.site.database.read() as session:
        assert {session.get(Order, key).owner_id for key in owned} == {staff.person_id}
    assert client.get("/desk").status_code == 303, "signed out"


def test_a_webhooks_secret_is_shown_once_and_the_address_can_be_deleted(signed_in, monkeypatch):
    from market.notices import webhooks

    monkeypatch.setattr(webhooks, "address_fault", lambda url, inside: "" if url.startswith("https:") else "scheme")
    client = signed_in("owner")
    assert 'href="#url"' in text(client.post("/account/members/hooks", data={"url": "http://caitu.example/hook"}))
    page = text(client.post("/account/members/hooks", data={"url": "https://caitu.example/hook"}))
    secret = re.search(r'id="secret".*?<b class="break">([0-9a-f]{64})<', page, re.S).group(1)
    page = text(client.get("/account/members"))
    assert "https://caitu.example/hook" in page
    assert secret not in page
    address = re.search(r'action="(/account/members/hooks/\d+/delete)"', page).group(1)
    assert signed_in("rival").post(address).status_code == 404
    client.post(address)
    assert "https://caitu.example/hook" not in text(client.get("/account/members"))


def test_a_new_password_asks_the_old_one_and_signs_other_browsers_out(signed_in):
    client, other = signed_in("owner"), signed_in("owner")
    assert "原密码不对" in text(client.post("/account/password", data={"old": "wrong wrong", "password": NEW}))
    assert 'href="#password"' in text(client.post("/account/password", data={"old": PASSWORD, "password": "short"}))
    assert client.post("/account/password", data={"old": PASSWORD, "password": NEW}).location == "/account"
    assert (client.get("/account").status_code, other.get("/account").status_code) == (200, 303)
    with signed_in.site.database.read() as session:
        assert max(session.scalars(select(SignInLane.failures)), default=0) == 0


def test_a_wrong_old_password_counts_even_though_nothing_else_was_written(signed_in):
    client = signed_in("owner")
    for _ in range(5):
        client.post("/account/password", data={"old": "wrong wrong", "password": NEW})
    assert "秒再试" in text(client.post("/account/password", data={"old": PASSWORD, "password": NEW}))


def test_a_second_factor_is_set_up_and_renewed_with_the_code_of_the_old_one(signed_in):
    client = signed_in("owner")
    secret = re.search(r'<b class="break">([A-Z2-7]{32})<', text(client.get("/account/second-factor"))).group(1)
    now = lambda: signed_in.site.clock()  # noqa: E731
    assert 'href="#code"' in text(client.post("/account/second-factor", data={"code": "12"}))
    assert client.post("/account/second-factor", data={"code": pyotp.TOTP(secret).at(now())}).location == "/account"
    fresh = re.search(r'<b class="break">([A-Z2-7]{32})<', text(client.get("/account/second-factor"))).group(1)
    assert fresh != secret
    signed_in.forward(seconds=31)
    wrong = {"old_code": "000000", "code": pyotp.TOTP(fresh).at(now())}
    assert 'href="#old_code"' in text(client.post("/account/second-factor", data=wrong))
    right = {"old_code": pyotp.TOTP(secret).at(now()), "code": pyotp.TOTP(fresh).at(now())}
    assert client.post("/account/second-factor", data=right).location == "/account"


def test_ending_every_session_ends_this_one_too(signed_in):
    client, other = signed_in("owner"), signed_in("owner")
    assert client.post("/account/sessions/end").location == "/sign-in"
    assert (client.get("/account").status_code, other.get("/account").status_code) == (303, 303)


def test_verification_days_are_counted_down_and_the_end_limits(signed_in):
    text(signed_in("owner").get("/account"))
    for days, said in ((130, "快到期"), (60, "核验已过期")):
        signed_in.forward(days=days)
        assert said in text(signed_in("owner").get("/account"))


def test_everybody_reads_what_was_done_with_their_account_and_exports_it_whole(signed_in):
    signed_in.app.test_client().post("/sign-in", data={"email": "staff@demo.example", "password": "wrong wrong"})
    client = signed_in("staff")
    assert "登录失败" in text(client.get("/account"))
    assert "登录失败" in [row[4] for row in rows(client.get("/account/trail.xlsx"))]


def test_the_operators_list_is_searched_and_exported_whole(signed_in):
    operator = signed_in("operator")
    assert "共 10 个单位" in text(operator.get("/organisations?state=all"))
    with signed_in.site.database.read() as session:
        code = session.scalars(select(Organisation.unified_code).where(Organisation.kind == "district_bureau")).one()
    found = text(operator.get(f"/organisations?state=all&q={code}"))
    assert found.count('class="table stacks"') == 1
    assert code in found
    assert len(rows(operator.get("/organisations/export.xlsx?state=all"))) == 11
    assert len(rows(operator.get("/organisations/export.xlsx?state=all&kind=hr_firm"))) == 5
    for name in ("owner", "regulator", "firm1", "expert1"):
        for path in ("/organisations", "/organisations/1", "/organisations/export.xlsx"):
            assert signed_in(name).get(path).status_code == 403
        assert signed_in(name).post("/organisations/1/approve").status_code == 403


def test_a_registered_person_is_taken_into_the_pool_of_experts(signed_in):
    client, operator = signed_in.app.test_client(), signed_in("operator")
    client.post("/register", data={"kind": "expert", "name": "新专家", "email": "x@example.org", "password": NEW})
    assert "没有这个邮箱" in text(operator.post("/experts", data={"expert_email": "y@example.org"}))
    operator.post("/experts", data={"expert_email": "x@example.org", "fields_text": "芯片、算法"})
    assert "芯片、算法" in text(operator.get("/experts"))
    assert client.get("/account").location.startswith("/sign-in/code"), "an expert needs a second factor"


def test_the_audit_is_found_by_its_words_and_cut_by_district(signed_in):
    operator, officer = signed_in("operator"), signed_in("district_officer")
    page = text(operator.get("/audit?q=授榜"))
    assert "<b>授榜</b>" in page
    assert "<b>登录</b>" not in page
    whole = rows(operator.get("/audit/export.xlsx"))
    with signed_in.site.database.read() as session:
        district = session.scalars(select(Organisation.district).where(Organisation.kind == "district_bureau")).one()
        orders = set(session.scalars(select(Order.id).where(Order.district == district))) if district else None
    part = rows(officer.get("/audit/export.xlsx"))[1:]
    assert len(whole) > len(part) or district is None
    assert orders is None or {row[8] for row in part} <= orders
    with signed_in.site.database.read() as session:
        assert "audit.exported" in set(session.scalars(select(AuditEntry.event)))
    for name in ("owner", "firm1", "expert1", "park_operator"):
        assert signed_in(name).get("/audit").status_code == 403
    assert operator.get("/audit?since=yesterday").status_code == 422


def test_a_change_in_the_audits_rows_is_seen_by_the_button(signed_in):
    operator = signed_in("operator")
    assert "审计链完整" in text(operator.post("/audit/verify", follow_redirects=True))
    with signed_in.site.database.write() as session:
        session.execute(sql("DROP TRIGGER audit_entries_never_change"))
        entry = session.scalars(select(AuditEntry).where(AuditEntry.chain.like("order:%")).order_by(AuditEntry.id)).first()
        entry.detail = {"changed": "afterwards"}
    assert "被改动" in text(operator.post("/audit/verify", follow_redirects=True))


def test_the_command_invites_authorities_lists_people_and_renews_passwords(signed_in, monkeypatch, capsys):
    from webapp import commands

    settings = signed_in.site.settings
    monkeypatch.setattr(commands, "settings_from", lambda: settings)
    add = ["account", "add", "--email", "o@example.org", "--organisation", "新监管"]
    assert commands.main([*add, "--role", "regulator", "--name", "监管员", "--code", sample_code(777)]) == 0
    path = re.search(r"(/join/\S+)", capsys.readouterr().out).group(1)
    client = signed_in.app.test_client()
    assert 'value="监管员"' in text(client.get(path))
    answer = client.post(path.partition("?")[0], data={"name": "监管员", "password": NEW})
    assert answer.location.startswith("/sign-in/code")
    assert commands.main(["account", "list"]) == 0
    assert "o@example.org\t监管员\tregulator: 新监管" in capsys.readouterr().out
    assert commands.main(["account", "recover", "--email", "o@example.org"]) == 0
    assert client.get(re.search(r"(/recover/\S+)", capsys.readouterr().out).group(1)).status_code == 200
    assert commands.main(["account", "recover", "--email", "nobody@example.org"]) == 1
    assert commands.main([*add, "--role", "operator"]) == 1, "the organisation is of another kind"


def test_the_page_of_a_firm_says_whether_it_is_verified_and_a_suspended_one_is_marked_there_and_on_lists(signed_in, bidding):
    owner, firm, visitor = signed_in("owner"), bidding.firm("firm1"), signed_in.app.test_client()
    owner.post(f"/shortlists/add?firm={firm}", data={"shortlist": "new", "name": "备选"})
    house = bidding.read(lambda session: session.query(Organisation).filter_by(institution_id=firm).one())
    page = visitor.get(f"/institutions/{firm}").get_data(as_text=True)
    assert "平台已核验" in page
    assert moment(house.verified_until) in page
    address = owner.get("/shortlists").get_data(as_text=True)
    address = re.search(r'href="(/shortlists/\d+)"', address).group(1)
    assert "已被平台暂停" not in owner.get(address).get_data(as_text=True)
    signed_in("operator").post(f"/organisations/{house.id}/refuse", data={"reason": "许可被吊销"})
    for client, path in ((visitor, f"/institutions/{firm}"), (owner, address)):
        page = client.get(path).get_data(as_text=True)
        assert "已被平台暂停" in page
        assert "许可被吊销" not in page
    nobody = bidding.read(lambda session: session.query(Institution.id).filter(~Institution.id.in_(
        session.query(Organisation.institution_id).filter(Organisation.institution_id.is_not(None)))).first()[0])
    assert "没有在平台核验" in visitor.get(f"/institutions/{nobody}").get_data(as_text=True)
