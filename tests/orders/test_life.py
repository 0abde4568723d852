"""The order's life: every state is reached by the actions themselves, and each state says whose turn it is."""

from pathlib import Path

import pytest
from sqlalchemy import select

from market.access import ACTIONS, GRANTS, Actor, Role
from market.audit import AuditEntry, verify
from market.demo.scene import PATHS
from market.orders import life, turns
from market.orders.delivery_models import LedgerLine
from market.orders.handbook import PAGES
from market.orders.life import LIFE, STATES, STEPS

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_reached_and_leaves_a_chain_that_holds(scene, session, keys, state):
    order = scene.to(state)
    assert order.state == state
    assert verify(session, {}, keys) == []
    places = session.scalars(select(AuditEntry.seq).where(AuditEntry.chain == f"order:{order.id}").order_by(AuditEntry.seq))
    numbers = places.all()
    assert numbers == list(range(1, len(numbers) + 1))


def test_there_is_a_path_to_every_state():
    assert set(PATHS) == set(STATES)


@pytest.mark.parametrize("move", [*LIFE, *STEPS], ids=lambda m: f"{m.event}-{m.sources[0]}-{m.who[0][0]}")
def test_the_table_and_the_grants_say_the_same(move):
    permission = ACTIONS[f"order.{move.event}"]
    allowed = {role for role in Role if permission in GRANTS[role]}
    told = {role for row in (*LIFE, *STEPS) if row.event == move.event for role, _ in row.who}
    assert told == allowed


def test_whose_turn_it_is_and_until_when_is_the_same_for_every_side(scene, session):
    order = scene.to("accepting")
    seen = [turns.turn_of(session, actor, order) for actor in (scene.cast.owner, scene.cast.firms[1], Actor())]
    assert {(turn.roles, turn.until) for turn in seen} == {((Role.ENTERPRISE_OWNER,), seen[0].until)}
    assert [turn.mine for turn in seen] == [True, False, False]
    assert (seen[0].until - scene.now).days == 14
    assert set(seen[0].events) == {"accept", "reject_part", "dispute", "say", "guarantee"}


def test_in_evaluation_the_turn_passes_from_the_panel_to_the_owner(scene, session):
    order = scene.to("evaluating")
    assert turns.turn_of(session, scene.cast.owner, order).roles == (Role.EXPERT,)
    scene.score()
    assert turns.turn_of(session, scene.cast.owner, order).mine


def test_the_money_of_a_joint_award_adds_up_to_the_fen(scene, session):
    order = scene.to("settled")
    lines = session.scalars(select(LedgerLine).where(LedgerLine.order_id == order.id)).all()
    assert sum(line.fen for line in lines) == order.value_fen == 3 * 10_000_003 + 2 * 11_000_001
    firms = {actor.institution_id: sum(line.fen for line in lines if line.institution_id == actor.institution_id)
             for actor in scene.cast.firms}
    assert abs(firms[scene.cast.firms[1].institution_id] - 0.6 * 3 * 10_000_003) <= 3
    assert order.awarded_places == 5


def test_every_final_state_has_no_turn_and_no_way_on():
    left = {state for state in STATES if not any(state in move.sources and move.target for move in LIFE)}
    assert left == life.FINAL
    assert set(life.TURNS) == set(STATES) - life.FINAL


@pytest.mark.parametrize("name", PAGES)
def test_the_handbook_says_what_the_code_does(name):
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()
