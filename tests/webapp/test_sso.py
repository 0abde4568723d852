"""Single sign-on against a small provider of our own: it signs in whom it should, and refuses every answer that is wrong."""

import base64
import hashlib
import json
import threading
import time
from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import func, select
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from market.accounts.models import Person, SignedIn

CLIENT, SECRET = "caitu", "a secret of the client"


class Provider:
    """An OpenID provider on this machine; `claims` and `key` change what its next id token says and who signs it."""

    def __init__(self) -> None:
        self.key = self.published = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.claims, self.codes, self.refuses = {}, {}, False
        self.server = make_server("127.0.0.1", 0, Request.application(self.answer), threaded=True)
        self.issuer = f"http://127.0.0.1:{self.server.port}"

    def answer(self, request):
        known = {"/.well-known/openid-configuration": self.metadata, "/jwks": self.jwks, "/token": self.token}
        return known[request.path](request)

    def metadata(self, _):
        return self.json({"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                          "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
                          "id_token_signing_alg_values_supported": ["RS256"]})

    def jwks(self, _):
        return self.json({"keys": [self.published.as_dict(private=False)]})

    def agree(self, address):
        """What the browser brings back after the person agreed: asked is the query of the address that it was sent to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        self.codes["code"] = asked
        return {"code": "code", "state": asked["state"]}

    def token(self, request):
        asked = self.codes.pop(request.form["code"], None)
        verifier = hashlib.sha256(request.form["code_verifier"].encode()).digest()
        right = asked and base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() == asked["code_challenge"]
        client = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if not right or request.headers.get("Authorization") != f"Basic {client}":
            return Response(json.dumps({"error": "invalid_grant"}), 400, mimetype="application/json")
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "42", "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"],
                  "email": "owner@demo.example", "email_verified": True, **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        return self.json({"access_token": "x", "token_type": "Bearer", "expires_in": 60,
                          "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)})

    @staticmethod
    def json(body):
        return Response(json.dumps(body), mimetype="application/json")


@pytest.fixture
def provider(signed_in):
    made = Provider()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    signed_in.site.settings = replace(signed_in.site.settings, sso_issuer=made.issuer, sso_client=CLIENT, sso_secret=SECRET)
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def leave(client, path="/sign-in/sso"):
    answer = client.get(path)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return answer.location


def come_back(client, provider, path="/sign-in/sso", **changed):
    back = {**provider.agree(leave(client, path)), **changed}
    return client.get(f"/sign-in/sso/callback?{urlencode(back)}")


def sessions_begun(signed_in):
    with signed_in.site.database.read() as session:
        return session.scalar(select(func.count()).select_from(SignedIn))


def refused(signed_in, provider, said, **changed):
    client, before = signed_in.app.test_client(), sessions_begun(signed_in)
    answer = come_back(client, provider, **changed)
    assert answer.status_code == 403
    assert said in answer.get_data(as_text=True)
    assert client.get("/desk").status_code == 303
    assert sessions_begun(signed_in) == before


def test_a_person_with_a_verified_address_is_signed_in_and_goes_where_they_wanted(signed_in, provider):
    client = signed_in.app.test_client()
    assert "用单位统一身份登录" in client.get("/sign-in").get_data(as_text=True)
    answer = come_back(client, provider, "/sign-in/sso?next=/inbox")
    assert (answer.status_code, answer.location) == (303, "/inbox")
    assert client.get("/desk").status_code == 200


def test_the_request_carries_state_nonce_and_a_challenge_and_comes_back_to_this_site(signed_in, provider):
    client = signed_in.app.test_client()
    first, second = (parse_qs(urlsplit(leave(client)).query) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 20
        assert first[name] != second[name]
    assert first["redirect_uri"] == ["http://localhost/sign-in/sso/callback"]


def test_a_link_of_the_provider_does_not_lead_to_another_site(signed_in, provider):
    assert come_back(signed_in.app.test_client(), provider, "/sign-in/sso?next=//evil.example").location == "/desk"


def test_the_wrong_state_is_refused(signed_in, provider):
    refused(signed_in, provider, "登录中断或重复提交", state="another")


def test_an_answer_to_another_browser_is_refused(signed_in, provider):
    back = provider.agree(leave(signed_in.app.test_client()))
    stranger = signed_in.app.test_client()
    assert stranger.get(f"/sign-in/sso/callback?{urlencode(back)}").status_code == 403
    assert stranger.get("/desk").status_code == 303


def test_a_used_answer_is_refused(signed_in, provider):
    client = signed_in.app.test_client()
    back = urlencode(provider.agree(leave(client)))
    assert client.get(f"/sign-in/sso/callback?{back}").status_code == 303
    assert client.get(f"/sign-in/sso/callback?{back}").status_code == 403


@pytest.mark.parametrize("claims", [
    {"nonce": "another"}, {"nonce": None}, {"aud": "somebody else"}, {"aud": ["somebody else"]}, {"aud": None},
    {"iss": "https://another.example"}, {"exp": 1_600_000_000}, {"exp": None}, {"sub": None},
], ids=str)
def test_a_token_with_a_wrong_claim_is_refused(signed_in, provider, claims):
    provider.claims = claims
    refused(signed_in, provider, "没有通过校验")


def test_a_token_that_another_key_signed_is_refused(signed_in, provider):
    provider.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
    refused(signed_in, provider, "没有通过校验")


def test_a_code_without_its_verifier_is_refused(signed_in, provider):
    refused(signed_in, provider, "没有通过校验", code="another")


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_was_not_verified_is_refused(signed_in, provider, verified):
    provider.claims = {"email_verified": verified}
    refused(signed_in, provider, "没有确认您的邮箱")


def test_an_unknown_address_is_told_what_to_do_and_no_account_is_made(signed_in, provider):
    provider.claims = {"email": "nobody@example.org"}
    refused(signed_in, provider, "没有邮箱为 nobody@example.org 的账户")
    with signed_in.site.database.read() as session:
        assert session.scalar(select(Person).where(Person.email == "nobody@example.org")) is None


def test_the_second_factor_stays_asked_unless_the_provider_says_that_it_asked_one(signed_in, provider):
    provider.claims = {"email": "operator@demo.example"}
    client = signed_in.app.test_client()
    assert come_back(client, provider).location.startswith("/sign-in/code")
    assert client.get("/organisations").status_code == 303
    provider.claims |= {"amr": ["pwd", "mfa"]}
    assert come_back(client, provider).location == "/desk"
    assert client.get("/organisations").status_code == 200


def test_who_says_no_at_the_provider_is_not_signed_in(signed_in, provider):
    client = signed_in.app.test_client()
    state = provider.agree(leave(client))["state"]
    answer = client.get(f"/sign-in/sso/callback?error=access_denied&state={state}")
    assert answer.status_code == 403
    assert "没有同意登录" in answer.get_data(as_text=True)


def test_a_provider_that_is_away_is_told_and_passwords_still_work(signed_in, provider):
    signed_in.site.settings = replace(signed_in.site.settings, sso_issuer="http://127.0.0.1:1")
    answer = signed_in.app.test_client().get("/sign-in/sso")
    assert answer.status_code == 403
    assert "现在没有应答" in answer.get_data(as_text=True)


def test_a_site_without_a_provider_has_no_such_page(signed_in):
    client = signed_in.app.test_client()
    assert client.get("/sign-in/sso").status_code == 404
    assert client.get("/sign-in/sso/callback").status_code == 404
    assert "统一身份" not in client.get("/sign-in").get_data(as_text=True)
