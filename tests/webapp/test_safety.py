"""What holds for every page: no write without our token, a session of its own, no cookie for scripts, no inline code."""

import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from sqlalchemy import event

from webapp.access import COOKIE, needed
from webapp.factory import create_app

WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# Pages on which nobody is signed in: their address is the secret, and no cookie is read.
EXEMPT = frozenset({"candidate.consent", "candidate.withdraw", "candidate.erase", "candidate.own_file"})
POLICY = {"default-src 'self'", "img-src 'self' data:", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'",
          "form-action 'self'"}


def address(rule, value="1"):
    """An address of a rule, every part of it filled."""
    return re.sub(r"<(?:\w+:)?(\w+)>", value, rule.rule)


def test_no_route_writes_without_the_token_of_our_forms(signed_in):
    signed_in.app.config["WTF_CSRF_ENABLED"] = True
    signed_in.app.testing = False
    clients = [signed_in(name) for name in ("owner", "operator", "firm1")] + [signed_in.app.test_client()]
    written = []
    engine = signed_in.site.database.engine
    event.listen(engine, "before_cursor_execute", lambda c, k, statement, *_: written.append(statement) if re.match(
        r"\s*(INSERT|UPDATE|DELETE)", statement, re.I) else None)
    routes = [(rule, method) for rule in signed_in.app.url_map.iter_rules() if rule.endpoint not in EXEMPT
              for method in sorted(rule.methods & WRITES)]
    assert len(routes) > 20
    for rule, method in routes:
        for client in clients:
            answer = client.open(address(rule), method=method, data={"csrf_token": "not ours"})
            assert answer.status_code == 400, (method, rule.rule, answer.status_code)
    assert written == []


def test_a_token_of_another_browser_is_not_ours(signed_in):
    signed_in.app.config["WTF_CSRF_ENABLED"] = True
    mine, theirs = signed_in("owner"), signed_in.app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', theirs.get("/sign-in").get_data(as_text=True)).group(1)
    assert mine.post("/account/sessions/end", data={"csrf_token": token}).status_code == 400
    assert mine.get("/account").status_code == 200
    own = re.search(r'name="csrf_token" value="([^"]+)"', mine.get("/account").get_data(as_text=True)).group(1)
    assert mine.post("/account/sessions/end", data={"csrf_token": own}).status_code == 303


def pages(app, permitted):
    """An address for every route that reads, those without parts, of views that somebody with these permissions may see."""
    return [rule.rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments
            and rule.endpoint != "static" and (not needed(app, rule.endpoint) or needed(app, rule.endpoint) & permitted)]


@pytest.mark.parametrize("name", ["visitor", "owner", "firm1", "operator", "regulator", "district_officer", "park_operator",
                                  "expert1"])
def test_every_page_of_every_role_carries_the_policy_and_no_inline_code(signed_in, name):
    from market.access import GRANTS, Role
    roles = {"visitor": Role.VISITOR, "owner": Role.ENTERPRISE_OWNER, "firm1": Role.FIRM_LEAD, "expert1": Role.EXPERT}
    client = signed_in.app.test_client() if name == "visitor" else signed_in(name)
    found = pages(signed_in.app, GRANTS[roles.get(name) or Role(name)])
    assert found
    for path in (*found, "/no-such-page", "/account/members/99999", f"/orders/{signed_in.order('open')}"):
        answer = client.get(path)
        assert answer.status_code < 500, path
        assert set(answer.headers["Content-Security-Policy"].split("; ")) == POLICY, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        if answer.mimetype != "text/html":
            continue
        page = answer.get_data(as_text=True)
        assert re.findall(r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|<style|javascript:""", page) == [], path
        assert [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag and "json" not in tag] == [], path
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.S):
            assert 'name="csrf_token"' in form, (path, form[:200])
        if name != "visitor":
            assert answer.headers["Cache-Control"] == "private, no-store", path


def cookies_of(answer):
    return {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}


def test_cookies_are_kept_from_scripts_other_sites_and_plain_lines(signed_in):
    app = create_app(replace(signed_in.site.settings, public_url="https://caitu.example"))
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    answer = client.post("/sign-in", data={"email": "owner@demo.example", "password": "demo-caitu-2026"})
    found = cookies_of(answer) | cookies_of(client.get("/sign-in"))
    assert {COOKIE, "caitu_device"} <= set(found)
    for line in found.values():
        assert "HttpOnly" in line
        assert "Secure" in line
        assert "SameSite=Lax" in line
    assert "Max-Age" not in found[COOKIE]
    app.extensions["caitu"].database.engine.dispose()


def test_a_session_that_was_there_before_signing_in_is_worth_nothing_after(signed_in):
    planted = "planted-by-somebody-else"
    victim, attacker = signed_in.app.test_client(), signed_in.app.test_client()
    for client in (victim, attacker):
        client.set_cookie(COOKIE, planted)
    victim.post("/sign-in", data={"email": "owner@demo.example", "password": "demo-caitu-2026"})
    assert victim.get_cookie(COOKIE).value != planted
    assert victim.get("/desk").status_code == 200
    assert attacker.get("/desk").status_code == 303


def test_the_token_changes_with_every_sign_in_and_ends_with_the_role_that_needs_more(signed_in):
    client = signed_in("owner")
    before = client.get_cookie(COOKIE).value
    client.post("/sign-in", data={"email": "operator@demo.example", "password": "demo-caitu-2026"})
    assert client.get_cookie(COOKIE).value != before
    assert client.get("/organisations").status_code == 303, "the second factor is still to come"


def test_nothing_is_written_by_reading(signed_in):
    client = signed_in("owner")
    written = []
    event.listen(signed_in.site.database.engine, "before_cursor_execute", lambda c, k, statement, *_: written.append(
        statement) if re.match(r"\s*(INSERT|UPDATE|DELETE)", statement, re.I) else None)
    for path in ("/desk", "/account", "/inbox", "/account/members", "/shortlists", f"/search?q={quote('猎头')}"):
        assert client.get(path).status_code == 200
    assert written == []
