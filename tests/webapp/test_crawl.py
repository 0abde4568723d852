"""Every address as every role, on one's own object and on another's: allowed exactly where its mark and the trade allow.

The addresses are those that the site has. One with a part that ADDRESSES does not know fails here until somebody says which
object is another's; everything else is asked of it without a word more.
"""

import io
import re
import zipfile
from uuid import uuid4

import pytest
from sqlalchemy import select

from market.access import ACTIONS, GRANTS, Actor, Role
from market.accounts import sessions, tokens
from market.accounts.models import Member, Person
from market.errors import NotAllowed, NotFound, NotPossibleNow
from market.notices import searches
from market.notices.inbox import Happening, tell
from market.notices.models import Notice, Webhook
from market.orders import bids, drafts, life, shortlists
from market.orders.delivery_models import Placement
from market.orders.models import Order
from market.orders.steps import seen_by, ties_of
from market.parks.models import Park
from market.policies.models import Policy
from webapp.access import PROGRAMS, is_public, needed, public
from webapp.api.steps import DEEDS

ROLES = {  # who asks -> the role
    "visitor": Role.VISITOR, "owner": Role.ENTERPRISE_OWNER, "staff": Role.ENTERPRISE_STAFF, "firm1": Role.FIRM_LEAD,
    "firm-staff": Role.FIRM_STAFF, "park_operator": Role.PARK_OPERATOR, "district_officer": Role.DISTRICT_OFFICER,
    "regulator": Role.REGULATOR, "operator": Role.OPERATOR, "expert1": Role.EXPERT,
}
SECRET = "Zqxsecretxqz"  # stands in every text of the other enterprise's draft
LAST = ("signin.leave", "account.end_everywhere", "account.choose_role")  # after these the reader is nobody, or another
OWN_TRAIL = ("/account", "/account/trail.xlsx", "/account/data.json", "/audit", "/audit/export.xlsx")  # what the crawl did
ORDER, FIRM, PARK, DISTRICT, POLICY, TOKEN, PLACEMENT, FILE = (
    "order", "firm", "park", "district", "policy", "token", "placement", "file")
MEMBER, HOOK, SEARCH, LINK, EXPERT, NOTICE, PLAN, HOUSE, SHORTLIST, JOINT = (
    "member", "hook", "search", "link", "expert", "notice", "plan", "house", "shortlist", "joint")
ADDRESSES = {  # how an address begins -> what its part names
    "/orders/<key>": ORDER, f"{PROGRAMS}/orders/<key>": ORDER, "/institutions/<key>": FIRM,
    f"{PROGRAMS}/institutions/<key>": FIRM, "/parks/<key>": PARK, "/districts/<key>": DISTRICT, "/policies/<key>": POLICY,
    "/account/members/<int:member_id>": MEMBER, "/account/members/hooks/<int:hook_id>": HOOK,
    "/account/searches/<int:search_id>": SEARCH, "/c/<token>": LINK, "/join/<token>": LINK, "/recover/<token>": LINK,
    "/experts/<int:person_id>": EXPERT, "/inbox/<int:notice_id>": NOTICE, "/organisations/<int:key>": HOUSE,
    "/matching/city/<any(orders, firms):kind>": PLAN, "/matching/city/<any(orders, firms):kind>.xlsx": PLAN,
    "/shortlists/<int:key>": SHORTLIST, "/matching/joint/<any(bids, awards):kind>": JOINT,
    "/matching/joint/<any(bids, awards):kind>.xlsx": JOINT,
    "/account/tokens/<int:number>": TOKEN, f"{PROGRAMS}/candidates/<int:placement>": PLACEMENT, "/map/files/<name>": FILE,
}


def kind_of(rule):
    """What the parts of an address name; None for an address without any."""
    if not rule.arguments:
        return None
    found = [kind for start, kind in ADDRESSES.items() if rule.rule == start or rule.rule.startswith(f"{start}/")]
    assert found, f"{rule.rule}: say in ADDRESSES what its parts name, so that it is asked for another's object too"
    return found[0]


