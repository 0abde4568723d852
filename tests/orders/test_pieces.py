"""Requests carried out once, shortlists, the evidence for the reward, money that is marked as paid."""

import pytest
from sqlalchemy import select

from market.access import Actor
from market.accounts.models import Organisation
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.institutions.models import Institution
from market.orders import drafts, settlement, shortlists
from market.orders.delivery_models import Payment
from market.orders.models import Question
from market.orders.reward import CONDITIONS, clauses, evidence
from market.requests import Request, once


def asking(scene, text, calls):
    def work():
        calls.append(text)
        return {"id": drafts.ask(scene.act(scene.cast.firms[0]), scene.id, text).id}
    return work


def test_a_repeated_request_gets_the_first_answer_and_a_changed_one_is_refused(scene, session):
    scene.to("open")
    act, calls = scene.act(scene.cast.firms[0]), []
    first, fresh = once(act, Request("firm", "k", {"text": "a"}), asking(scene, "a", calls))
    assert fresh
    assert once(act, Request("firm", "k", {"text": "a"}), asking(scene, "a", calls)) == (first, False)
    assert session.query(Question).count() == len(calls) == 1
    with pytest.raises(InvalidInput, match="key"):
        once(act, Request("firm", "k", {"text": "b"}), asking(scene, "b", calls))
    assert once(act, Request("other", "k", {"text": "b"}), asking(scene, "b", calls))[1]


def test_a_request_that_failed_leaves_nothing_and_may_come_again(scene, session):
    scene.to("open")
    act, calls = scene.act(scene.cast.firms[0]), []
    with pytest.raises(InvalidInput), session.begin_nested():
        once(act, Request("firm", "k", {"text": ""}), asking(scene, "", calls))
    assert once(act, Request("firm", "k", {"text": "a"}), asking(scene, "a", calls))[1]


def test_a_shared_list_is_looked_at_or_edited_as_its_owner_says(scene, session):
    owner, staff = scene.cast.owner, scene.cast.staff
    row = shortlists.make(scene.act(owner), "chips")
    shortlists.put(scene.act(owner), row.id, "F1", "good")
    for actor in (staff, scene.cast.rival, Actor()):
        with pytest.raises(NotFound):
            shortlists.firms(session, actor, row.id, scene.now)
    shortlists.share(scene.act(owner), row.id, staff.person_id, "view")
    assert [entry.note for entry in shortlists.firms(session, staff, row.id, scene.now)] == ["good"]
    with pytest.raises(NotFound):
        shortlists.put(scene.act(staff), row.id, "F2", "mine")
    shortlists.share(scene.act(owner), row.id, staff.person_id, "edit")
    shortlists.put(scene.act(staff), row.id, "F2", "mine")
    with pytest.raises(NotFound):
        shortlists.share(scene.act(owner), row.id, scene.cast.rival.person_id, "view")
    with pytest.raises(NotFound):
        shortlists.share(scene.act(staff), row.id, staff.person_id, "edit")
    assert [one.id for one in shortlists.mine(session, staff)] == [row.id]
    assert shortlists.right_of(session, staff, row.id)[1] == "edit"
    shortlists.take(scene.act(staff), row.id, "F2")
    with pytest.raises(NotFound):
        shortlists.take(scene.act(staff), row.id, "F2")
    with pytest.raises(NotFound):
        shortlists.remove(scene.act(staff), row.id)
    shortlists.share(scene.act(owner), row.id, staff.person_id, "none")
    assert shortlists.mine(session, staff) == []
    shortlists.remove(scene.act(owner), row.id)
    assert shortlists.mine(session, owner) == []


def test_a_listed_firm_that_changed_is_marked(scene, session):
    row = shortlists.make(scene.act(scene.cast.owner), "chips")
    shortlists.put(scene.act(scene.cast.owner), row.id, "F1", "")
    firm = session.get(Institution, "F1")
    firm.credit_grade = "D"
    firm.licences[0].valid_to = scene.now.date()
    session.flush()
    listed, = shortlists.firms(session, scene.cast.owner, row.id, scene.now.replace(year=2027))
    assert list(listed.changed) == ["credit_grade", "licences", "verification"]
    assert listed.changed["credit_grade"] == ("B", "D")
    assert listed.changed["verification"] == ("verified", "over")


def test_a_listed_firm_is_marked_while_its_organisation_is_suspended(scene, session):
    owner, house = scene.cast.owner, session.scalars(select(Organisation).where(Organisation.institution_id == "F1")).one()
    row = shortlists.make(scene.act(owner), "chips")
    shortlists.put(scene.act(owner), row.id, "F1", "")
    assert not shortlists.firms(session, owner, row.id, scene.now)[0].suspended
    house.state = "suspended"
    session.flush()
    listed, = shortlists.firms(session, owner, row.id, scene.now)
    assert listed.suspended
    assert listed.changed == {"verification": ("verified", "suspended")}


def test_the_evidence_names_what_is_proven_and_what_is_missing(scene, session):
    order = scene.to("closed")
    lead = scene.lead().institution_id
    found = {row.key: row.met for row in evidence(session, order, lead)}
    assert found == {"contract_signed": True, "candidates_consented": True, "places_filled": False, "guarantee_over": False,
                     "order_settled": True, "fee_paid": False, "no_dispute": True}
    for row in session.scalars(select(Payment).where(Payment.kind == "fee")):
        settlement.pay(scene.act(scene.cast.owner), row.id, {"name": "transfer.pdf", "sha256": "0" * 64})
    assert {row.key: row.met for row in evidence(session, order, lead)}["fee_paid"]
    assert not any(row.met for row in evidence(session, order, "F6"))
    assert len(CONDITIONS) == 7
    rows = clauses(scene.act(scene.cast.owner).data_dir)
    assert [row.key for row in CONDITIONS] == list(rows)[:7], "each condition has its clause, in the order of the file"
    assert all(row.text and row.source_title for row in rows.values())


def test_only_the_buyer_marks_a_payment_and_with_a_proof(scene, session):
    scene.to("settled")
    row = session.scalars(select(Payment).where(Payment.kind == "fee")).first()
    with pytest.raises(NotFound):
        settlement.pay(scene.act(scene.cast.rival), row.id, {"name": "x", "sha256": "y"})
    with pytest.raises(InvalidInput):
        settlement.pay(scene.act(scene.cast.owner), row.id, {})
    guarantee = session.scalars(select(Payment).where(Payment.kind == "guarantee")).one()
    with pytest.raises(NotPossibleNow, match="paid"):
        settlement.pay(scene.act(scene.cast.owner), guarantee.id, {"name": "x", "sha256": "y"})
    scene.forward(days=31)
    assert row in settlement.overdue(session, scene.now)
