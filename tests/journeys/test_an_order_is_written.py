"""An enterprise writes an order in a real browser, is stopped by an unlawful line, mends it; it is published and amended."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
PHONE = (390, 844)
SERIOUS = {"serious", "critical"}


def sound(page):
    """No serious finding of axe, nothing wider than the window."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
    found = [(f["id"], f["nodes"][0]["html"][:200]) for f in result["violations"] if f["impact"] in SERIOUS]
    assert found == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def write(page, **typed):
    for name, text in typed.items():
        page.fill(f"#{name}", text)


def test_an_order_is_written_stopped_mended_published_and_amended(sign_in):
    owner = sign_in("owner")
    owner.goto(owner.url.replace("/desk", "/orders/new"))
    owner.fill("#title", "两名编译器工程师")
    owner.get_by_role("button", name="开始写").click()
    owner.wait_for_url("**/edit")
    closes = (datetime.now() + timedelta(days=9)).strftime("%Y-%m-%dT18:00")
    write(owner, description="做 RISC-V 后端，限35岁以下，能独立做优化。", headcount="2", annual_salary_range="面议",
          closes_at=closes, fee_fen="90000", guarantee_days="90")
    owner.select_option("#role_family", "软件开发")
    owner.select_option("#district", "浦东新区")
    owner.get_by_role("checkbox", name="高级人才寻访（猎头）").check()
    terms, criteria = (("到岗", "60"), ("保证期满", "40")), (("方案", "70"), ("报价", "20"))
    for field, part, rows in (("milestones", "share_bp", terms), ("scorecard", "weight_bp", criteria)):
        for place, (name, share) in enumerate(rows):
            owner.fill(f"#{field}-{place}-name", name)
            owner.fill(f"#{field}-{place}-{part}", share)
    owner.get_by_text("没有数字，无法核实").wait_for()
    owner.get_by_text("合计 90%").wait_for()
    said = owner.locator("#said-description")
    assert "“限35岁以下”本平台不发布" in said.inner_text()
    assert "就业促进法" in said.inner_text()
    owner.locator("#saved").get_by_text(re.compile(r"草稿 \d\d:\d\d 已存")).wait_for()

    owner.reload()
    assert owner.input_value("#annual_salary_range") == "面议", "it was saved while it was written"
    owner.get_by_role("button", name="提交核验").click()
    assert "有 3 处要改" in owner.locator("#errors").inner_text()
    owner.locator("#said-description").get_by_role("button").click()
    owner.wait_for_url("**/edit#description")
    assert "限35岁以下" not in owner.input_value("#description")
    write(owner, annual_salary_range="60–90万")
    owner.fill("#scorecard-1-weight_bp", "30")
    owner.get_by_role("heading", name="可以提交").wait_for()
    owner.get_by_role("button", name="提交核验").click()
    owner.wait_for_url(re.compile(r"/orders/O\w+$"))
    key = owner.url.rsplit("/", 1)[1]

    operator = sign_in("operator")
    operator.goto(owner.url + "/check")
    assert "没有挡住发布的问题" in operator.inner_text("main")
    operator.get_by_role("button", name="发布，开始揭榜").click()
    operator.wait_for_url(f"**/{key}")

    owner.goto(owner.url + "/edit")
    owner.fill("#fee_fen", "95000.50")
    owner.get_by_text("改了服务费").wait_for()
    owner.get_by_role("button", name="看看改了什么").click()
    assert "90,000.00 元" in owner.inner_text("#confirm")
    owner.get_by_role("button", name="发出新版本").click()
    owner.wait_for_url("**/log")
    versions = owner.inner_text("#versions")
    assert "90,000.00 元" in versions
    assert "95,000.50 元" in versions


def test_without_scripts_a_draft_is_written_checked_and_kept(sign_in):
    page = sign_in("staff", script=False)
    page.goto(page.url.replace("/desk", "/orders/new"))
    page.fill("#title", "三名工艺工程师")
    page.get_by_role("button", name="开始写").click()
    page.fill("#description", "限男性，能倒班")
    page.get_by_role("button", name="存草稿").click()
    assert "妇女权益保障法" in page.inner_text("#said-description")
    page.locator("#said-description").get_by_role("button").click()
    assert page.input_value("#description") == "能适应岗位的体力与班次要求，能倒班"
    page.fill("#milestones-0-name", "到岗")
    page.get_by_role("button", name="再加一期").click()
    assert page.input_value("#milestones-0-name") == "到岗"


@pytest.mark.parametrize("size", [(1440, 1000), PHONE], ids=["wide", "phone"])
def test_the_orders_pages_are_sound_for_everybody(sign_in, demo_address, size):
    owner = sign_in("owner", size)
    owner.goto(f"{demo_address}/orders/mine")
    draft = owner.locator("a[href$='/edit']").first.get_attribute("href")
    waiting = owner.locator("li", has_text="核验中").locator("h3 a").first.get_attribute("href")
    secret = owner.locator("li", has_text="揭榜中").locator("h3 a").first.get_attribute("href")
    for path in ("/orders/new", "/orders/mine", draft, f"{draft.removesuffix('/edit')}/interest", f"{secret}/edit",
                 f"{secret}/log", f"{secret}/scorecard", f"{secret}/questions", f"{secret}/cancel", secret):
        owner.goto(demo_address + path)
        sound(owner)
    operator = sign_in("operator", size)
    operator.goto(f"{demo_address}{waiting}/check")
    sound(operator)
    firm = sign_in("firm3", size)
    for path in (secret, f"{secret}/questions"):
        firm.goto(demo_address + path)
        sound(firm)
