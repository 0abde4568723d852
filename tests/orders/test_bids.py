"""Sealed bids: nothing is readable before two keys turn, joint bids count when all consent, terms are confirmed anew."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from market.access import Actor, Role
from market.errors import InvalidInput, NotFound, NotPossibleNow
from market.orders import audit_trail, bids, drafts, panel, queries, turns, versions
from market.orders.audit_trail import AuditWanted
from market.orders.bid_models import Bid, BidMember
from market.orders.steps import standing_bids

ACTORS = ("owner", "staff", "rival", "operator", "regulator", "officer", "park")


def readings(scene, actor):
    """Everything that the reads give an actor about an order, as one text."""
    session, order = scene.session, scene.session.get(type(scene.order), scene.id)
    out = [repr(turns.turn_of(session, actor, order)), repr(queries.questions(session, order)), str(order.version),
           repr(queries.listed(session, [], 0, 50)[0]), repr([row.id for row in queries.own(session, actor)])]
    for read in (lambda: bids.count(session, actor, order), lambda: bids.opened(session, actor, scene.keys, order),
                 lambda: bids.own(session, actor, scene.keys, order.id),
                 lambda: [(e.event, e.detail, e.person_id) for e in queries.trail(session, actor, order)],
                 lambda: [(e.event, e.detail, e.person_id) for e in audit_trail.searched(session, actor, AuditWanted())[1]]):
        try:
            out.append(repr(read()))
        except NotFound as error:
            out.append(f"NotFound {error}")
    return "\n".join(out)


@pytest.mark.parametrize("closed", [False, True])
def test_before_the_keys_turn_nobody_learns_who_bid_or_what(scene, session, closed):
    scene.to("open")
    began = scene.now
    everybody = [getattr(scene.cast, name) for name in ACTORS] + [scene.cast.firms[3], Actor()]
    with session.begin_nested() as savepoint:
        for firm, price in zip(scene.cast.firms[:3], (1, 2, 3), strict=True):
            bids.bid(scene.act(firm), scene.id, scene.offer(price))
        if closed:
            scene.close()
        one = [readings(scene, actor) for actor in everybody]
        savepoint.rollback()
    session.expire_all()
    scene.now = began
    others = (scene.cast.firms[2], scene.cast.firms[0], scene.cast.firms[1])
    for firm, price in zip(others, (7_700_077, 8_800_088, 9_900_099), strict=True):
        bids.bid(scene.act(firm), scene.id, scene.offer(price))
    if closed:
        scene.close()
    other = [readings(scene, actor) for actor in everybody]
    assert one == other
    assert "3" in other[ACTORS.index("operator")].splitlines()
    assert "7700077" not in "".join(other).replace(",", "").replace(".", "")


def test_the_database_holds_no_readable_offer(scene, session):
    scene.to("sealed")
    rows = session.execute(text("SELECT sealed FROM bids")).scalars().all()
    assert len(rows) == 3
    assert not any(b"plan" in bytes(row) or b"10000003" in bytes(row) for row in rows)


def test_the_bidder_reads_and_changes_its_own_bid_until_the_deadline(scene, session, keys):
    scene.to("open")
    me = scene.cast.firms[0]
    bids.bid(scene.act(me), scene.id, scene.offer(5))
    bids.bid(scene.act(me), scene.id, scene.offer(6))
    assert bids.own(session, me, keys, scene.id).offer["price_fen"] == 6
    assert session.query(Bid).count() == 1
    with pytest.raises(NotFound):
        bids.own(session, scene.cast.firms[1], keys, scene.id)
    with pytest.raises(NotFound):
        bids.own(session, scene.cast.owner, keys, scene.id)


def test_a_joint_bid_counts_only_when_every_member_consented_to_this_offer(scene, session):
    scene.to("open")
    lead, member = scene.cast.firms[:2]
    shares = ((lead.institution_id, 6000), (member.institution_id, 4000))
    made = bids.bid(scene.act(lead), scene.id, scene.offer(5), shares)
    order = scene.order
    assert standing_bids(session, order) == []
    with pytest.raises(NotFound):
        bids.consent_bid(scene.act(scene.cast.firms[2]), scene.id, made.id)
    with pytest.raises(NotPossibleNow, match="bid_changed"):  # the page that the member read is not the newest
        bids.consent_bid(scene.act(member), scene.id, made.id, "2026-01-01T00:00:00+00:00")
    bids.consent_bid(scene.act(member), scene.id, made.id, made.submitted_at.isoformat())
    assert standing_bids(session, order) == [made]
    bids.bid(scene.act(lead), scene.id, scene.offer(4), shares)
    assert standing_bids(session, order) == []
    bids.consent_bid(scene.act(member), scene.id, made.id)
    bids.withdraw(scene.act(member), scene.id)
    assert standing_bids(session, order) == []


def test_an_invited_firm_that_did_not_consent_is_free_to_bid_itself(scene, session):
    scene.to("open")
    lead, member = scene.cast.firms[:2]
    bids.bid(scene.act(lead), scene.id, scene.offer(5), ((lead.institution_id, 6000), (member.institution_id, 4000)))
    bids.bid(scene.act(member), scene.id, scene.offer(5))
    assert len(standing_bids(session, scene.order)) == 1


def test_the_database_keeps_a_firm_in_one_bid(scene, session):
    scene.to("sealed")
    first, second = session.scalars(select(Bid).order_by(Bid.id)).all()[:2]
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(BidMember(bid_id=second.id, order_id=scene.id, institution_id=first.institution_id, share_bp=1,
                              consented_at=scene.now))


def test_a_withdrawn_bid_leaves_the_firm_free_to_bid_anew(scene, session):
    scene.to("open")
    me = scene.cast.firms[0]
    bids.bid(scene.act(me), scene.id, scene.offer(5))
    bids.withdraw(scene.act(me), scene.id)
    bids.bid(scene.act(me), scene.id, scene.offer(6))
    assert len(standing_bids(session, scene.order)) == 1


def test_a_material_change_makes_new_terms_leaves_two_days_and_asks_every_bidder(scene, session):
    scene.to("open")
    scene.bid()
    scene.now = scene.order.bids_close_at.replace(microsecond=0)
    scene.forward(hours=-5)
    row = drafts.amend(scene.act(scene.cast.owner), scene.id, {"fee_fen": 999})
    assert row.material
    assert row.changes["fee_fen"] == [12_000_001, 999]
    assert (scene.order.bids_close_at - scene.now).days == 2
    assert standing_bids(session, scene.order) == []
    bids.reconfirm(scene.act(scene.cast.firms[0]), scene.id)
    assert len(standing_bids(session, scene.order)) == 1


def test_a_small_change_keeps_the_bids_and_what_was_promised_stays(scene, session):
    scene.to("open")
    scene.bid()
    assert not drafts.amend(scene.act(scene.cast.owner), scene.id, {"city": "Shanghai"}).material
    assert len(standing_bids(session, scene.order)) == 3
    for values in ({"scorecard": []}, {"milestones": []}, {"confidential": True}):
        with pytest.raises(InvalidInput, match="fixed"):
            drafts.amend(scene.act(scene.cast.owner), scene.id, values)
    with pytest.raises(InvalidInput, match="never earlier"):
        drafts.amend(scene.act(scene.cast.owner), scene.id, {"closes_at": scene.now})


def test_a_form_on_an_older_version_is_refused_with_what_changed(scene):
    scene.to("open")
    version = scene.order.version
    drafts.amend(scene.act(scene.cast.owner), scene.id, {"city": "Shanghai", "fee_fen": 5})
    with pytest.raises(NotPossibleNow, match="changed: city, fee_fen"):
        versions.expect(scene.act(scene.cast.owner), scene.id, version)
    versions.expect(scene.act(scene.cast.owner), scene.id, scene.order.version)


def test_one_person_cannot_turn_both_keys(scene):
    scene.to("sealed")
    panel.turn_key(scene.act(scene.cast.operator), scene.id)
    both = Actor(Role.REGULATOR, scene.cast.operator.person_id)
    with pytest.raises(InvalidInput, match="two_keys"):
        panel.turn_key(scene.act(both), scene.id)


def test_experts_judge_without_names_and_a_firm_sees_no_other_bid(scene, session, keys):
    order = scene.to("evaluating")
    seen = bids.opened(session, scene.sitting()[0], keys, order)
    assert {b.institution_id for b in seen} == {None}
    assert {b.members for b in seen} == {()}
    assert {b.institution_id for b in bids.opened(session, scene.cast.owner, keys, order)} == {
        actor.institution_id for actor in scene.cast.firms[:3]}
    for actor in (scene.cast.firms[0], scene.cast.rival, Actor()):
        with pytest.raises(NotFound):
            bids.opened(session, actor, keys, order)


def test_a_bid_that_does_not_count_is_never_opened(scene, session):
    scene.to("open")
    scene.bid()
    lead = scene.cast.firms[0]
    bids.withdraw(scene.act(lead), scene.id)
    bids.bid(scene.act(lead), scene.id, scene.offer(3), ((lead.institution_id, 9000), ("F5", 1000)))
    extra = Actor(Role.FIRM_LEAD, lead.person_id, 10**6, institution_id="F6")
    bids.bid(scene.act(extra), scene.id, scene.offer(3))
    scene.close()
    scene.unseal()
    unopened = session.scalars(select(Bid).where(Bid.opened_at.is_(None), Bid.withdrawn_at.is_(None))).all()
    assert [bid.institution_id for bid in unopened] == [lead.institution_id]


def test_a_confidential_order_names_its_enterprise_only_to_who_accepted_the_terms(scene, session):
    scene.values = {**scene.values, "confidential": True, "brief": "The full brief."}
    order = scene.to("open")
    firm = scene.cast.firms[0]
    assert order.enterprise_name == ""
    assert queries.brief(session, firm, order) == queries.Brief(None, None)
    drafts.accept_terms(scene.act(firm), order.id)
    assert queries.brief(session, firm, order) == queries.Brief("enterprise", "The full brief.")
    assert [row.institution_id for row in queries.readers(session, scene.cast.owner, order)] == [firm.institution_id]
    with pytest.raises(NotFound):
        queries.readers(session, firm, order)


def test_a_draft_is_its_enterprises_alone(scene, session):
    order = scene.to("draft")
    for actor in (scene.cast.rival, scene.cast.firms[0], scene.cast.operator, Actor()):
        with pytest.raises(NotFound):
            queries.order(session, order.id, actor)
    assert queries.order(session, order.id, scene.cast.staff) is order
    assert queries.listed(session, [], 0, 10) == (0, [])
    assert queries.by_ids(session, [order.id]) == {}


def test_questions_are_answered_to_all_and_nobody_learns_who_asked(scene, session):
    order = scene.to("open")
    question = drafts.ask(scene.act(scene.cast.firms[0]), order.id, "Remote?")
    drafts.answer(scene.act(scene.cast.staff), order.id, question.id, "Two days a week.")
    assert [(row.text, row.answer) for row in queries.questions(session, order)] == [("Remote?", "Two days a week.")]
    assert "F1" not in repr(queries.questions(session, order))