def rules_of(app):
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted(rules, key=lambda rule: (rule.endpoint in LAST, "GET" not in rule.methods, rule.rule))


def actor_of(session, name):
    """The actor behind an account of the demo."""
    if name == "visitor":
        return Actor()
    person = session.scalars(select(Person).where(Person.email == f"{name}@demo.example")).one()
    member = session.scalar(select(Member).where(Member.person_id == person.id))
    return sessions.actor_for(person.id, Role(member.role), member) if member else Actor(Role.EXPERT, person.id)


@pytest.fixture
def objects(signed_in):
    """(own, another's) for each kind: own is what the reader may know of, another's what nobody but its owner may."""
    site = signed_in.site
    with site.database.write() as session:
        rival = site.act(session, actor_of(session, "rival"))
        draft = drafts.create(rival, {"title": SECRET, "description": SECRET, "brief": SECRET, "city": SECRET})
        token = tokens.create(rival, SECRET, 9)[0]
        park, policy = session.scalars(select(Park.id)).first(), session.scalars(select(Policy.id)).first()
        return {ORDER: (signed_in.order("open"), draft.id), FIRM: (actor_of(session, "firm1").institution_id, "NOBODY"),
                PARK: (park, "NOWHERE"), DISTRICT: (session.get(Order, signed_in.order("open")).district, "Atlantis"),
                POLICY: (policy, "NONE"), TOKEN: (token.id, token.id), FILE: ("nothing.js", "nothing.js"),
                **_things(session, site, rival),
                PLACEMENT: (session.scalars(select(Placement.id)).first(), 10**6)}


def _things(session, site, rival):
    """What people keep for themselves: for each kind one of the rival's as another's."""
    search, shortlist = searches.save(rival, SECRET, {"q": SECRET}, []), shortlists.make(rival, SECRET)
    tell(rival, Happening("order.publish", "order", SECRET, SECRET), [rival.actor.person_id])
    notice = session.scalars(select(Notice.id).where(Notice.key == SECRET)).one()
    hook = Webhook(organisation_id=rival.actor.organisation_id, url=f"https://{SECRET}.example", secret_sealed=b"")
    session.add(hook)
    session.flush()
    members = select(Member.id).where(Member.organisation_id.not_in((rival.actor.organisation_id,)))
    theirs = select(Member.id).where(Member.organisation_id == rival.actor.organisation_id)
    return {MEMBER: (session.scalars(members).first(), session.scalars(theirs).first()), HOOK: (hook.id, hook.id),
            SEARCH: (search.id, search.id), LINK: ("nothing", "nothing"), PLAN: ("orders", "nothing"),
            JOINT: ("bids", "nothing"), EXPERT: (actor_of(session, "expert1").person_id, 10**6), NOTICE: (notice, notice),
            HOUSE: (actor_of(session, "owner").organisation_id, 10**6), SHORTLIST: (shortlist.id, shortlist.id)}


def client_of(signed_in, name):
    return signed_in.app.test_client() if name == "visitor" else signed_in(name)


def _numbered(address, value):
    """An address whose first part is a text and whose further parts are numbers, with a number that nothing has."""
    return address if isinstance(value, int) else re.sub(r"<int:[^>]+>", str(10**6), address)


def asked(client, rule, method, value=None):
    path = rule.rule if value is None else re.sub(r"<[^>]+>", str(value), _numbered(rule.rule, value))
    if method == "GET":
        return client.get(path)
    if path.startswith(PROGRAMS):
        return client.open(path, method=method, json={}, headers={"Idempotency-Key": uuid4().hex})
    return client.open(path, method=method, data={})


def text_of(answer):
    """What an answer says, packed sheets too."""
    if answer.data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
            return "".join(book.read(name).decode("utf-8", "ignore") for name in book.namelist()
                           if name.startswith("xl/"))  # beside it stands only when the sheet was made
    return answer.data.decode("utf-8", "ignore")  # a PDF is no text


