"""The interface for programs: every step is reachable, each write has one effect, what is refused says why."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from market.access import Actor
from market.accounts import tokens
from market.audit import AuditEntry
from market.orders.life import EVENTS, STEPS
from market.orders.models import Order, Question
from webapp.api.steps import DEEDS

API = "/api/v1"
OF_THE_CLOCK = {"next_stage", "close_bids", "fail_few", "rate_close"}
DRAFT = {"title": "Two engineers", "headcount": 2, "fee_fen": 100, "closes_at": "2027-03-01T12:00:00+08:00"}


class Program:
    """A client that carries an access token."""

    def __init__(self, site, name):
        from market.accounts.models import Member, Person
        from market.accounts.sessions import actor_for

        self.client = site.app.test_client()
        with site.site.database.write() as session:
            person = session.scalars(select(Person).where(Person.email == f"{name}@demo.example")).one()
            member = session.scalar(select(Member).where(Member.person_id == person.id))
            me = actor_for(person.id, member.role, member) if member else Actor("expert", person.id)
            me = Actor(**{**me.__dict__, "role": type(Actor().role)(me.role)})
            self.token = tokens.create(site.site.act(session, me), "test", 30)[1]
        self.headers = {"Authorization": f"Bearer {self.token}"}

    def get(self, path):
        return self.client.get(API + path, headers=self.headers)

    def post(self, path, body=None, key=None, version=None):
        more = {"Idempotency-Key": key or uuid4().hex, **({"If-Match": f'"{version}"'} if version is not None else {})}
        return self.client.post(API + path, json=body or {}, headers={**self.headers, **more})


@pytest.fixture
def program(signed_in):
    signed_in.app.config["WTF_CSRF_ENABLED"] = True  # a token needs no form's token, everything else does
    return lambda name: Program(signed_in, name)


def test_every_step_that_a_person_may_take_is_an_address():
    assert set(DEEDS) == set(EVENTS) - OF_THE_CLOCK
    assert {move.event for move in STEPS} <= set(DEEDS)


def test_the_description_is_openapi_3_1_and_names_every_address(signed_in):
    described = signed_in.app.test_client().get(f"{API}/openapi.json").json
    assert described["openapi"] == "3.1.0"
    rules = {rule.rule for rule in signed_in.app.url_map.iter_rules() if rule.rule.startswith(API)}
    assert len(described["paths"]) == len(rules - {f"{API}/openapi.json"})
    problem = described["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(problem) == ["application/problem+json"]
    assert "password" not in json.dumps(described)


def test_a_program_takes_an_order_from_the_draft_to_the_bid(signed_in, program):
    owner, operator, firm = program("owner"), program("operator"), program("firm1")
    district = owner.get("/institutions?limit=1").json["institutions"][0]["district"]
    values = {**DRAFT, "district": district, "description": "Two engineers.", "role_family": "software",
              "annual_salary_range": "60-90", "service_mode": ["search"], "guarantee_days": 90,
              "milestones": [{"name": "start", "share_bp": 10000}], "scorecard": [{"name": "plan", "weight_bp": 10000}]}
    key = owner.post("/orders", values).json["order_id"]
    assert owner.get(f"/orders/{key}").json["state"] == "draft"
    assert "submit" in owner.get(f"/orders/{key}/turn").json["events"]
    assert owner.post(f"/orders/{key}/submit").json["state"] == "pending_review"
    assert operator.post(f"/orders/{key}/publish").json["state"] == "open"
    bid = {"price_fen": 5, "plan": "p", "timeline": "t", "no_conflict": True}
    made = firm.post(f"/orders/{key}/bid", bid)
    assert made.status_code == 200, made.json
    assert firm.get(f"/orders/{key}/bid").json["offer"]["price_fen"] == 5
    assert owner.get(f"/orders/{key}/bids").json == []
    with signed_in.site.database.read() as session:
        kept = session.execute(text("SELECT answer FROM answered_requests")).all()
    assert made.json["made"]["bid_id"]
    assert "bid_id" not in repr(kept)


def test_equal_requests_have_one_effect_and_one_answer_and_a_changed_one_is_refused(signed_in, program):
    firm, key = program("firm1"), signed_in.order("open")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: firm.post(f"/orders/{key}/ask", {"text": "When?"}, "k1"), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    with signed_in.site.database.read() as session:
        asked = select(func.count()).select_from(Question).where(Question.order_id == key, Question.text == "When?")
        assert session.scalar(asked) == 1
    changed = firm.post(f"/orders/{key}/ask", {"text": "Where?"}, "k1")
    assert (changed.status_code, changed.mimetype) == (422, "application/problem+json")
    assert changed.json["faults"][0]["code"] == "key"
    assert program("firm2").post(f"/orders/{key}/ask", {"text": "Where?"}, "k1").status_code == 200


def test_a_write_without_a_key_or_with_an_unknown_field_is_refused(signed_in, program):
    owner, key = program("owner"), signed_in.order("draft")
    answer = owner.client.post(f"{API}/orders/{key}/submit", json={}, headers=owner.headers)
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["headers"])
    answer = owner.post(f"/orders/{key}/edit", {"titel": "x"})
    assert answer.status_code == 422
    assert "titel" in answer.json["errors"]["json"]
    for body in ({"headcount": 0}, {"headcount": 10**12}, {"title": "a\x00b"}, {"closes_at": "2026-01-01"}, {"fee_fen": 1.5}):
        assert owner.post(f"/orders/{key}/edit", body).status_code == 422, body


ODD = [None, [], "x", 1, {"reason": 5}, {"text": {"a": 1}}, {"text": "a\x00"}, {"size": 10**30}, {"bid_id": -1},
       {"bid_id": True}, {"\ud800": 1}, {"closes_at": "0001-01-01T00:00:00+23:59"},
       {"closes_at": "9999-12-31T23:59:59-23:59"}, {"headcount": 1e400},
       {"constraints": {"credit_min": ["A"]}}, {"constraints": {"must_cover": "x"}}, {"milestones": [{"name": 1}]},
       {"scorecard": [{"name": "a", "weight_bp": "x"}]}, {"marks": {"a": 10**40}, "bid_id": 1}, {"title": "\ud800"},
       {"items": [{"milestone_id": 1, "reason": None}]}, {"seniority": [["a"]]}]


@pytest.mark.parametrize("name", ["owner", "firm1"])
def test_no_odd_body_makes_the_site_fail(signed_in, program, name):
    client, key = program(name), signed_in.order("draft" if name == "owner" else "open")
    for number, body in enumerate(ODD):
        for event in DEEDS:
            answer = client.client.post(f"{API}/orders/{key}/{event}", data=json.dumps(body), headers={
                **client.headers, "Idempotency-Key": f"{event}{number}", "Content-Type": "application/json"})
            assert answer.status_code < 500, (event, body, answer.json)
        assert client.get(f"/orders/{key}").status_code in (200, 404)
    assert client.client.post(f"{API}/orders", data="{", headers={
        **client.headers, "Idempotency-Key": "z", "Content-Type": "application/json"}).status_code in (400, 403)


def test_whose_order_it_is_not_learns_nothing_from_a_wrong_version(signed_in, program):
    for state, event, body in (("draft", "edit", {"title": "x"}), ("delivering", "deliver_all", {})):
        key, who = signed_in.order(state), {"draft": "rival", "delivering": "firm3"}[state]
        stranger = program(who)
        for version in (1, 10**6, None):
            answer = stranger.post(f"/orders/{key}/{event}", body, version=version)
            assert answer.status_code == 404, (state, version)
    assert program("operator").post(f"/orders/{signed_in.order('draft')}/publish", version=10**6).status_code == 404
    assert program("owner").post("/orders/none/edit", {"title": "x"}, version=1).status_code == 404
    assert program("owner").post(f"/orders/{signed_in.order('draft')}/edit", {"title": "x"}, version=10**6).status_code == 409


def test_an_older_version_is_refused_with_what_changed(signed_in, program):
    owner, key = program("owner"), signed_in.order("open")
    seen = owner.get(f"/orders/{key}")
    version = seen.json["version"]
    assert seen.headers["ETag"] == f'"{version}"'
    assert owner.post(f"/orders/{key}/amend", {"city": "Shanghai"}, version=version).status_code == 200
    late = owner.post(f"/orders/{key}/amend", {"city": "Elsewhere"}, version=version)
    assert late.status_code == 409
    assert late.json["faults"][0]["code"] == "changed"
    assert "城市" in late.json["detail"]


def test_what_the_database_refuses_is_a_conflict_and_no_failure(signed_in, program):
    owner, key = program("owner"), signed_in.order("draft")
    answer = owner.post(f"/orders/{key}/edit", {"district": "Atlantis"})
    assert (answer.status_code, answer.json["faults"][0]["code"]) == (409, "rule")


def test_a_wrong_or_missing_token_is_asked_for_one_and_a_cookie_beside_it_does_not_count(signed_in, program):
    visitor = signed_in.app.test_client()
    answer = visitor.get(f"{API}/orders/mine")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    browser = signed_in("owner")
    assert browser.get(f"{API}/orders/mine").status_code == 200
    assert browser.get(f"{API}/orders/mine", headers={"Authorization": "Bearer caitu_no"}).status_code == 401


def test_a_browser_without_the_forms_token_writes_nothing_and_an_access_token_opens_no_page(signed_in, program):
    key = signed_in.order("draft")
    browser = signed_in("owner")
    answer = browser.post(f"{API}/orders/{key}/submit", json={}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 400
    owner = program("owner")
    assert owner.client.get("/desk", headers=owner.headers).status_code == 303
    assert owner.client.post("/account/tokens", data={"name": "x", "days": 3}, headers=owner.headers).status_code == 400


def test_anothers_order_is_not_found_and_a_role_that_never_may_is_refused_and_both_say_so_as_problems(signed_in, program):
    key = signed_in.order("draft")
    for name, status in (("rival", 404), ("firm1", 403), ("owner", 200)):
        answer = program(name).post(f"/orders/{key}/edit", {"title": "mine"})
        assert answer.status_code == status, (name, answer.json)
    for name in ("rival", "firm1", "regulator", "operator"):
        assert program(name).get(f"/orders/{key}").status_code == 404
    with signed_in.site.database.read() as session:
        refused = session.scalars(select(AuditEntry.event).where(AuditEntry.event.endswith(".refused"))).all()
    assert refused == []  # the page's own mark turned the firm away before any action was asked


def test_what_an_action_refuses_through_the_interface_is_kept(signed_in, program):
    key = signed_in.order("evaluating")
    assert program("owner").post(f"/orders/{key}/pause").status_code == 409
    with signed_in.site.database.read() as session:
        row = session.scalars(select(AuditEntry).where(AuditEntry.event == "order.pause.refused")).one()
        assert (row.chain, row.detail["reasons"]) == (f"order:{key}", ["state"])
        assert session.get_one(Order, key).state == "evaluating"


def test_a_candidates_name_is_shown_for_a_reason_only_and_never_kept_with_the_answers(signed_in, program):
    owner, key = program("owner"), signed_in.order("delivering")
    firm = next(p for p in map(program, ("firm1", "firm2", "firm3")) if p.get(f"/orders/{key}/candidates").status_code == 200)
    person = {"place": 1, "name": "Wang Wu", "phone": "13900001234"}
    answers = [firm.post(f"/orders/{key}/propose_candidate", {**person, "place": place}) for place in range(1, 6)]
    made = next(answer.json["made"] for answer in answers if answer.status_code == 200)
    card = firm.get(f"/orders/{key}/candidates").json[-1]
    assert (card["name"], card["phone"]) == ("W**", "139****1234")
    assert made["placement_id"] not in [seen["placement_id"] for seen in owner.get(f"/orders/{key}/candidates").json]
    assert owner.post(f"/candidates/{made['placement_id']}/unmask", {"reason": "x"}).status_code == 404
    assert firm.post(f"/candidates/{made['placement_id']}/unmask", {"reason": " "}).status_code == 422
    shown = firm.post(f"/candidates/{made['placement_id']}/unmask", {"reason": "interview"})
    assert shown.json["phone"] == "13900001234"
    with signed_in.site.database.read() as session:
        kept = repr(session.execute(text("SELECT * FROM answered_requests")).all())
    assert "13900001234" not in kept
    assert made["consent_token"] not in kept


def test_the_page_shows_a_token_once_and_takes_it_back(signed_in):
    client = signed_in("owner")
    page = client.post("/account/tokens", data={"name": "payroll", "days": "30"}).get_data(as_text=True)
    token = page.split("<code>")[1].split("</code>")[0]
    assert token.startswith("caitu_")
    page = client.get("/account/tokens").get_data(as_text=True)
    assert token not in page
    assert "payroll" in page
    program = signed_in.app.test_client()
    assert program.get(f"{API}/orders/mine", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    number = page.split("/account/tokens/")[1].split("/")[0]
    assert signed_in("staff").post(f"/account/tokens/{number}/revoke").status_code == 404
    assert client.post(f"/account/tokens/{number}/revoke").status_code == 303
    assert program.get(f"{API}/orders/mine", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert "有 1 处要改" in client.post("/account/tokens", data={"name": "x", "days": "0"}).get_data(as_text=True)
