"""Following on the pages: the button, the list, what the inbox says of it, and what nobody learns by it."""

import re

import pytest
from sqlalchemy import select

from market.access import SYSTEM
from market.accounts.models import Organisation, Person
from market.notices.inbox import Happening, tell
from market.notices.models import Follow, Notice
from market.orders.models import Order


def text(answer, status=200):
    assert answer.status_code == status, (answer.status_code, answer.get_data(as_text=True)[-2000:])
    return answer.get_data(as_text=True)


def news(client):
    """The messages of the inbox as lines without tags."""
    found = re.findall(r'<li class="row wide notice.*?</li>', text(client.get("/inbox")), re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)) for one in found]


def firm_of(bidding):
    return bidding.firm("firm1")


@pytest.mark.parametrize("name", ["owner", "firm2", "park_operator", "expert1"])
def test_whoever_is_signed_in_follows_a_firm_and_an_order_and_no_longer(signed_in, bidding, name):
    client, firm, key = signed_in(name), firm_of(bidding), signed_in.order("open")
    for kind, place, thing in (("institution", "institutions", firm), ("order", "orders", key)):
        assert 'action="/account/follows"' in text(client.get(f"/{place}/{thing}"))
        assert client.post("/account/follows", data={"kind": kind, "id": thing}).location == f"/{place}/{thing}"
        assert 'action="/account/follows/remove"' in text(client.get(f"/{place}/{thing}"))
    assert f"/orders/{key}/log" in text(client.get(f"/orders/{key}"))
    page = text(client.get("/account/follows"))
    assert "关注 2" in page
    assert f'href="/orders/{key}"' in page
    assert f'href="/institutions/{firm}"' in page
    gone = client.post("/account/follows/remove", data={"kind": "order", "id": key, "from": "list"})
    assert gone.location == "/account/follows"
    page = text(client.get("/account/follows"))
    assert "关注 1" in page
    assert key not in page
    assert client.post("/account/follows/remove", data={"kind": "order", "id": key}).status_code == 404


def test_a_visitor_has_no_button_and_follows_nothing(signed_in, bidding):
    visitor, firm = signed_in.app.test_client(), firm_of(bidding)
    assert "/account/follows" not in text(visitor.get(f"/institutions/{firm}"))
    assert "/account/follows" not in text(visitor.get(f"/orders/{signed_in.order('open')}"))
    assert visitor.post("/account/follows", data={"kind": "institution", "id": firm}).status_code == 401


def test_who_follows_is_shown_to_nobody_else(signed_in, bidding):
    key = signed_in.order("open")
    signed_in("rival").post("/account/follows", data={"kind": "order", "id": key})
    log = text(signed_in("owner").get(f"/orders/{key}/log")).partition('aria-label="订单内容"')[2]
    assert log
    assert "关注" not in log
    assert "关注 0" in text(signed_in("owner").get("/account/follows"))


def test_an_order_that_a_follower_may_not_see_cannot_be_followed(signed_in):
    for thing in ({"kind": "order", "id": signed_in.order("draft")}, {"kind": "institution", "id": "NOBODY"},
                  {"kind": "park", "id": "PK"}, {}):
        assert signed_in("rival").post("/account/follows", data=thing).status_code == 404


def told(signed_in, name, happening, *reasons):
    with signed_in.site.database.write() as session:
        person = session.scalars(select(Person.id).where(Person.email == f"{name}@demo.example")).one()
        for reason in reasons or ("",):
            tell(signed_in.site.act(session, SYSTEM), happening, [person], reason)


def test_the_inbox_says_what_changed_of_a_firm_and_which_followed_firm_won(signed_in, bidding):
    firm, key = firm_of(bidding), signed_in.order("awarded")
    told(signed_in, "rival", Happening("follow.firm", "institution", firm, f"institution:{firm}:v9"),
         "credit_grade:B:D", "licences", "search:猎头")
    told(signed_in, "rival", Happening("follow.award", "order", key, f"order:{key}:award"), f"won:{firm}")
    told(signed_in, "rival", Happening("follow.standing", "institution", firm, f"institution:{firm}:x"), "suspended")
    standing, award, row = news(signed_in("rival"))
    assert "变化：信用等级由 B 变为 D、许可" in row
    assert "也出自保存的搜索：“猎头”" in row
    assert "您关注的机构中榜：" in award
    assert "现在：已被平台暂停" in standing
    opened = re.search(r'action="(/inbox/\d+/open)"', text(signed_in("rival").get("/inbox")))[1]
    assert signed_in("rival").post(opened).location == f"/institutions/{firm}"


def test_a_confidential_order_tells_its_followers_its_title_and_nothing_else(signed_in):
    client = signed_in("rival")
    with signed_in.site.database.read() as session:
        order = session.scalars(select(Order).where(Order.confidential)).first()
        key, version, secrets = order.id, order.version, (order.brief, order.enterprise.name)
    client.post("/account/follows", data={"kind": "order", "id": key})
    signed_in("owner").post(f"/orders/{key}/pause", data={"version": version})
    line = news(client)[0]
    assert "暂停揭榜" in line
    pages = line + text(client.get("/account/follows"))
    assert not [secret for secret in secrets if secret in pages]


def test_a_ban_of_a_firm_reaches_its_followers_without_the_reason(signed_in, bidding):
    client, firm = signed_in("rival"), firm_of(bidding)
    client.post("/account/follows", data={"kind": "institution", "id": firm})
    with signed_in.site.database.read() as session:
        house = session.scalars(select(Organisation.id).where(Organisation.institution_id == firm)).one()
    signed_in("operator").post(f"/organisations/{house}/refuse", data={"reason": "隐秘的理由"})
    line = news(client)[0]
    assert "现在：已被平台暂停" in line
    assert "隐秘的理由" not in line


def test_every_event_of_following_has_a_switch_that_counts(signed_in):
    client, key = signed_in("rival"), signed_in.order("open")
    page = text(client.get("/account/notices"))
    assert "关注的订单和机构" in page
    names = re.findall(r'name="inbox-([^"]+)"', page)
    assert "follow.pause" in names
    client.post("/account/notices", data={**{f"inbox-{name}": "on" for name in names if name != "follow.pause"},
                                          **{f"mail-{name}": "never" for name in names}})
    client.post("/account/follows", data={"kind": "order", "id": key})
    with signed_in.site.database.read() as session:
        version = session.get(Order, key).version
    signed_in("owner").post(f"/orders/{key}/pause", data={"version": version})
    with signed_in.site.database.read() as session:
        assert session.scalars(select(Follow.object_id)).all() == [key]
        assert session.scalars(select(Notice.event).where(Notice.event.startswith("follow."))).all() == []
