"""What an action refuses to somebody who is known stays in the audit, without what they typed and without a sealed name."""

import pytest
from sqlalchemy import select

from market import audit
from market.access import Act, Actor
from market.accounts.models import Employment
from market.attempts import acting
from market.audit import AuditEntry
from market.errors import InvalidInput, NotAllowed, NotFound, NotPossibleNow
from market.orders import audit_trail, bids, drafts, panel, queries
from market.orders.audit_trail import AuditWanted
from market.orders.models import Order


@pytest.fixture
def tried(scene, database, keys):
    """Carries out one act of somebody in a transaction of its own, and gives the newest entry of the audit."""
    def run(actor, work, error):
        scene.session.commit()
        with pytest.raises(error), acting(database, lambda s: Act(s, actor, scene.now, keys, scene.data_dir)) as act:
            work(act)
        scene.session.expire_all()
        return scene.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()

    return run


def test_who_was_refused_what_by_which_guard_is_kept_though_the_act_is_undone(scene, tried, keys):
    scene.to("evaluating")
    row = tried(scene.cast.owner, lambda act: drafts.pause(act, scene.id), NotPossibleNow)
    assert (row.event, row.chain, row.object_id) == ("order.pause.refused", f"order:{scene.id}", scene.id)
    assert (row.person_id, row.role) == (scene.cast.owner.person_id, "enterprise_owner")
    assert row.detail == {"refused": "NotPossibleNow", "reasons": ["state"]}
    assert scene.session.get(Order, scene.id).state == "evaluating"
    assert audit.verify(scene.session, {}, keys) == []


def test_a_role_that_never_may_is_kept_too_and_a_visitor_is_not(scene, tried):
    scene.to("open")
    row = tried(scene.cast.park, lambda act: drafts.cancel(act, scene.id, "x"), NotAllowed)
    assert (row.event, row.role) == ("order.cancel.refused", "park_operator")
    before = row.id
    assert tried(Actor(), lambda act: drafts.cancel(act, scene.id, "x"), NotAllowed).id == before
    assert tried(scene.cast.rival, lambda act: drafts.pause(act, scene.id), NotFound).id == before


def test_what_somebody_typed_does_not_reach_the_audit(scene, tried):
    scene.to("draft")
    drafts.edit(scene.act(scene.cast.owner), scene.id, {"description": "限男性"})
    row = tried(scene.cast.owner, lambda act: drafts.submit(act, scene.id), InvalidInput)
    assert row.detail["reasons"] == ["no_forbidden_terms"]
    row = tried(scene.cast.owner, lambda act: drafts.create(act, {"secret": "13800000001"}), InvalidInput)
    assert (row.object_id, row.detail["reasons"]) == ("", ["fields"])


def test_a_refused_bid_names_nobody_before_the_keys_turn(scene, tried):
    scene.to("open")
    lead, member = scene.cast.firms[:2]
    bids.bid(scene.act(member), scene.id, scene.offer(5), ((member.institution_id, 6000), (lead.institution_id, 4000)))
    bids.bid(scene.act(lead), scene.id, scene.offer(5))
    made = bids.own(scene.session, member, scene.keys, scene.id).bid_id
    row = tried(lead, lambda act: bids.consent_bid(act, scene.id, made), NotPossibleNow)
    assert row.detail["reasons"] == ["not_elsewhere"]
    order = scene.session.get(Order, scene.id)
    for reader in (scene.cast.owner, scene.cast.regulator):
        assert row.id not in [entry.id for entry in queries.trail(scene.session, reader, order)]
    assert row.id not in [entry.id for entry in audit_trail.searched(scene.session, scene.cast.regulator, AuditWanted())[1]]


def test_an_expert_with_a_conflict_is_refused_and_that_stays(scene, tried):
    scene.to("evaluating")
    expert = scene.sitting()[0]
    scene.session.add(Employment(person_id=expert.person_id, institution_id=scene.cast.firms[0].institution_id))
    marks = panel.Marks(scene.opened()[0], {"plan": 1, "team": 1, "price": 1})
    row = tried(expert, lambda act: panel.score(act, scene.id, marks), NotPossibleNow)
    assert (row.event, row.detail["reasons"]) == ("order.score.refused", ["no_conflict"])