def turned_away(app, rule, method, role):
    """What the mark of a view alone answers a role, or None where the mark lets it in."""
    if is_public(app, rule.endpoint) or needed(app, rule.endpoint) & GRANTS[role]:
        return None
    if role is not Role.VISITOR:
        return 403
    return 303 if method == "GET" and not rule.rule.startswith(PROGRAMS) else 401


def crawled(signed_in, objects, name):
    """What is wrong with any address when one role asks: (method, address, own or foreign, status, what the mark says)."""
    app, client, role, wrong = signed_in.app, client_of(signed_in, name), ROLES[name], []
    for rule in rules_of(app):
        kind = kind_of(rule)
        if rule.endpoint in LAST:
            client = client_of(signed_in, name)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            marked = turned_away(app, rule, method, role)
            own, foreign = objects[kind] if kind else (None, None)
            mine = asked(client, rule, method, own)
            if mine.status_code >= 500 or (marked and mine.status_code != marked) or SECRET in text_of(mine):
                wrong.append((method, rule.rule, "own", mine.status_code, marked))
            if marked is None and mine.status_code == 401:
                wrong.append((method, rule.rule, "own", 401, "the mark lets in"))
            if kind is None:
                continue
            theirs = asked(client, rule, method, foreign)
            # An action that the role never may take, on an address that another action opens to it, says 403.
            refused = {marked} if marked else {404} if method == "GET" else {404, 403, 422}
            if theirs.status_code not in refused or SECRET in text_of(theirs):
                wrong.append((method, rule.rule, "foreign", theirs.status_code, marked))
    return wrong


@pytest.mark.parametrize("name", ROLES)
def test_each_address_lets_in_whom_its_mark_lets_in_and_shows_nobody_anothers_object(signed_in, objects, name):
    assert crawled(signed_in, objects, name) == []


def test_an_address_that_shows_anothers_object_is_found(signed_in, objects, monkeypatch):
    def leaks(key):
        with signed_in.site.database.read() as session:
            return session.get(Order, key).title

    monkeypatch.setitem(signed_in.app.view_functions, "api_orders.read", public(leaks))
    assert crawled(signed_in, objects, "firm1") == [("GET", f"{PROGRAMS}/orders/<key>", "foreign", 200, None)]


def test_the_owner_of_what_nobody_else_sees_does_see_it(signed_in, objects):
    client = signed_in("rival")
    key = objects[ORDER][1]
    assert SECRET in client.get(f"/orders/{key}").get_data(as_text=True)
    assert client.get(f"{PROGRAMS}/orders/{key}").json["title"] == SECRET
    assert SECRET in client.get("/account/tokens").get_data(as_text=True)


def test_an_address_that_nobody_described_fails(signed_in):
    signed_in.app.add_url_rule("/vaults/<key>", "vault", lambda key: key)
    with pytest.raises(AssertionError, match="say in ADDRESSES"):
        [kind_of(rule) for rule in signed_in.app.url_map.iter_rules() if rule.endpoint == "vault"]


FILES = [{"name": "a.pdf", "sha256": "0" * 64}]
BODIES = {  # what the schema asks for; the numbers name nothing, so that a step goes on until it looks for the thing
    "return": {"reason": "x"}, "cancel": {"reason": "x"}, "reissue": {"reason": "x"}, "ask": {"text": "x"},
    "answer": {"question_id": 10**6, "text": "x"}, "bid": {"price_fen": 5, "plan": "p", "timeline": "t"},
    "consent_bid": {"bid_id": 10**6}, "refuse_bid": {"bid_id": 10**6},
    "draw_panel": {"size": 1}, "free_seat": {"person_id": 10**6}, "score": {"bid_id": 10**6, "marks": {}},
    "recuse": {"reason": ""}, "propose": {"bids": []}, "answer_objection": {"text": ""},
    "report": {"milestone_id": 10**6, "evidence": FILES}, "reject_part": {"items": []}, "say": {"text": ""},
    "propose_candidate": {"place": 9999, "name": "x", "phone": "13800000000"},
    "move_candidate": {"placement_id": 10**6, "event": "offer"}, "guarantee": {"placement_id": 10**6, "event": "start"},
    "offer": {"payable_bp": 1}, "suggest": {"payable_bp": 1}, "answer_offer": {"offer_id": 10**6, "accepted": True},
    "rate": {"award_id": 10**6, "stars": 3}, "reply": {"award_id": 10**6, "text": "x"},
}
STATES = ("draft", "pending_review", "open", "paused", "sealed", "evaluating", "standstill", "suspended", "awarded",
          "delivering", "accepting", "negotiating", "mediating", "disputed", "settling", "settled", "closed",
          "unsuccessful", "cancelled", "terminated")


