"""A pass mark keeps weak bids from an award; where no bid is left the owner goes on with what stands, or ends the order."""

import pytest

from market.errors import InvalidInput, NotPossibleNow
from market.orders import award, bids, drafts, panel, turns
from market.orders.bid_models import Bid
from market.orders.delivery_models import ConductEvent
from market.orders.models import OrderVersion


def owner(scene):
    return scene.act(scene.cast.owner)


def leads(scene):
    """The leads of the two awards: of three places, of two."""
    return [scene.cast.firms[1], scene.cast.firms[0]]


def scored(scene, pass_bp):
    """A scored order whose totals are about 73, 65 and 83, with a pass mark."""
    order = scene.to("evaluating")
    scene.score()
    order.pass_bp = pass_bp
    scene.session.flush()
    return order


def turn(scene):
    return turns.turn_of(scene.session, scene.cast.owner, scene.order)


def test_a_bid_below_the_pass_mark_cannot_be_proposed_and_its_firm_reads_so(scene, session, keys):
    order = scored(scene, 7_000)
    best, second, last = panel.ranking(owner(scene), order)
    assert [panel.passed(order, row) for row in (best, second, last)] == [True, True, False]
    assert panel.left(session, [order])[order.id] == 2
    with pytest.raises(InvalidInput, match=f"pass_mark_reached: {last.bid_id}$"):
        award.propose(owner(scene), order.id, award.Proposal({last.bid_id: 1}, "the cheapest"))
    award.propose(owner(scene), order.id, award.Proposal({best.bid_id: 5}))
    below = {bid.id: bid.outcome.get("below_pass") for bid in session.query(Bid).filter_by(order_id=order.id)}
    assert below == {best.bid_id: None, second.bid_id: False, last.bid_id: True}


def test_the_mean_itself_may_be_the_pass_mark(scene, session):
    order = scored(scene, None)
    best = panel.ranking(owner(scene), order)[0]
    order.pass_bp = best.sum_bp // len(best.totals)
    assert panel.passed(order, best)
    order.pass_bp += 1
    assert not panel.passed(order, best)


def test_a_change_of_the_pass_mark_is_material_and_bidders_confirm_it(scene, session):
    order = scene.to("open")
    scene.bid()
    drafts.amend(owner(scene), order.id, {"pass_bp": 6_000})
    row = session.query(OrderVersion).filter_by(order_id=order.id).one()
    assert (row.material, row.changes) == (True, {"pass_bp": [None, 6_000]})
    assert session.query(Bid).filter_by(order_id=order.id, terms_version=order.terms_version).count() == 0
    bids.reconfirm(scene.act(scene.cast.firms[0]), order.id)
    drafts.amend(owner(scene), order.id, {"pass_bp": None})
    assert order.pass_bp is None


def test_after_a_decline_with_nobody_left_the_order_goes_on_with_the_awards_that_stand(scene, session):
    order = scene.to("awarded")
    order.pass_bp = 7_000  # the third bid is below it
    award.decline(scene.act(leads(scene)[0]), order.id, "overbooked")
    assert (turn(scene).deed, turn(scene).mine) == (turns.DEAD_END, True)
    assert "go_on" in turn(scene).events
    assert not {"propose", "cancel"} & set(turn(scene).events)
    with pytest.raises(NotPossibleNow, match="no_award_stands"):
        drafts.cancel(owner(scene), order.id, "nobody is left")
    award.go_on(owner(scene), order.id)
    session.refresh(order)
    assert (order.state, order.awarded_places) == ("awarded", 2)
    assert (turn(scene).until - scene.now).days == 30
    award.sign_member(scene.act(leads(scene)[1]), order.id)
    award.sign(owner(scene), order.id)
    assert order.state == "delivering"


def test_where_no_award_stands_and_nobody_is_left_the_owner_ends_the_order_without_blame(scene, session):
    order = scene.to("awarded")
    order.pass_bp = 7_500
    award.decline(scene.act(leads(scene)[0]), order.id, "overbooked")
    award.go_on(owner(scene), order.id)
    award.decline(scene.act(leads(scene)[1]), order.id, "overbooked too")
    assert "cancel" in turn(scene).events
    assert "go_on" not in turn(scene).events
    with pytest.raises(NotPossibleNow, match="award_stands"):
        award.go_on(owner(scene), order.id)
    drafts.cancel(owner(scene), order.id, "Both winners declined.")
    assert order.state == "cancelled"
    assert {row.kind for row in session.query(ConductEvent).filter_by(order_id=order.id)} == {"award_declined"}


def test_while_a_bid_is_left_the_owner_cannot_end_the_order(scene, session):
    order = scored(scene, None)
    assert "cancel" not in turn(scene).events
    with pytest.raises(NotPossibleNow, match="none_left"):
        drafts.cancel(owner(scene), order.id, "changed our mind")
