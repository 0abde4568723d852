"""Sign-in through a provider of OpenID Connect: code flow with PKCE, state and nonce; matched by the verified address."""

from __future__ import annotations

from typing import Any

import requests
from authlib.integrations.base_client import MismatchingStateError, OAuthError
from authlib.integrations.flask_client import OAuth
from flask import current_app, request, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from market.access import Actor
from market.accounts import sessions
from market.accounts.queries import by_email
from market.accounts.sessions import SignIn
from webapp.services import services

NAME = "sso"
LEEWAY_S, TIMEOUT_S = 30, 10  # clocks of two servers differ by seconds; a provider that is away must not hold a thread
MFA = "mfa"  # how RFC 8176 calls "more than one factor was asked" in the claim amr


class Refused(Exception):
    """Nobody was signed in; the message is a code of words.accounts.SSO_FAULTS, email the address it is about."""

    def __init__(self, code: str, email: str = "") -> None:
        super().__init__(code)
        self.code, self.email = code, email


def _client() -> Any:
    """Authlib's client of this site's provider, made at its first use."""
    found = current_app.extensions.get("caitu sso")
    if found is None:
        settings = services().settings
        found = OAuth(current_app).register(
            NAME, client_id=settings.sso_client, client_secret=settings.sso_secret,
            server_metadata_url=f"{settings.sso_issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": TIMEOUT_S})
        current_app.extensions["caitu sso"] = found
    return found


def leave_for_provider() -> Response:
    """Sends the browser to the provider; state, nonce and verifier wait in the browser's signed cookie."""
    settings = services().settings
    back = f"{settings.public_url or request.host_url.rstrip('/')}{url_for('sso.callback')}"
    try:
        found: Response = _client().authorize_redirect(back)
    except (requests.RequestException, KeyError, ValueError) as error:
        raise Refused("away") from error
    return found


def _claims() -> dict[str, Any]:
    """The checked claims of the id token: signature, issuer, audience, nonce, time."""
    settings, client = services().settings, _client()
    wanted = {"iss": {"essential": True, "values": [settings.sso_issuer, f"{settings.sso_issuer}/"]},
              "aud": {"essential": True, "values": [settings.sso_client]}}
    try:
        token = client.authorize_access_token(claims_options=wanted, leeway=LEEWAY_S, timeout=TIMEOUT_S)
    except MismatchingStateError as error:
        raise Refused("state") from error
    except OAuthError as error:
        raise Refused("denied" if "error" in request.args else "token") from error
    except requests.RequestException as error:
        raise Refused("away") from error
    except (JoseError, KeyError, ValueError, RuntimeError) as error:
        raise Refused("token") from error
    if not token.get("userinfo"):
        raise Refused("token")
    return dict(token["userinfo"])


def signed_in_by_provider() -> SignIn:
    """A session for the person with the provider's verified address; Refused says why there is none.

    No account is made here. The second factor stays asked unless the provider says that it asked one.
    """
    claims = _claims()
    email = str(claims.get("email", "")).strip().lower()
    if claims.get("email_verified") is not True or not email:
        raise Refused("unverified", email)
    site = services()
    with site.database.write() as opened:
        person = by_email(opened, email)
        if person is None:
            raise Refused("unknown", email)
        return sessions.begin(site.act(opened, Actor()), person, passed=MFA in (claims.get("amr") or ()))
