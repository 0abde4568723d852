"""Signing in as a person does it: the password, the second factor, the way back, and what a stranger cannot do."""

import re

from market.demo.accounts import PASSWORD


def sign_in(client, name, password=PASSWORD, **more):
    """Sends the sign-in form."""
    return client.post("/sign-in", data={"email": f"{name}@demo.example", "password": password, **more})


def test_a_person_signs_in_and_comes_back_to_the_page_asked_for(signed_in):
    client = signed_in.app.test_client()
    turned = client.get("/desk")
    assert (turned.status_code, turned.location) == (303, "/sign-in?next=/desk")
    answer = sign_in(client, "owner", next="/desk")
    assert (answer.status_code, answer.location) == (303, "/desk")
    assert "件事等您" in client.get("/desk").get_data(as_text=True)


def test_a_wrong_password_says_so_and_signs_nobody_in(signed_in):
    client = signed_in.app.test_client()
    page = sign_in(client, "owner", "wrong password").get_data(as_text=True)
    assert "邮箱或密码不对" in page
    assert client.get("/desk").status_code == 303


def test_after_five_wrong_passwords_the_account_waits_for_strangers_but_not_for_its_own_device(signed_in):
    known, stranger = signed_in.app.test_client(), signed_in.app.test_client()
    sign_in(known, "owner")
    for _ in range(5):
        sign_in(stranger, "owner", "wrong password")
    assert "秒再试" in sign_in(stranger, "owner").get_data(as_text=True)
    assert sign_in(known, "owner").status_code == 303


def test_an_operator_is_a_visitor_until_the_second_factor_is_right(signed_in):
    client = signed_in.app.test_client()
    assert sign_in(client, "operator").location.startswith("/sign-in/code")
    assert client.get("/desk").location.startswith("/sign-in/code")
    assert "验证码不对" in client.post("/sign-in/code", data={"code": "000000"}).get_data(as_text=True)
    digits = re.search(r'id="demo-code">(\d{6})', client.get("/sign-in/code").get_data(as_text=True)).group(1)
    assert client.post("/sign-in/code", data={"code": digits}).location == "/desk"
    assert client.get("/desk").status_code == 200
    again = signed_in.app.test_client()
    sign_in(again, "operator")
    assert again.post("/sign-in/code", data={"code": digits}).status_code == 200, "a code is good once"


def test_a_link_does_not_lead_to_another_site(signed_in):
    client = signed_in.app.test_client()
    for address in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        assert sign_in(client, "owner", next=address).location == "/desk"


def test_signing_out_ends_the_session_on_the_server(signed_in):
    client = signed_in.app.test_client()
    sign_in(client, "owner")
    cookie = client.get_cookie("caitu_session").value
    client.post("/sign-out")
    client.set_cookie("caitu_session", cookie)
    assert client.get("/desk").status_code == 303


def test_each_sign_in_has_a_token_of_its_own_that_scripts_and_other_sites_do_not_get(signed_in):
    client = signed_in.app.test_client()
    client.set_cookie("caitu_session", "chosen-by-somebody-else")
    answer = sign_in(client, "owner")
    kept = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("caitu_session="))
    assert "chosen-by-somebody-else" not in kept
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept


def test_behind_https_the_cookies_leave_by_https_only(demo_settings):
    from dataclasses import replace

    from webapp.factory import create_app

    assert create_app(replace(demo_settings, public_url="https://caitu.example")).config["SESSION_COOKIE_SECURE"]
    assert not create_app(demo_settings).config["SESSION_COOKIE_SECURE"]


def test_a_form_without_our_token_is_refused(signed_in):
    signed_in.app.config["WTF_CSRF_ENABLED"] = True
    client = signed_in("owner")
    assert client.post("/sign-out").status_code == 400
    assert client.get("/desk").status_code == 200


def test_what_a_signed_in_person_sees_is_kept_by_no_cache(signed_in):
    assert signed_in("owner").get("/desk").headers["Cache-Control"] == "private, no-store"


def test_accounts_are_shown_in_the_demo_only(signed_in, client):
    assert PASSWORD in signed_in.app.test_client().get("/sign-in").get_data(as_text=True)
    assert PASSWORD not in client.get("/sign-in").get_data(as_text=True)
