"""Each guard alone: everything is right but for it, it refuses; taken out of the table, what it refused goes through."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from market.access import SYSTEM
from market.accounts.models import Employment, Organisation
from market.demo.scene import PATHS
from market.errors import InvalidInput, NotPossibleNow
from market.institutions.models import Institution, Licence
from market.orders import award, bids, delivery, disputes, drafts, life, panel
from market.orders.bid_models import Award, BidMember, Objection, Score
from market.orders.facts import Facts
from market.orders.life import LIFE, STEPS
from market.orders.rules import ERRORS

CASES = {}


def case(event, guard, state, who=""):
    """Registers a case: it brings the scene to the brink and gives the call that must be refused."""
    def keep(prepare):
        CASES[event, guard, who] = (state, prepare)
        return prepare
    return keep


def late(scene, call):
    """The deadline has come, the worker has not."""
    scene.now = scene.order.bids_close_at
    return call


def owner(scene):
    return scene.act(scene.cast.owner)


def firm(scene, place=0):
    return scene.act(scene.cast.firms[place])


def with_values(**values):
    """A draft with other values, submitted."""
    def prepare(scene):
        drafts.edit(owner(scene), scene.id, values)
        return scene.submit
    return prepare


for name, values in {"milestones_whole": {"milestones": [{"name": "all", "share_bp": 9999}]},
                     "headcount_positive": {"headcount": None}, "complete": {"description": ""},
                     "no_forbidden_terms": {"title": "算法工程师,仅限男性"}}.items():
    case("submit", name, "draft")(with_values(**values))


def amended(**values):
    def prepare(scene):
        return lambda: drafts.amend(owner(scene), scene.id, values)
    return prepare


for name, values in {"headcount_positive": {"headcount": None}, "complete": {"description": ""},
                     "no_forbidden_terms": {"description": "限35岁以下, 不招女性"}}.items():
    case("amend", name, "open")(amended(**values))


@case("return", "reason_given", "pending_review")
def _(scene):
    return lambda: drafts.send_back(scene.act(scene.cast.operator), scene.id, " ")


@case("publish", "deadline_far_enough", "pending_review")
def _(scene):
    scene.forward(days=2)
    return scene.publish


@case("publish", "enterprise_verified", "pending_review")
def _(scene):
    scene.session.execute(update(Organisation).where(Organisation.id == scene.cast.owner.organisation_id)
                          .values(verified_until=scene.now))
    return scene.publish


@case("amend", "before_deadline", "open")
def _(scene):
    return late(scene, lambda: drafts.amend(owner(scene), scene.id, {"city": "Shanghai"}))


@case("bid", "before_deadline", "open")
def _(scene):
    return late(scene, lambda: bids.bid(firm(scene), scene.id, scene.offer(1)))


def unlicensed(scene, place):
    key = scene.cast.firms[place].institution_id
    scene.order.service_mode = ["高级人才寻访(猎头)"]
    scene.session.execute(delete(Licence).where(Licence.institution_id == key))
    scene.session.flush()
    scene.session.expire_all()


@case("bid", "licence_valid", "open")
def _(scene):
    unlicensed(scene, 0)
    return lambda: bids.bid(firm(scene), scene.id, scene.offer(1))


def disgraced(scene, place):
    scene.session.get(Institution, scene.cast.firms[place].institution_id).credit_grade = "D"
    scene.session.flush()


@case("bid", "grade_not_d", "open")
def _(scene):
    disgraced(scene, 0)
    return lambda: bids.bid(firm(scene), scene.id, scene.offer(1))


@case("bid", "conflict_declared", "open")
def _(scene):
    return lambda: bids.bid(firm(scene), scene.id, dataclasses.replace(scene.offer(1), no_conflict=False))


@case("bid", "shares_whole", "open")
def _(scene):
    ids = [actor.institution_id for actor in scene.cast.firms]
    return lambda: bids.bid(firm(scene), scene.id, scene.offer(1), ((ids[0], 6000), (ids[1], 3999)))


@case("bid", "not_elsewhere", "open")
def _(scene):
    scene.bid()
    return lambda: bids.bid(firm(scene, 3), scene.id, scene.offer(1))


def joint(scene):
    ids = [actor.institution_id for actor in scene.cast.firms]
    return bids.bid(firm(scene), scene.id, scene.offer(1), ((ids[0], 6000), (ids[1], 4000)))


@case("consent_bid", "before_deadline", "open")
def _(scene):
    made = joint(scene)
    return late(scene, lambda: bids.consent_bid(firm(scene, 1), scene.id, made.id))


@case("refuse_bid", "before_deadline", "open")
def _(scene):
    made = joint(scene)
    return late(scene, lambda: bids.refuse_bid(firm(scene, 1), scene.id, made.id))


@case("consent_bid", "licence_valid", "open")
def _(scene):
    made = joint(scene)
    unlicensed(scene, 1)
    return lambda: bids.consent_bid(firm(scene, 1), scene.id, made.id)


@case("consent_bid", "grade_not_d", "open")
def _(scene):
    made = joint(scene)
    disgraced(scene, 1)
    return lambda: bids.consent_bid(firm(scene, 1), scene.id, made.id)


def nobodys(scene):
    scene.order.owner_id = None
    scene.session.flush()


def secret(scene):
    scene.order.confidential, scene.order.brief = True, "the full text"
    scene.session.flush()


@case("bid", "answered_for", "open")
def _(scene):
    nobodys(scene)
    return lambda: bids.bid(firm(scene), scene.id, scene.offer(1))


@case("bid", "terms_accepted", "open")
def _(scene):
    secret(scene)
    return lambda: bids.bid(firm(scene), scene.id, scene.offer(1))


@case("consent_bid", "terms_accepted", "open")
def _(scene):
    made = joint(scene)
    secret(scene)
    return lambda: bids.consent_bid(firm(scene, 1), scene.id, made.id)


@case("consent_bid", "not_elsewhere", "open")
def _(scene):
    made = joint(scene)
    bids.bid(firm(scene, 1), scene.id, scene.offer(2))
    return lambda: bids.consent_bid(firm(scene, 1), scene.id, made.id)


@case("reconfirm", "before_deadline", "open")
def _(scene):
    scene.bid()
    return late(scene, lambda: bids.reconfirm(firm(scene), scene.id))


@case("withdraw", "before_deadline", "open")
def _(scene):
    scene.bid()
    return late(scene, lambda: bids.withdraw(firm(scene), scene.id))


@case("ask", "before_deadline", "open")
def _(scene):
    return late(scene, lambda: drafts.ask(firm(scene), scene.id, "Remote?"))


@case("answer", "before_deadline", "open")
def _(scene):
    asked = drafts.ask(firm(scene), scene.id, "Remote?")
    return late(scene, lambda: drafts.answer(owner(scene), scene.id, asked.id, "No."))


@case("close_bids", "deadline_reached", "open")
def _(scene):
    scene.now = scene.order.bids_close_at - timedelta(microseconds=1)
    return lambda: panel.close_bids(scene.act(SYSTEM), scene.id)


@case("pause", "before_deadline", "open")
def _(scene):
    return late(scene, lambda: drafts.pause(owner(scene), scene.id))


def idle(scene, days):
    scene.order.closes_at = scene.now + timedelta(days=60)
    scene.session.flush()
    scene.forward(days=days)


@case("pause", "idle_long", "open", "system")
def _(scene):
    idle(scene, 29.9)
    return lambda: drafts.pause(scene.act(SYSTEM), scene.id)


@case("pause", "before_deadline", "open", "system")
def _(scene):
    idle(scene, 61)
    return lambda: drafts.pause(scene.act(SYSTEM), scene.id)


@case("cancel", "reason_once_open", "open")
def _(scene):
    return lambda: drafts.cancel(owner(scene), scene.id, "")


@case("cancel", "reason_given", "evaluating", "regulator")
def _(scene):
    return lambda: drafts.cancel(scene.act(scene.cast.regulator), scene.id, "")


@case("reissue", "reason_given", "unsuccessful")
def _(scene):
    return lambda: drafts.reissue(owner(scene), scene.id, "")


def keyed(scene, *, regulator=True, size=3):
    panel.draw_panel(scene.act(scene.cast.operator), scene.id, size)
    panel.turn_key(scene.act(scene.cast.operator), scene.id)
    if regulator:
        panel.turn_key(scene.act(scene.cast.regulator), scene.id)
    return lambda: panel.unseal(scene.act(scene.cast.operator), scene.id)


@case("unseal", "two_keys", "sealed")
def _(scene):
    return keyed(scene, regulator=False)


@case("unseal", "bids_enough", "open")
def _(scene):
    scene.bid()
    bids.withdraw(firm(scene), scene.id)
    scene.close()
    return keyed(scene)


@case("unseal", "experts_enough", "sealed")
def _(scene):
    call = keyed(scene)
    panel.recuse(scene.act(scene.sitting()[0]), scene.id, "ill")
    return call


def hired(scene, expert, **where):
    scene.session.add(Employment(person_id=expert.person_id, **where))
    scene.session.flush()


@case("unseal", "no_conflict", "sealed")
def _(scene):
    call = keyed(scene)
    hired(scene, scene.sitting()[0], institution_id=scene.cast.firms[3].institution_id)
    return call


@case("fail_few", "bids_too_few", "sealed")
def _(scene):
    return scene.fail


def mark(scene, marks=None):
    given = panel.Marks(scene.opened()[0], marks or {"plan": 1, "team": 2, "price": 3})
    return lambda: panel.score(scene.act(scene.sitting()[0]), scene.id, given)


@case("score", "not_recused", "evaluating")
def _(scene):
    expert, bid_id = scene.sitting()[0], scene.opened()[0]
    panel.recuse(scene.act(expert), scene.id, "a friend bids")
    return lambda: panel.score(scene.act(expert), scene.id, panel.Marks(bid_id, {"plan": 1, "team": 2, "price": 3}))


@case("score", "no_conflict", "evaluating")
def _(scene):
    hired(scene, scene.sitting()[0], enterprise_id=scene.cast.owner.enterprise_id, ended_on=scene.now.date())
    return mark(scene)


@case("score", "scorecard_before_bids", "evaluating")
def _(scene):
    scene.order.scorecard_at = scene.now
    scene.session.flush()
    return mark(scene)


@case("score", "marks_right", "evaluating")
def _(scene):
    return mark(scene, {"plan": 1, "team": 101, "price": 3})


@case("draw_panel", "seats_free", "evaluating", "operator")
def _(scene):
    return lambda: panel.draw_panel(scene.act(scene.cast.operator), scene.id, 4)


def freeing(scene, reason="late"):
    return lambda: panel.free_seat(scene.act(scene.cast.operator), scene.id, scene.sitting()[0].person_id, reason)


@case("free_seat", "scoring_over", "evaluating")
def _(scene):
    scene.forward(days=9, hours=23)
    return freeing(scene)


@case("free_seat", "scores_missing", "evaluating")
def _(scene):
    scene.score()
    scene.forward(days=10)
    return freeing(scene)


@case("free_seat", "reason_given", "evaluating")
def _(scene):
    scene.forward(days=10)
    return freeing(scene, " ")


@case("propose", "experts_enough", "evaluating")
def _(scene):
    scene.score()
    panel.recuse(scene.act(scene.sitting()[0]), scene.id, "a friend bids")
    return proposing(scene, {best(scene): 1})


@case("recuse", "reason_given", "evaluating")
def _(scene):
    return lambda: panel.recuse(scene.act(scene.sitting()[0]), scene.id, "")


def proposing(scene, places, reason=""):
    return lambda: award.propose(owner(scene), scene.id, award.Proposal(places, reason))


def best(scene, place=0):
    return panel.ranking(owner(scene), scene.order)[place].bid_id


@case("propose", "all_scored", "evaluating")
def _(scene):
    expert = scene.sitting()[0]
    for bid_id in scene.opened():
        panel.score(scene.act(expert), scene.id, panel.Marks(bid_id, {"plan": 5, "team": 5, "price": 5}))
    return proposing(scene, {best(scene): 1})


@case("propose", "places_positive", "evaluating")
def _(scene):
    scene.score()
    return proposing(scene, {})


@case("propose", "places_within_headcount", "evaluating")
def _(scene):
    scene.score()
    return proposing(scene, {best(scene): 6})


@case("propose", "ranking_followed_or_reason", "evaluating")
def _(scene):
    scene.score()
    return proposing(scene, {best(scene, 1): 1})


@case("propose", "pass_mark_reached", "evaluating")
def _(scene):
    scene.score()
    scene.order.pass_bp = 9_000
    return proposing(scene, {best(scene): 1})


def declined(scene, *, all_of=False, nobody_passes=True):
    """An award is declined, or every one; with a pass mark of 100 nobody is left."""
    scene.order.pass_bp = 10_000 if nobody_passes else None
    for place in (1, 0) if all_of else (1,):
        actor = firm(scene, place).actor
        award.decline(scene.act(actor), scene.id, "overbooked") if scene.order.state == "awarded" else lost(scene, actor)


def lost(scene, actor):
    """The last award is gone too, as if it had been declined first."""
    scene.session.execute(update(Award).where(Award.institution_id == actor.institution_id).values(state="declined"))
    scene.session.expire_all()


def going_on(scene):
    return lambda: award.go_on(owner(scene), scene.id)


@case("go_on", "all_scored", "awarded")
def _(scene):
    declined(scene)
    scene.session.execute(delete(Score).where(Score.person_id == scene.sitting()[0].person_id))
    return going_on(scene)


@case("go_on", "none_left", "awarded")
def _(scene):
    declined(scene, nobody_passes=False)
    return going_on(scene)


@case("go_on", "award_stands", "awarded")
def _(scene):
    declined(scene, all_of=True)
    return going_on(scene)


def giving_up(scene, reason="nobody is left"):
    return lambda: drafts.cancel(owner(scene), scene.id, reason)


@case("cancel", "all_scored", "evaluating", "enterprise_owner")
def _(scene):
    return giving_up(scene)


@case("cancel", "none_left", "evaluating", "enterprise_owner")
def _(scene):
    scene.score()
    return giving_up(scene)


@case("cancel", "no_award_stands", "awarded", "enterprise_owner")
def _(scene):
    declined(scene)
    return giving_up(scene)


@case("cancel", "reason_given", "evaluating", "enterprise_owner")
def _(scene):
    scene.score()
    scene.order.pass_bp = 10_000
    return giving_up(scene, " ")


@case("object", "inside_standstill", "standstill")
def _(scene):
    scene.forward(days=5)
    return scene.object


@case("object", "reason_given", "standstill")
def _(scene):
    return lambda: award.objection(firm(scene, 2), scene.id, " ")


@case("answer_objection", "reason_given", "suspended")
def _(scene):
    return lambda: award.answer_objection(owner(scene), scene.id, "")


for verb in ("uphold", "dismiss"):
    @case(verb, "reason_given", "suspended")
    def _(scene, verb=verb):
        return lambda: getattr(award, verb)(scene.act(scene.cast.regulator), scene.id, "")


@case("award", "standstill_over", "standstill")
def _(scene):
    scene.forward(days=4, hours=23, minutes=59)
    return lambda: award.award(owner(scene), scene.id)


@case("award", "no_open_objection", "standstill")
def _(scene):
    scene.session.add(Objection(order_id=scene.id, institution_id=scene.cast.firms[2].institution_id, reason="x",
                                filed_at=scene.now))
    scene.session.flush()
    return scene.award


@case("award", "places_within_headcount", "standstill")
def _(scene):
    scene.session.execute(update(Award).where(Award.order_id == scene.id).values(places=3))
    scene.session.expire_all()
    return scene.award


@case("sign", "all_signed", "awarded")
def _(scene):
    award.sign_member(firm(scene, 1), scene.id)
    award.sign_member(firm(scene, 0), scene.id)
    return lambda: award.sign(owner(scene), scene.id)


@case("decline", "reason_given", "awarded")
def _(scene):
    return lambda: award.decline(scene.act(scene.lead()), scene.id, "")


@case("terminate", "reason_given", "delivering")
def _(scene):
    return lambda: delivery.terminate(owner(scene), scene.id, "")


@case("deliver_all", "none_scheduled", "delivering")
def _(scene):
    scene.candidate()
    return lambda: delivery.deliver_all(scene.act(scene.lead()), scene.id)


@case("deliver_all", "consents_present", "delivering")
def _(scene):
    scene.report()
    return lambda: delivery.deliver_all(scene.act(scene.lead()), scene.id)


@case("reject_part", "every_item_reasoned", "accepting")
def _(scene):
    row = delivery.milestones(scene.session, scene.order)[0]
    return lambda: delivery.reject_part(owner(scene), scene.id, {row.id: " "})


@case("accept", "silence_over", "accepting", "system")
def _(scene):
    scene.forward(days=13, hours=23)
    return lambda: delivery.accept(scene.act(SYSTEM), scene.id)


@case("dispute", "reason_given", "accepting")
def _(scene):
    return lambda: disputes.dispute(owner(scene), scene.id, "")


@case("resolve", "reason_given", "disputed")
def _(scene):
    return lambda: disputes.resolve(scene.act(scene.cast.regulator), scene.id, disputes.Ruling(""))


def terms(scene, part=5_000, reason="half of it"):
    return disputes.Terms(part, reason)


def answering(scene, offer, place=None):
    """The answer of the owner, or of the lead of an award, to a proposal."""
    leads = [actor for actor in scene.cast.firms if actor.institution_id in disputes.parties(scene.session, scene.order)]
    who = scene.cast.owner if place is None else leads[place]
    return lambda: disputes.answer_offer(scene.act(who), scene.id, disputes.Answer(offer.id, accepted=True))


@case("offer", "reason_given", "negotiating")
def _(scene):
    return lambda: disputes.offer(owner(scene), scene.id, terms(scene, reason=" "))


@case("suggest", "reason_given", "mediating")
def _(scene):
    return lambda: disputes.suggest(scene.act(scene.cast.regulator), scene.id, terms(scene, reason=" "))


@case("refer", "reason_given", "mediating")
def _(scene):
    return lambda: disputes.refer(scene.act(scene.cast.regulator), scene.id, " ")


@case("next_stage", "stage_over", "negotiating")
def _(scene):
    scene.forward(days=4, hours=23)
    return lambda: disputes.next_stage(scene.act(SYSTEM), scene.id)


@case("next_stage", "stage_over", "mediating", "system")
def _(scene):
    scene.forward(days=9, hours=23)
    return lambda: disputes.next_stage(scene.act(SYSTEM), scene.id)


@case("answer_offer", "offer_stands", "negotiating")
def _(scene):
    old = disputes.open_offer(scene.session, scene.order)
    disputes.offer(scene.act(scene.lead()), scene.id, terms(scene))
    return answering(scene, old)


@case("answer_offer", "not_answered", "mediating")
def _(scene):
    offer = disputes.open_offer(scene.session, scene.order)
    answering(scene, offer)()
    return answering(scene, offer)


@case("conclude", "all_agreed", "negotiating")
def _(scene):
    answering(scene, disputes.open_offer(scene.session, scene.order))()
    return lambda: disputes.conclude(owner(scene), scene.id)


@case("settle", "members_whole", "settling")
def _(scene):
    member = scene.session.query(BidMember).filter_by(order_id=scene.id, share_bp=4000).one()
    member.share_bp = 3999
    scene.session.flush()
    return scene.settle


@case("settle", "money_adds_up", "settling")
def _(scene):
    scene.order.value_fen += 1
    scene.session.flush()
    return scene.settle


@case("rate_close", "both_rated_or_late", "settled")
def _(scene):
    scene.forward(days=14, hours=23)
    return scene.close_for_good


def pairs():
    """Every guard of every row, once for each row."""
    for move in (*LIFE, *STEPS):
        rows = [row for row in (*LIFE, *STEPS) if row.event == move.event]
        who = str(move.who[0][0]) if len(rows) > 1 and rows.index(move) > 0 else ""
        for guard in move.guards:
            yield move, guard, who


def without(move, guard):
    """The tables with one guard removed."""
    def changed(rows):
        return tuple(dataclasses.replace(row, guards=tuple(g for g in row.guards if g is not guard)) if row is move else row
                     for row in rows)
    return changed(LIFE), changed(STEPS)


@pytest.mark.parametrize(("move", "guard", "who"), [pytest.param(*pair, id=f"{pair[0].event}-{pair[1].__name__}-{pair[2]}")
                                                    for pair in pairs()])
def test_a_guard_alone_refuses_and_only_the_guard(scene, session, monkeypatch, move, guard, who):
    state, prepare = CASES[move.event, guard.__name__, who]
    for step in PATHS[state]:
        step(scene)
    call = prepare(scene)
    with pytest.raises(ERRORS[guard.__name__]) as refused, session.begin_nested():
        call()
    assert {part.partition(":")[0] for part in str(refused.value).split("; ")} == {guard.__name__}
    session.expire_all()
    life_without, steps_without = without(move, guard)
    monkeypatch.setattr(life, "LIFE", life_without)
    monkeypatch.setattr(life, "STEPS", steps_without)
    assert guard.__name__ not in str(outcome(session, call))


def outcome(session, call):
    """What stops a call that is no longer guarded: nothing, or the database, which holds some rules too."""
    try:
        with session.begin_nested():
            call()
    except IntegrityError:
        return "the database"
    except (InvalidInput, NotPossibleNow, KeyError) as error:
        return error.args[0]
    return ""


def test_no_case_is_left_over():
    assert set(CASES) == {(move.event, guard.__name__, who) for move, guard, who in pairs()}


def test_a_forgotten_fact_refuses():
    only_time = {"deadline_reached", "idle_long"}  # their default moment is the end of time
    assert {guard.__name__ for _, guard, _ in pairs() if guard(Facts())} <= only_time
