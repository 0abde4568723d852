"""Writing an order: what it lacks, what its texts hold, what may be chosen, its versions, and who may bid on it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from market.access import Actor, Role
from market.accounts.queries import names_of
from market.demo.scene import EXAMPLE
from market.errors import NotAllowed, NotFound, NotPossibleNow
from market.institutions.models import Institution
from market.orders import bids, drafts, history, queries, terms
from market.orders.choices import choices
from market.orders.models import Order
from market.orders.readiness import EMPTY, NO_FIGURE, NOT_WHOLE, Gap, readiness
from market.orders.steps import move_for

DATA = Path(__file__).resolve().parents[2] / "data"


def written(**more):
    """An order as its author has it on the screen, not saved."""
    return Order(**{**EXAMPLE, "district": "Xuhui", "must_have": [], "confidential": False, **more})


def test_readiness_says_of_each_field_why_it_is_not_ready():
    parts = [{"name": "a", "share_bp": 6000}, {"name": "b", "share_bp": 3000}]
    order = written(annual_salary_range="negotiable", headcount=None, milestones=parts, confidential=True)
    assert set(readiness(order, DATA).gaps) == {
        Gap("annual_salary_range", NO_FIGURE), Gap("headcount", EMPTY), Gap("milestones", NOT_WHOLE, 9000),
        Gap("closes_at", EMPTY), Gap("brief", EMPTY)}


def test_an_age_limit_keeps_an_order_from_being_published_and_a_lawful_sentence_takes_its_place():
    order = written(description="两名编译器工程师，限35岁以下，会 RISC-V。")
    found = readiness(order, DATA).blocking[0]
    assert (found.quote, found.severity) == ("限35岁以下", "refused")
    assert "就业促进法" in found.basis
    order.description = terms.mended(order.description, found)
    assert order.description == f"两名编译器工程师，{found.replacement}，会 RISC-V。"
    assert readiness(order, DATA).blocking == ()


@pytest.mark.parametrize(("text", "left"), [
    ("能出差，已婚已育优先，懂英语", "能出差，懂英语"), ("能出差，已婚已育优先", "能出差"),
    ("已婚已育优先，能出差", "能出差")])
def test_what_is_taken_out_takes_a_pause_along(text, left):
    assert terms.mended(text, terms.findings_in("title", text, DATA)[0]) == left


def test_a_text_that_has_moved_on_is_not_mended():
    found = terms.findings_in("title", "限35岁以下", DATA)[0]
    assert terms.mended("会写编译器", found) == "会写编译器"


def test_every_replacement_can_itself_be_published():
    words = {term.replacement for term in terms.terms(DATA)} - {"", "-"}
    assert words
    assert [found.quote for word in words for found in terms.findings_in("title", word, DATA) if found.blocks] == []


def test_a_longer_hit_speaks_for_those_inside_it_unless_they_are_graver():
    assert [f.quote for f in terms.findings_in("title", "年龄35岁以下", DATA)] == ["年龄35岁以下"]
    assert {f.severity for f in terms.findings_in("title", "未婚女性优先", DATA)} == {"forbidden"}


def test_fields_offer_the_words_by_which_firms_describe_themselves():
    offered = choices(DATA)
    assert "集成电路" in offered.industries
    assert "芯片设计" in offered.roles["芯片"]
    assert "高级人才寻访(猎头)" in offered.services
    assert len(offered.districts) == 16
    assert "北美" in offered.overseas


def test_an_order_that_its_enterprise_wrote_names_nobody_as_its_source(scene):
    assert "enterprise" not in (scene.to("draft").source_title or "")


def test_versions_hide_the_full_text_from_whoever_has_not_accepted_the_terms(scene, session):
    scene.values = {**scene.values, "confidential": True, "brief": "The full brief."}
    order = scene.to("open")
    drafts.amend(scene.act(scene.cast.owner), order.id, {"brief": "A chip for cars.", "guarantee_days": 60})
    firm = scene.cast.firms[0]
    seen = history.versions(session, firm, order)[0]
    assert (seen.changes, seen.hidden) == ({"guarantee_days": (90, 60)}, True)
    drafts.accept_terms(scene.act(firm), order.id)
    assert history.versions(session, firm, order)[0].changes["brief"] == ("The full brief.", "A chip for cars.")
    assert "brief" in history.versions(session, scene.cast.owner, order)[0].changes


def test_a_bidder_is_shown_the_material_changes_since_its_bid_until_it_confirms(scene, session):
    order = scene.to("open")
    first, second, _, fourth = scene.cast.firms
    assert history.unconfirmed(session, first, order) is None
    scene.bid()
    assert history.unconfirmed(session, first, order) is None
    amend = scene.act(scene.cast.owner)
    drafts.amend(amend, order.id, {"fee_fen": 999})
    drafts.amend(amend, order.id, {"title": "Two compiler engineers, soon"})
    drafts.amend(amend, order.id, {"guarantee_days": 60})
    waits = history.unconfirmed(session, first, order)
    assert [version.changes for version in waits.versions] == [{"fee_fen": (12_000_001, 999)}, {"guarantee_days": (90, 60)}]
    assert waits.mine
    assert not history.unconfirmed(session, fourth, order).mine, "only the lead of a joint bid confirms it"
    bids.reconfirm(scene.act(first), order.id)
    assert history.unconfirmed(session, first, order) is None
    drafts.amend(amend, order.id, {"fee_fen": 998})
    assert [v.changes for v in history.unconfirmed(session, first, order).versions] == [{"fee_fen": (999, 998)}]
    assert history.unconfirmed(session, Actor(), order) is None
    assert history.unconfirmed(session, second, order).mine


def test_the_gate_names_every_condition_that_a_firm_fails(scene, session):
    order = scene.to("open")
    lead = scene.cast.firms[0]
    assert bids.gate(scene.act(lead), order) == ()
    staff = replace(lead, role=Role.FIRM_STAFF)
    assert bids.gate(scene.act(staff), order) == ()
    firm = session.get(Institution, lead.institution_id)
    firm.credit_grade = "D"
    order.service_mode = ["高级人才寻访(猎头)"]
    firm.licences[0].valid_to = date(2025, 12, 31)
    session.flush()
    assert bids.gate(scene.act(lead), order) == ("licence_valid", "grade_not_d")


def test_a_member_of_one_bid_is_told_so_at_the_gate_and_a_bidder_may_change_its_own(scene):
    order = scene.to("open")
    scene.bid()
    first, second, _, fourth = scene.cast.firms
    assert bids.gate(scene.act(first), order) == ()
    assert bids.gate(scene.act(second), order) == ()
    assert bids.gate(scene.act(fourth), order) == (f"not_elsewhere: {fourth.institution_id}",)


def test_the_gate_is_shut_when_the_order_takes_no_bids(scene):
    order = scene.to("draft")
    with pytest.raises(NotFound):
        bids.gate(scene.act(scene.cast.firms[0]), order)
    scene.submit()
    scene.publish()
    drafts.pause(scene.act(scene.cast.owner), order.id)
    with pytest.raises(NotPossibleNow, match="state: paused"):
        bids.gate(scene.act(scene.cast.firms[0]), order)


def test_a_page_that_leads_to_an_action_is_shut_as_the_action_is(scene, session):
    order = scene.to("draft")
    assert move_for(session, scene.cast.staff, order, "edit").event == "edit"
    for actor in (scene.cast.rival, scene.cast.operator, scene.cast.firms[0]):
        with pytest.raises((NotFound, NotAllowed)):
            move_for(session, actor, order, "edit")
    with pytest.raises(NotPossibleNow, match="state: draft"):
        move_for(session, scene.cast.owner, order, "amend")


def test_orders_of_one_enterprise_that_look_alike_are_found(scene, session):
    first = scene.to("open")
    scene.order = None
    scene.draft()
    twin = scene.order
    assert [row.id for row in queries.alike(session, twin)] == [first.id]
    assert queries.alike(session, first) == [], "a draft is nobody's business yet"


def test_names_are_given_for_the_persons_asked_for(scene, session):
    owner = scene.cast.owner.person_id
    assert names_of(session, [owner, owner]) == {owner: "owner"}
