"""Greps the log, every refusal and failure, and a backup for numbers of identity, telephones, passwords and tokens: none."""

from __future__ import annotations

import contextlib
import io
import re
import sys
import tempfile
import uuid
from pathlib import Path

import structlog
from dumps import backup
from ground import Ground, arguments, ground, verdict
from sqlalchemy import select

from market.access import Actor
from market.accounts import sessions, tickets, tokens
from market.accounts.models import Person
from market.accounts.passwords import hashed
from market.orders.bid_models import Award, AwardedPlace
from webapp.access import public
from webapp.factory import create_app
from webapp.settings import settings_from

PASSWORD, IDENTITY, PHONE = "correct-horse-42-battery", "310104199003071233", "13912345678"
PATTERNS = {
    "numbers of identity": re.compile(
        r"(?<!\w)[1-9]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?!\w)"),
    "telephones": re.compile(r"(?<!\w)1[3-9]\d{9}(?!\w)"),
}


class Walk:
    """A walk through the site with secrets in every place where they may be typed."""

    def __init__(self, site: Ground, var: Path) -> None:
        settings = settings_from({"CAITU_VAR": str(var), "DATABASE_URL": site.url, "ENCODER": "test"})
        self.site, self.app = site, create_app(settings)
        self.app.config["WTF_CSRF_ENABLED"] = False
        self.app.add_url_rule("/api/v1/breaks", "breaks", public(lambda: self.breaks()))
        self.services = self.app.extensions["caitu"]
        self.services.clock = lambda: site.now
        self.secrets: dict[str, str] = {"password": PASSWORD}
        self.refusals: list[str] = []
        self.shown: list[str] = []

    def people(self) -> None:
        """Accounts with a password, a session, an access token, and a mailed token to recover."""
        with self.site.database.write() as session:
            for person in session.scalars(select(Person)):
                person.password_hash = hashed(PASSWORD) if person.id == self.site.cast.owner.person_id else None
                email = person.email
            for name, actor in (("owner", self.site.cast.owner), ("firm", self.lead(session))):
                self.secrets[f"access token of {name}"] = tokens.create(self.services.act(session, actor), name, 9)[1]
            person = session.get_one(Person, self.site.cast.owner.person_id)
            visitor = self.services.act(session, Actor())
            self.secrets["session"] = sessions.begin(visitor, person).token
            self.secrets["mailed token"] = tickets.start_recovery(visitor, email) or ""

    def lead(self, session: object) -> Actor:
        """The lead of the order's first award."""
        award = session.scalars(select(Award).where(Award.order_id == self.site.order_id)).first()  # type: ignore[attr-defined]
        return next(firm for firm in self.site.cast.firms if firm.institution_id == award.institution_id)

    def call(self, who: str, path: str, body: dict[str, object] | None = None, **headers: str) -> dict[str, object]:
        """One request of a program; what was refused is kept to be searched, what was shown is the control."""
        bearer = {"Authorization": f"Bearer {self.secrets[f'access token of {who}']}", "Idempotency-Key": uuid.uuid4().hex}
        client = self.app.test_client()
        answer = (client.get if body is None else client.post)(
            f"/api/v1{path}", headers={**bearer, **headers}, **({} if body is None else {"json": body}))
        (self.refusals if answer.status_code >= 400 else self.shown).append(answer.get_data(as_text=True))
        return answer.get_json(silent=True) or {}

    def go(self) -> None:
        """Signs in rightly and wrongly, proposes a candidate, looks at the name, is refused, and makes the site fail."""
        self.people()
        client = self.app.test_client()
        for password in (PASSWORD, f"{PASSWORD}x"):
            answer = client.post("/sign-in", data={"email": "owner@demo.example", "password": password})
            if answer.status_code == 200:
                self.refusals.append(answer.get_data(as_text=True).replace("owner@demo.example", ""))
        with self.site.database.read() as session:
            places = list(session.scalars(select(AwardedPlace.number).join(Award, Award.id == AwardedPlace.award_id).where(
                Award.order_id == self.site.order_id, Award.institution_id == self.lead(session).institution_id)))
        order = f"/orders/{self.site.order_id}"
        person = {"place": min(places), "name": "Li Lei", "phone": PHONE, "summary": f"identity {IDENTITY}"}
        made = self.call("firm", f"{order}/propose_candidate", person).get("made", {})
        assert isinstance(made, dict)
        self.secrets["consent link"] = str(made["consent_token"])
        self.call("firm", f"/candidates/{made['placement_id']}/unmask", {"reason": "a talk"})
        for body in (person, {**person, "phone": f"{PHONE}0"}, {**person, "place": 999}, {**person, "idn": IDENTITY}):
            self.call("owner", f"{order}/propose_candidate", body)
            self.call("firm", f"{order}/propose_candidate", {**body, "phone": f"{PHONE}0"})
        self.call("owner", f"{order}/pause", {})
        self.call("owner", "/orders/mine", Authorization=f"Bearer {self.secrets['access token of owner']}x")
        self.call("owner", "/breaks")

    def breaks(self) -> str:
        """Fails, with secrets in the variables of the moment."""
        phone, identity, token = PHONE, IDENTITY, self.secrets["access token of firm"]
        raise RuntimeError(f"a fault beside {len(phone + identity + token)} secret characters")


def found(walk: Walk, text: str) -> int:
    """How many secrets a text has."""
    literal = sum(text.count(secret) for secret in walk.secrets.values() if secret)
    return literal + sum(len(pattern.findall(text)) for pattern in PATTERNS.values())


def main() -> int:
    """Runs the trial; the controls are the answers to whoever may see, and a log that shows the values of variables."""
    args = arguments(__doc__ or "", 1)
    with tempfile.TemporaryDirectory() as folder, ground(args.database, "delivering") as site:
        log = io.StringIO()
        with contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
            walk = Walk(site, Path(folder))
            walk.go()
        kept, careless = backup(site), io.StringIO()
        with contextlib.redirect_stdout(careless), contextlib.redirect_stderr(careless):
            structlog.configure(processors=[structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(
                show_locals=True)), structlog.processors.JSONRenderer()])
            walk.call("owner", "/breaks")
        walk.services.database.engine.dispose()
    refusals, shown = "\n".join(walk.refusals), "\n".join(walk.shown)
    return verdict(f"{len(walk.secrets) + 2} secrets, {'PostgreSQL' if args.database else 'SQLite'}", {
        "lines of the log, secrets in them": (
            f"{log.getvalue().count(chr(10))}, {found(walk, log.getvalue())}", "> 0, 0",
            found(walk, log.getvalue()) == 0 and "failed" in log.getvalue()),
        "refusals and failures, secrets in them": (
            f"{len(walk.refusals)}, {found(walk, refusals)}", "> 10, 0",
            found(walk, refusals) == 0 and len(walk.refusals) > 10),
        "characters of a backup, secrets in it": (f"{len(kept)}, {found(walk, kept)}", "0", found(walk, kept) == 0),
        "control: in the answers to whoever may see": (found(walk, shown), "> 0", found(walk, shown) > 0),
        "control: in a log with the values of variables": (
            found(walk, careless.getvalue()), "> 0", found(walk, careless.getvalue()) > 0),
    })


if __name__ == "__main__":
    sys.exit(main())
