"""An admin invites a colleague in a real browser, who joins on a telephone and stands at the desk; the pages are sound."""

from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
PHONE, WIDE = (390, 844), (1440, 1000)
SERIOUS = {"serious", "critical"}
PLACES = {
    "owner": ("/account", "/account/members", "/account/notices", "/account/searches", "/account/password",
              "/account/second-factor", "/inbox", "/shortlists", "/search?q=猎头", "/shortlists/add?firm=JGD045"),
    "operator": ("/organisations?state=all", "/organisations/1", "/organisations/2", "/experts", "/audit",
                 "/audit?q=nothing-like-this"),
}


def sound(page):
    """No serious finding of axe, nothing wider than the window."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    found = [(f["id"], f["nodes"][0]["html"][:200]) for f in result["violations"] if f["impact"] in SERIOUS]
    assert found == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.fixture
def stranger(browser):
    """Windows of somebody who is not signed in; none of them may see a fault."""
    opened, faults = [], []

    def make(size=PHONE, script=True):
        width, height = size
        context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN", java_script_enabled=script)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        return page

    yield make
    for context in opened:
        context.close()
    assert faults == []


@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no scripts"])
def test_a_colleague_is_invited_joins_on_a_telephone_and_stands_at_the_desk(sign_in, stranger, script):
    owner = sign_in("owner", script=script)
    owner.goto(owner.url.replace("/desk", "/account/members"))
    owner.fill("#email", f"colleague-{script}@example.org".lower())
    owner.select_option("#role", "enterprise_staff")
    owner.get_by_role("button", name="生成邀请链接").click()
    link = owner.locator("#join-link").inner_text()
    if script:
        sound(owner)

    phone = stranger(PHONE, script)
    phone.goto(link)
    if script:
        sound(phone)
    phone.fill("#name", "新同事")
    phone.fill("#password", "short")
    phone.get_by_role("button", name="加入").click()
    assert "密码至少 10 个字符" in phone.locator("#errors").inner_text()
    assert phone.input_value("#name") == "新同事", "what was typed stays"
    phone.fill("#password", "a horse and a battery")
    phone.get_by_role("button", name="加入").click()
    phone.wait_for_url("**/desk")
    assert "企业经办" in phone.locator("main").inner_text()

    owner.goto(owner.url.replace("/invite", ""))
    assert "新同事" in owner.locator("main").inner_text()
    assert owner.locator("#join-link").count() == 0, "the link is shown once"

    phone.goto(phone.url.replace("/desk", "/account"))
    phone.get_by_role("button", name="退出", exact=True).click()
    phone.goto(link.rpartition("/join/")[0] + "/desk")
    assert "/sign-in" in phone.url


def test_an_enterprise_applies_and_the_operator_lets_it_in(sign_in, stranger, demo_address):
    from market.institutions.rules import sample_code

    new = stranger(WIDE)
    new.goto(f"{demo_address}/register")
    sound(new)
    new.fill("#organisation", "上海旅途测试公司")
    new.fill("#unified_code", sample_code(98765))
    new.fill("#name", "新负责人")
    new.fill("#email", "journey@example.org")
    new.fill("#password", "a horse and a battery")
    new.get_by_role("button", name="提交申请").click()
    new.wait_for_url("**/account")
    assert "等运营方" in new.locator("main").inner_text()
    sound(new)

    operator = sign_in("operator")
    operator.goto(f"{demo_address}/inbox")
    operator.get_by_role("link", name="“上海旅途测试公司”申请入驻").click()
    operator.get_by_role("link", name="上海旅途测试公司").click()
    sound(operator)
    operator.get_by_role("button", name="通过", exact=True).click()
    operator.get_by_text("已通过核验，半年内有效").first.wait_for()

    new.goto(f"{demo_address}/inbox")
    assert "已通过核验" in new.locator("main").inner_text()
    new.goto(f"{demo_address}/orders/new")
    assert new.locator("#title").count() == 1, "it may write orders now"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["1440", "390"])
@pytest.mark.parametrize("name", PLACES)
def test_the_pages_of_an_account_have_no_serious_fault_of_access(sign_in, name, size):
    page = sign_in(name, size=size)
    home = page.url.removesuffix("/desk")
    for path in PLACES[name]:
        assert page.goto(home + path).status == 200, path
        sound(page)
