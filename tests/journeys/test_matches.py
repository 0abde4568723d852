"""A reader weighs an order's matches in a real browser: sliders answer at once, arrows show the moves, undo leads back."""

import re
from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
ORDER = "/orders/DDD016"
PHONE = (390, 844)
PAGES = (f"{ORDER}?cases=2&drop=overseas:北美", f"{ORDER}?order=name", f"{ORDER}/firms/JGD045?reason=1",
         f"{ORDER}/why?firm=芯才", f"{ORDER}/compare?firm=JGD045&firm=JGD063", "/orders/DDD005/teams",
         "/institutions/JGD045/orders", "/method", "/matching/city", "/matching/city/orders", "/matching/exposure")


def names(page):
    return page.locator(".match h3").all_inner_texts()


def move(page, lever, value):
    """Sets a slider as a hand would: the value, then the event of letting go."""
    with page.expect_response("**/orders/**"):
        page.locator(f"#lever-{lever}").evaluate(
            "(one, value) => { one.value = value; one.dispatchEvent(new Event('change', {bubbles: true})); }", value)
    page.wait_for_load_state("networkidle")


def test_a_slider_re_ranks_at_once_with_arrows_and_undo_takes_it_back(visit):
    page = visit().go(ORDER)
    plain = names(page)
    page.get_by_text("调整权重").click()
    move(page, "industry", "0")
    page.wait_for_selector("#changes")
    assert page.locator(".move").count() > 0
    assert "industry=0" in page.url
    assert "cases" not in page.url  # levers at rest stay out of the address
    assert page.locator("#weights").get_attribute("open") is not None
    move(page, "cases", "2")
    page.wait_for_selector("#changes .chip >> nth=1")
    assert names(page) != plain
    page.get_by_role("link", name="全部撤销").click()
    page.wait_for_selector("#changes", state="detached")
    page.wait_for_load_state("networkidle")
    assert names(page) == plain


def test_a_slider_moves_by_keys_and_keeps_the_focus(visit):
    page = visit().go(ORDER)
    page.get_by_text("调整权重").click()
    page.locator("#lever-cases").focus()
    with page.expect_response("**cases=1.5**"):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector("#changes")
    assert page.evaluate("document.activeElement.id") == "lever-cases"


def test_without_scripts_the_weights_are_a_form_with_a_button(visit):
    page = visit(script=False).go(ORDER)
    page.get_by_text("调整权重").click()
    page.locator("#lever-cases").fill("2")
    page.get_by_role("button", name="重新排序").click()
    assert "cases=2" in page.url
    assert page.locator("#changes .chip").inner_text().startswith("业绩 ×2")


def test_a_reason_lights_up_its_sentences_and_another_takes_their_place(visit):
    page = visit().go(ORDER)
    page.locator(".match .shows").first.click()
    page.wait_for_url("**/firms/**")
    first = page.locator(".lit").all_inner_texts()
    assert first
    page.locator(".picks a").nth(3).click()
    page.wait_for_url(re.compile("reason=3"))
    assert page.locator(".picked").inner_text() == page.locator(".picks li").nth(3).inner_text()
    assert page.locator(".lit").all_inner_texts() != first


def test_firms_that_are_ticked_stand_side_by_side(visit):
    page = visit().go(ORDER)
    for place in range(3):
        page.get_by_label("对比").nth(place).check()
    page.get_by_role("button", name=re.compile("并排比较")).click()
    page.wait_for_url("**/compare**")
    assert page.locator("thead th").count() == 4


def test_a_split_of_places_is_edited_until_it_adds_up(visit):
    page = visit().go("/orders/DDD005/teams")
    page.get_by_role("link", name=re.compile("改分工")).first.click()
    page.wait_for_selector("#split")
    assert page.get_by_role("link", name=re.compile("发起联合揭榜")).count() == 1
    box = page.locator(".seats").first
    before = box.input_value()
    box.fill("1")
    page.get_by_role("button", name="重新核对").click()
    assert "还差" in page.locator("#split .errors").inner_text()
    page.locator(".seats").first.fill(before)
    page.get_by_role("button", name="重新核对").click()
    assert page.locator("#split .errors").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 1000), PHONE], ids=["wide", "phone"])
def test_no_page_about_matches_has_a_serious_fault_of_access_or_scrolls_sideways(visit, size, scheme):
    window = visit(size, scheme)
    found = []
    for path in PAGES:
        page = window.go(path)
        if page.evaluate("document.documentElement.scrollWidth") > size[0]:
            found.append((path, "scrolls sideways"))
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
        found += [(path, v["id"], v["nodes"][0]["target"]) for v in result["violations"]
                  if v["impact"] in ("serious", "critical")]
    assert found == []
