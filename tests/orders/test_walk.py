"""Random walks through the life: whatever is done, what must always hold holds, and every event is reached."""

import os
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from market import audit
from market.access import SYSTEM, Actor
from market.accounts.models import Employment
from market.errors import InvalidInput, NotAllowed, NotFound, NotPossibleNow
from market.orders import award, bids, delivery, disputes, drafts, panel, settlement
from market.orders.bid_models import AwardedPlace, Bid, BidMember, PanelSeat, Score
from market.orders.delivery_models import LedgerLine, Placement, Rating
from market.orders.life import FINAL, LIFE, STATES
from market.orders.steps import standing_awards

REFUSED = (InvalidInput, NotAllowed, NotFound, NotPossibleNow)


def owner(s):
    return s.act(s.cast.owner)


def any_firm(s, n):
    return s.act(s.cast.firms[n % 4])


def regulator(s):
    return s.act(s.cast.regulator)


def system(s):
    return s.act(SYSTEM)


def reason(n):
    return "" if n % 5 == 0 else "a reason"


def bid(s, n):
    lead, other = s.cast.firms[n % 4], s.cast.firms[(n + 1 + n // 4 % 3) % 4]
    shares = ((lead.institution_id, 6000), (other.institution_id, 4000 + (n % 7 == 0))) if n % 3 == 0 else ()
    made = bids.bid(s.act(lead), s.id, s.offer(1 + n), shares)
    if shares and n % 2:
        bids.consent_bid(s.act(other), s.id, made.id)


def three_bids(s, n):
    for place in range(3):
        bids.bid(s.act(s.cast.firms[place]), s.id, s.offer(1000 + n + place))


def opening(s, n):
    panel.draw_panel(s.act(s.cast.operator), s.id, 3)
    panel.turn_key(s.act(s.cast.operator), s.id)
    if n % 4:
        panel.turn_key(regulator(s), s.id)
    panel.unseal(s.act(s.cast.operator), s.id)


def score(s, n):
    for expert in s.sitting()[: 3 if n % 4 else 1]:
        for place, key in enumerate(s.opened()):
            marks = {"plan": (n * (place + 3)) % 101, "team": n % 101, "price": 50}
            panel.score(s.act(expert), s.id, panel.Marks(key, marks))


def propose(s, n):
    ranked = panel.ranking(owner(s), s.order)
    chosen = ranked[: 1 + n % 2] if n % 3 else ranked[-1:]
    award.propose(owner(s), s.id, award.Proposal({row.bid_id: 1 + n % 4 for row in chosen}, reason(n)))


def all_decline(s, n):
    """Whoever is proposed from now on declines; a first award may stand."""
    while s.order.state == "evaluating" and (ranked := panel.ranking(owner(s), s.order)):
        award.propose(owner(s), s.id, award.Proposal({row.bid_id: 1 for row in ranked[:2]}, "a reason"))
        s.award()
        firms = [row.institution_id for row in standing_awards(s.session, s.order, ("active",))]
        award.decline(s.act(next(firm for firm in s.cast.firms if firm.institution_id == firms[-1])), s.id, "overbooked")
    return True


def sign(s, n):
    for firm in s.cast.firms:
        try:
            award.sign_member(s.act(firm), s.id)
        except REFUSED:
            continue
    award.sign(owner(s), s.id)


def deliver(s, n):
    s.report()
    if n % 3:
        s.candidate(n)
    delivery.deliver_all(s.act(s.lead()), s.id)


def reject(s, n):
    rows = [row for row in delivery.milestones(s.session, s.order) if row.state == "reported"]
    delivery.reject_part(owner(s), s.id, {row.id: reason(n) for row in rows[:1]})


def later_stage(s, n):
    s.forward(days=10 if n % 6 else 2)
    disputes.next_stage(system(s), s.id)


def agree(s, n):
    terms = disputes.Terms(n % 10_001, "as both say")
    if s.order.state == "mediating":
        disputes.suggest(regulator(s), s.id, terms)
    else:
        disputes.offer(owner(s), s.id, terms)
    made = disputes.open_offer(s.session, s.order)
    waits = disputes.unanswered(s.session, s.order, made)
    for side in (s.cast.owner, *s.cast.firms):
        if side.institution_id in waits or (side is s.cast.owner and disputes.BUYER in waits):
            disputes.answer_offer(s.act(side), s.id, disputes.Answer(made.id, accepted=bool(n % 6)))
    if s.order.state != "settling":
        disputes.conclude(owner(s), s.id)


def rate(s, n):
    rows = standing_awards(s.session, s.order, ("active",))
    row = rows[n % len(rows)]
    side = s.cast.owner if n % 2 else next(f for f in s.cast.firms if f.institution_id == row.institution_id)
    settlement.rate(s.act(side), s.id, settlement.Stars(row.id, 1 + n % 5))


def hire(s, n):
    expert = s.cast.experts[n % 4]
    s.session.add(Employment(person_id=expert.person_id, institution_id=s.cast.firms[n % 4].institution_id))
    s.session.flush()


DO = {
    "submit": lambda s, n: s.submit(), "return": lambda s, n: drafts.send_back(s.act(s.cast.operator), s.id, reason(n)),
    "publish": lambda s, n: s.publish(), "amend": lambda s, n: drafts.amend(owner(s), s.id, {"fee_fen": 1 + n}),
    "bid": bid, "three_bids": three_bids, "withdraw": lambda s, n: bids.withdraw(any_firm(s, n), s.id),
    "reconfirm": lambda s, n: bids.reconfirm(any_firm(s, n), s.id), "close_bids": lambda s, n: s.close() if n % 3 else
    panel.close_bids(system(s), s.id), "unseal": opening, "fail_few": lambda s, n: s.fail(), "score": score,
    "propose": propose, "object": lambda s, n: award.objection(any_firm(s, n), s.id, reason(n)),
    "uphold": lambda s, n: award.uphold(regulator(s), s.id, reason(n)),
    "dismiss": lambda s, n: award.dismiss(regulator(s), s.id, reason(n)),
    "award": lambda s, n: s.award() if n % 3 else award.award(owner(s), s.id), "sign": sign,
    "go_on": lambda s, n: all_decline(s, n) and award.go_on(owner(s), s.id),
    "decline": lambda s, n: award.decline(any_firm(s, n), s.id, reason(n)),
    "terminate": lambda s, n: delivery.terminate(owner(s), s.id, reason(n)), "deliver_all": deliver, "reject_part": reject,
    "accept": lambda s, n: delivery.accept(owner(s) if n % 2 else system(s), s.id),
    "dispute": lambda s, n: disputes.dispute(owner(s) if n % 2 else s.act(s.lead()), s.id, reason(n)),
    "mediate": lambda s, n: disputes.mediate(owner(s) if n % 2 else s.act(s.lead()), s.id),
    "next_stage": lambda s, n: later_stage(s, n), "refer": lambda s, n: disputes.refer(regulator(s), s.id, reason(n)),
    "conclude": agree,
    "resolve": lambda s, n: disputes.resolve(regulator(s), s.id, disputes.Ruling(reason(n), n % 10_001)),
    "settle": lambda s, n: s.settle(), "rate": rate, "rate_close": lambda s, n: settlement.rate_close(system(s), s.id),
    "cancel": lambda s, n: drafts.cancel(owner(s) if n % 2 else regulator(s), s.id, reason(n)),
    "pause": lambda s, n: drafts.pause(owner(s) if n % 2 else system(s), s.id),
    "resume": lambda s, n: drafts.resume(owner(s), s.id),
    "recuse": lambda s, n: panel.recuse(s.act(s.cast.experts[n % 4]), s.id, reason(n)), "hire": hire,
    "wait": lambda s, n: s.forward(days=n % 40),
}
RARE = {"cancel", "fail_few", "recuse", "hire", "return", "wait", "decline"}
SOURCES = {event: {state for move in LIFE if move.event == event for state in move.sources} for event in DO}
MORE = {"three_bids": {"open"}, "reconfirm": {"open"}, "rate": {"settled"}, "recuse": {"sealed", "evaluating"},
        "hire": {"sealed", "evaluating"}, "wait": set(STATES)}
LIKELY = {state: [event for event in DO if state in SOURCES[event] | MORE.get(event, set())
                  for _ in range(1 if event in RARE else 3)] for state in STATES}
reached = Counter()


def step(scene, number):
    """One event, mostly one that the state allows, rather one that no walk has reached; what is refused leaves no trace."""
    state = scene.order.state
    new = [event for event in dict.fromkeys(LIKELY[state]) if not reached[event]]
    choices = list(DO) if number % 8 == 0 else new if new and number % 8 > 3 else LIKELY[state]
    event = choices[number // 8 % len(choices)]
    try:
        with scene.session.begin_nested():
            DO[event](scene, number // 64)
        reached[event] += 1
    except REFUSED:
        scene.session.expire_all()
    except (IndexError, StopIteration, ZeroDivisionError, ValueError):
        scene.session.expire_all()  # the walker had nothing to choose from


def hold(scene):
    """What must always hold, asked of the database."""
    session, order = scene.session, scene.order
    session.flush()
    session.refresh(order)
    places = session.scalar(select(func.count()).select_from(AwardedPlace).where(AwardedPlace.order_id == order.id))
    active = standing_awards(session, order, ("active",))
    assert order.awarded_places == places == sum(row.places for row in active) <= order.headcount
    judges = {row.person_id for row in session.query(Score).filter_by(order_id=order.id)}
    recused = {row.person_id for row in session.query(PanelSeat).filter_by(order_id=order.id, state="recused")}
    assert not judges & recused
    taking_part = Counter(session.scalars(select(BidMember.institution_id).where(
        BidMember.order_id == order.id, BidMember.consented_at.is_not(None), ~BidMember.gone)))
    assert set(taking_part.values()) <= {1}
    if order.state in ("draft", "pending_review", "open", "sealed", "paused", "unsuccessful"):
        assert session.query(Bid).filter(Bid.order_id == order.id, Bid.opened_at.is_not(None)).count() == 0
        assert bids.count(session, Actor(), order) is None
    for row in active:
        shares = [m.share_bp for m in session.query(BidMember).filter_by(bid_id=row.bid_id, gone=False)]
        assert sum(shares) == 10_000
    if order.state in ("settled", "closed"):
        lines = session.scalar(select(func.sum(LedgerLine.fen)).where(LedgerLine.order_id == order.id))
        assert lines == order.value_fen == sum(row.value_fen for row in active)
    if order.state != "closed" and session.query(Rating).filter_by(order_id=order.id).count():
        assert settlement.ratings(session, Actor(), order) == []
    rows = session.query(Placement).filter(Placement.order_id == order.id, Placement.stage.not_in((
        "proposed", "withdrawn", "declined")))
    assert all(row.consented_at for row in rows)


EXAMPLES = int(os.environ.get("CAITU_WALKS", "40"))  # bench/trials/walk.py sets its own number
STARTS = ("draft", "pending_review", "open", "open", "paused", "sealed", "evaluating", "standstill", "suspended", "awarded",
          "delivering", "accepting", "negotiating", "mediating", "disputed", "settled")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], derandomize=True,
          max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**32), length=st.integers(8, 20))
def test_whatever_is_done_what_must_hold_holds(scene, session, keys, seed, length):
    chance, began = random.Random(seed), scene.now
    with session.begin_nested() as savepoint:
        new = [state for state in STARTS if not all(reached[event] for event in LIKELY[state])]
        scene.to(chance.choice(new or STARTS))
        for _ in range(length):
            step(scene, chance.getrandbits(24))
            hold(scene)
            if scene.order.state in FINAL and chance.getrandbits(1):
                break  # little happens from here on: the steps are better spent on another walk
        assert audit.verify(session, {}, keys) == []
        savepoint.rollback()
    session.expunge_all()
    scene.now = began


def test_every_event_of_the_table_was_reached_by_the_walks():
    if not reached:
        pytest.skip("the walks did not run: run the whole file")
    missing = {move.event for move in LIFE} - {event for event in DO if reached[event]}
    assert missing == set()
