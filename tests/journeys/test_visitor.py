"""A visitor's way through the site in a real browser: what the README promises, at both widths, with and without scripts."""

import re
from pathlib import Path

import pytest

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
PHONE = (390, 844)
PAGES = ("/", "/?view=table", "/institutions", "/institutions/lookup", "/institutions/JGD045", "/orders", "/orders/DDD016",
         "/parks", "/parks/虹桥园", "/search?q=猎头", "/search?q=猎头&grade=D&district=崇明区", "/districts/闵行区",
         "/policies", "/status", "/method", "/sources", "/accessibility", "/no-such-page")


def firms(page):
    """The number that the list beside the map states."""
    return int(re.search(r"([\d,]+) 家机构", page.locator("#side h2").last.inner_text()).group(1).replace(",", ""))


def bubbles(page):
    """The counts in the bubbles now drawn."""
    return [int(text.replace(",", "")) for text in page.locator(".pin").all_inner_texts()]


def test_a_filter_narrows_map_list_and_address_at_once_and_the_link_shows_the_same(visit):
    window = visit()
    page = window.go("/")
    before = sum(bubbles(page))
    with page.expect_response("**/map/view**service**"):
        page.get_by_role("checkbox", name="高级人才寻访（猎头）").check()
    page.wait_for_url("**service=**")
    page.get_by_text("区", exact=True).first.click()
    with page.expect_response("**/map/view**district**"):
        page.locator("#f-district-闵行区").check()
    page.wait_for_url("**district=**")
    page.wait_for_load_state("networkidle")
    counted = firms(page)
    assert 0 < counted < before
    assert sum(bubbles(page)) == counted
    assert "district=" in page.url
    again = visit().go(page.url.removeprefix(window.address))
    assert firms(again) == counted
    assert sum(bubbles(again)) == counted


def test_a_click_on_a_district_opens_its_card_and_the_card_leads_to_its_page(visit):
    page = visit().go("/")
    page.locator("#map_city path.d").nth(8).dispatch_event("click")
    page.wait_for_selector("#card h2")
    name = page.locator("#card h2").inner_text()
    assert "card=district" in page.url
    assert page.locator("#map_city .chosen").count() == 1
    page.locator("#card h2 a").click()
    page.wait_for_url("**/districts/**")
    assert page.locator("h1").inner_text() == name


def test_a_bubble_opens_by_going_nearer_until_single_firms_lead_to_their_page(visit):
    page = visit().go("/")
    for _ in range(9):
        single = page.locator(".pin", has_text=re.compile("^1$"))
        if single.count():
            break
        with page.expect_response("**/map/view**"):
            page.locator(".pin").first.dispatch_event("click")
        page.wait_for_timeout(500)
    page.locator(".pin", has_text=re.compile("^1$")).first.dispatch_event("click")
    page.wait_for_selector("#card .btn-main")
    page.locator("#card .btn-main").click()
    page.wait_for_url("**/institutions/**")
    assert page.locator("h1").count() == 1


def test_the_place_looked_at_stays_in_the_address(visit):
    window = visit()
    page = window.go("/")
    with page.expect_response("**/map/view**"):
        page.get_by_label("放大").click()
    page.wait_for_url("**at=**")
    shown = sorted(bubbles(page))
    again = visit().go(page.url.removeprefix(window.address))
    assert sorted(bubbles(again)) == shown


def test_without_a_mouse_the_table_and_the_search_are_reached_by_keys(visit):
    page = visit().go("/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("虹桥园")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search**")
    assert page.locator(".hit h3").first.inner_text().strip()
    window = visit()
    page = window.go("/?view=table")
    head = page.get_by_role("button", name="机构", exact=True)
    head.focus()
    page.keyboard.press("Enter")
    shown = page.locator("#twin tbody td:nth-child(4)")
    numbers = [int(text.replace(",", "")) for text in shown.all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    again = visit().go(page.url.removeprefix(window.address))
    assert [int(text.replace(",", "")) for text in again.locator("#twin tbody td:nth-child(4)").all_inner_texts()] == numbers


def test_the_best_firm_for_an_order_says_why_it_is_before_the_next(visit):
    page = visit().go("/orders/DDD016")
    first = page.locator(".match").first
    assert first.locator(".rank").inner_text() == "1"
    assert first.locator(".quote mark").count() > 0
    page.locator(".match").nth(1).locator("summary").click()
    assert page.locator(".match").nth(1).locator(".why .reasons li").first.is_visible()


def test_on_a_phone_filters_fill_the_page_and_the_list_is_a_sheet(visit):
    page = visit(PHONE).go("/")
    page.get_by_role("link", name="筛选").click()
    page.locator("#f-grade-A").check()
    page.wait_for_url("**grade=A**")
    page.get_by_role("link", name="看结果").click()
    page.locator("#filters").wait_for(state="hidden")
    low = page.locator("#side").bounding_box()["height"]
    page.get_by_label("展开列表").click()
    assert page.locator("#side").bounding_box()["height"] > low


def test_without_scripts_the_servers_drawing_is_the_map_and_filters_answer_by_button(visit):
    page = visit(script=False).go("/")
    assert page.locator("svg.picture path.d").count() == 16
    assert page.locator("svg.picture .marks.on-wide .bubble").count() > 5
    page.locator("#f-grade-A").check()
    page.get_by_role("button", name="应用筛选").click()
    assert "grade=A" in page.url
    page.locator("svg.picture a").first.click()
    assert page.locator("#card h2").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 1000), PHONE], ids=["wide", "phone"])
def test_no_page_has_a_serious_fault_of_access_or_scrolls_sideways(visit, size, scheme):
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
    window.faults = [fault for fault in window.faults if "404" not in fault]  # the page that is not there was asked for
    assert found == []


def test_a_pasted_list_is_looked_up_without_a_script(visit):
    page = visit(PHONE, script=False).go("/institutions/lookup")
    page.get_by_label("粘贴名称或代码").fill("天边云朵科技\n91000000000000001N")
    page.get_by_role("button", name="查", exact=True).click()
    assert page.get_by_role("heading", name="没找到 1 行").is_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 Excel").click()
    assert download.value.suggested_filename == "caitu-lookup.xlsx"


def test_typing_in_a_long_facet_leaves_the_rows_with_these_words_and_enter_ticks_the_first(visit):
    page = visit().go("/institutions")
    facet = page.locator("[data-facet=service]")
    facet.get_by_role("searchbox").fill("派遣")
    assert "劳务派遣" in "".join(facet.locator("label:visible").all_inner_texts())
    assert facet.locator("label:visible").count() < 5
    facet.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**service=**")


def test_without_a_script_every_value_of_a_long_facet_is_listed(visit):
    page = visit(script=False).go("/institutions")
    facet = page.locator("[data-facet=service]")
    assert facet.get_by_role("searchbox").count() == 0
    facet.locator("details.more > summary").click()
    assert facet.locator("label:visible").count() > 12
