"""A candidate's way in real windows: proposed by a firm, consenting on a phone, moved by drag and by keyboard, unmasked."""

import re
from pathlib import Path

import pytest

from market.demo.accounts import PASSWORD

HOME = Path(__file__).resolve().parents[2]
AXE = HOME / "node_modules/axe-core/axe.min.js"
WIDE, PHONE = (1440, 1000), (390, 844)
TABS = ("delivery", "candidates", "settlement", "messages", "ratings", "dispute", "reward")


@pytest.fixture(scope="module")
def address(demo_address):
    """The demo's accounts and orders."""
    return demo_address


def signed_in(visit, name, **window):
    """A window in which somebody of the demo is signed in."""
    one = visit(**window)
    page = one.go("/sign-in")
    page.fill("#email", f"{name}@demo.example")
    page.fill("#password", PASSWORD)
    page.locator("main form").first.locator("button[type=submit]").click()
    page.wait_for_url("**/desk")
    return one


def delivering(page):
    """The address of the demo's order in delivery, from the desk of whoever is signed in."""
    return page.locator("a[href$='/candidates']").first.get_attribute("href").removesuffix("/candidates")


def lane(page, stage):
    """A column of the board."""
    return page.locator(f".lane[data-stage={stage}]")


def test_a_candidate_consents_on_a_phone_and_goes_on_by_drag_by_keyboard_and_without_scripts(visit):
    firm = next(one for one in (signed_in(visit, name) for name in ("firm1", "firm2", "firm3", "firm4"))
                if one.page.locator("a[href$='/candidates']").count())
    order = delivering(firm.page)
    board = firm.go(f"{order}/candidates")
    board.fill("#name", "冯棠")
    board.fill("#phone", "13912345678")
    board.fill("#summary", "做过两代验证平台")
    board.click("#propose button[type=submit]")
    link = re.sub(r"^https?://[^/]+", "", board.input_value("#link"))

    phone = visit(size=PHONE)
    own = phone.go(link)
    assert own.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    own.get_by_role("button", name="我同意推荐").click()
    own.wait_for_selector("text=您的同意")
    assert phone.context.cookies() == []

    board = firm.go(f"{order}/candidates")
    card = lane(board, "consented").locator(".person", has_text="冯**")
    with board.expect_navigation():
        card.drag_to(lane(board, "submitted"))
    assert lane(board, "submitted").locator(".person", has_text="冯**").count() == 1

    owner = signed_in(visit, "owner")
    seen = owner.go(f"{order}/candidates")
    button = lane(seen, "submitted").locator(".person", has_text="冯**").get_by_role("button", name="约面试")
    button.focus()
    with seen.expect_navigation():
        seen.keyboard.press("Enter")
    card = lane(seen, "interviewing").locator(".person", has_text="冯**")
    card.get_by_text("看姓名和电话").click()
    card.get_by_label("理由").fill("约周四面试")
    card.get_by_role("button", name="查看并记录").click()
    seen.wait_for_selector("text=13912345678")
    own.reload()
    assert "约周四面试" in own.locator("#readers").inner_text()

    plain = signed_in(visit, "owner", script=False)
    still = plain.go(f"{order}/candidates")
    lane(still, "interviewing").locator(".person", has_text="冯**").get_by_role("button", name="发录用").click()
    assert lane(still, "offered").locator(".person", has_text="冯**").count() == 1


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_no_page_after_the_award_has_a_serious_fault(visit, size):
    window = signed_in(visit, "owner", size=size)
    desk = window.go("/desk")
    links = [link.get_attribute("href") for link in desk.locator("a[href^='/orders/O']").all()]
    orders = {re.sub(r"(/orders/\w+).*", r"\1", link) for link in links}
    found = []
    for path in sorted(f"{order}/{tab}" for order in orders for tab in TABS):
        answer = window.page.goto(window.address + path)
        if answer.status != 200:
            continue
        if window.page.evaluate("document.documentElement.scrollWidth") > size[0]:
            found.append((path, "scrolls sideways"))
        window.page.evaluate(AXE.read_text(encoding="utf-8"))
        result = window.page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
        found += [(path, v["id"], v["nodes"][0]["target"]) for v in result["violations"]
                  if v["impact"] in ("serious", "critical")]
    window.faults = [fault for fault in window.faults if "404" not in fault]  # pages of orders without a contract
    assert found == []
