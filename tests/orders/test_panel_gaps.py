"""A panel that loses experts after the opening: who is drawn again, who is told, and what waits until it is whole."""

from collections import Counter

import pytest
from sqlalchemy import select

from market.access import Role
from market.errors import NotFound, NotPossibleNow
from market.notices.models import Notice
from market.orders import panel, queries, turns
from market.orders.bid_models import PanelSeat, Score
from market.orders.models import OrderClock
from market.orders.opening import opening

MARKS = {"plan": 50, "team": 50, "price": 50}


def told(scene, event):
    """Person -> how many messages of an event."""
    return Counter(scene.session.scalars(select(Notice.person_id).where(Notice.event == f"order.{event}")))


def draw(scene, size=3):
    return panel.draw_panel(scene.act(scene.cast.operator), scene.id, size)


def sheet(scene, expert):
    for bid_id in scene.opened():
        panel.score(scene.act(expert), scene.id, panel.Marks(bid_id, MARKS))


def test_a_seat_that_became_free_is_filled_by_somebody_else_who_is_told(scene, session):
    scene.to("evaluating")
    before = {expert.person_id for expert in scene.sitting()}
    gone = scene.sitting()[0]
    panel.recuse(scene.act(gone), scene.id, "a friend bids")
    assert told(scene, "recuse") == {scene.cast.operator.person_id: 1}
    turn = turns.turn_of(session, scene.cast.operator, scene.order)
    assert (turn.deed, turn.mine) == ("evaluating:draw", True)
    assert scene.order in queries.own(session, scene.cast.operator)
    scene.forward(days=3)
    seats = set(draw(scene))
    new = seats - before
    assert len(seats) == 3
    assert gone.person_id not in seats
    assert told(scene, "seat_drawn") == dict.fromkeys(new, 1)
    assert (session.get(OrderClock, (scene.id, "scoring")).due_at - scene.now).days == 10
    assert turns.turn_of(session, scene.cast.operator, scene.order).roles == (Role.EXPERT,)


def test_two_experts_alone_decide_nothing(scene, session):
    scene.to("evaluating")
    panel.recuse(scene.act(scene.sitting()[0]), scene.id, "a friend bids")
    scene.score()
    with pytest.raises(NotPossibleNow, match=r"^experts_enough$"):
        scene.propose()
    assert turns.turn_of(session, scene.cast.owner, scene.order).deed == "evaluating:draw"
    draw(scene)
    with pytest.raises(NotPossibleNow, match=r"^all_scored$"):
        scene.propose()
    scene.score()
    scene.propose()
    assert scene.order.state == "standstill"


def test_an_expert_who_let_the_days_pass_loses_seat_and_scores_and_cannot_be_drawn_again(scene, session):
    scene.to("evaluating")
    late, *others = scene.sitting()
    for expert in others:
        sheet(scene, expert)
    panel.score(scene.act(late), scene.id, panel.Marks(scene.opened()[0], MARKS))
    scene.forward(days=10)
    lines = opening(scene.act(scene.cast.operator), scene.order).seats
    assert [line.person_id for line in lines if line.late] == [late.person_id]
    panel.free_seat(scene.act(scene.cast.operator), scene.id, late.person_id, "No scores in ten days.")
    assert told(scene, "seat_freed") == {late.person_id: 1}
    assert session.get(PanelSeat, (scene.id, late.person_id)).reason == "No scores in ten days."
    assert session.query(Score).filter_by(person_id=late.person_id).count() == 0
    assert turns.turn_of(session, late, scene.order).deed == "evaluating:recused"
    with pytest.raises(NotPossibleNow, match="not_recused"):
        panel.score(scene.act(late), scene.id, panel.Marks(scene.opened()[0], MARKS))
    assert late.person_id not in draw(scene)
    with pytest.raises(NotFound):
        panel.free_seat(scene.act(scene.cast.operator), scene.id, late.person_id, "again")


def test_an_expert_with_a_new_conflict_blocks_the_order_no_longer_than_the_days_for_scoring(scene):
    from market.accounts.models import Employment

    scene.to("evaluating")
    bound, *others = scene.sitting()
    scene.session.add(Employment(person_id=bound.person_id, institution_id=scene.cast.firms[0].institution_id))
    scene.session.flush()
    for expert in others:
        sheet(scene, expert)
    with pytest.raises(NotPossibleNow, match="no_conflict"):
        sheet(scene, bound)
    scene.forward(days=10)
    panel.free_seat(scene.act(scene.cast.operator), scene.id, bound.person_id, "Works for a bidder.")
    draw(scene)
    sheet(scene, next(expert for expert in scene.sitting() if expert not in others))
    scene.propose()
    assert scene.order.state == "standstill"