def expected(session, actor, event, order):
    """What the table of the life says to an actor: 403 never, 404 not theirs, 409 not in this state, None: it goes on."""
    if not actor.may(ACTIONS[f"order.{event}"]):
        return 403
    ties = ties_of(session, actor, order)
    if life.moves(event, actor.role) and not seen_by(actor, order, ties):
        return 404
    try:
        life.find(actor, event, order.state, ties)
    except (NotAllowed, NotFound, NotPossibleNow) as error:
        return {NotAllowed: 403, NotFound: 404, NotPossibleNow: 409}[type(error)]
    return None


@pytest.mark.parametrize("name", [*list(ROLES)[1:], "rival"])
def test_each_step_by_interface_goes_exactly_where_the_table_of_the_life_lets_it(signed_in, name):
    client, site, wrong = signed_in(name), signed_in.site, []
    with site.database.read() as session:
        actor = actor_of(session, name)
        orders = {state: signed_in.order(state) for state in STATES}
        plan = [(event, orders[state], expected(session, actor, event, session.get(Order, orders[state])))
                for event in DEEDS for state in STATES if orders[state]]
    for event, key, said in plan:
        if said is None:
            continue  # the trade's own tests and the journeys take these
        body = BODIES.get(event, {})
        answer = client.post(f"{PROGRAMS}/orders/{key}/{event}", json=body, headers={"Idempotency-Key": uuid4().hex})
        if answer.status_code != said or (said == 409 and answer.json["faults"][0]["code"] != "state"):
            wrong.append((event, key, said, answer.status_code, answer.get_data(as_text=True)[:200]))
    assert len(plan) >= 700
    assert wrong == []


CHANGING = re.compile(r'name="csrf_token" value="[^"]*"|\d+(\.\d+)? (毫秒|ms)|"request_id":"\w+"|编号 \w+'
                      r'|took_ms":[\d.]+|[\d.]+ <small>毫秒（p95），\w+|最近 [\d,]+ 次'
                      # what the crawl itself took stands in the order's log
                      r'|<tr>(?:(?!</tr>)[\s\S])*下载文件[\s\S]*?</tr>|\d+ 条，只增不改')


@pytest.mark.parametrize("name", [name for name in ROLES if name not in ("firm1", "firm-staff")])
def test_a_sealed_bid_changes_no_byte_on_any_address_for_whoever_does_not_bid(signed_in, name):
    moment, site = signed_in.site.clock(), signed_in.site
    site.clock = lambda: moment
    client, key = client_of(signed_in, name), signed_in.order("open", confidential=False)
    addresses = [rule for rule in rules_of(signed_in.app) if "GET" in rule.methods and kind_of(rule) in (None, ORDER)
                 and rule.rule not in OWN_TRAIL]

    def bid(firm, price):
        with site.database.write() as session:
            who = actor_of(session, firm)
            bids.bid(site.act(session, who), key, bids.Offer(price, f"plan {price}", "t", no_conflict=True))

    def seen():
        answers = [asked(client, rule, "GET", key if rule.arguments else None) for rule in addresses]
        return [(rule.rule, answer.status_code, CHANGING.sub("", text_of(answer))) for rule, answer in
                zip(addresses, answers, strict=True)]

    for firm in ("firm1", "firm2", "firm3"):
        bid(firm, 100)
    first = seen()
    bid("firm2", 987_654)
    with site.database.write() as session:
        bids.withdraw(site.act(session, actor_of(session, "firm3")), key)
    bid("firm4", 13)
    differing = [before[:2] for before, after in zip(first, seen(), strict=True) if after != before]
    assert differing == []
