"""Every page says what it shows: numbers open their rows, samples are marked, sources are named."""

import re
from html import unescape
from urllib.parse import quote, unquote

import pytest

from index.queries import Query
from market.institutions.models import Institution
from market.orders.models import Order
from webapp.speeds import KEPT, Speeds

HUNT = "高级人才寻访(猎头)"


def total_of(text):
    """The number of institutions or orders in the list's head."""
    return int(re.search(r'aria-live="polite">(?:“[^”]*” )?([\d,]+) [家个条]', text).group(1).replace(",", ""))


@pytest.mark.parametrize("query", ["", f"service={quote(HUNT)}", "grade=A&district=浦东新区", "q=芯片"])
def test_the_count_of_a_facet_value_is_the_number_of_rows_after_the_click(page, query):
    text = page(f"/institutions?{query}")
    ticks = re.findall(r'name="(\w+)" value="([^"]+)" id="[^"]+"( checked)?>[^<]*<span>([\d,]+)</span>', text)
    assert len(ticks) > 10
    for name, value, checked, count in ticks[:6] + [t for t in ticks if t[0] in ("grade", "district")][:6]:
        if not checked and name not in query:
            after = page(f"/institutions?{query}&{name}={quote(value.replace('&amp;', '&'))}")
            assert total_of(after) == int(count.replace(",", "")), (name, value)


@pytest.mark.parametrize("query", ["", f"service={quote(HUNT)}&grade=B", "q=外包", "park=虹桥园"])
def test_map_list_table_and_export_count_the_same_firms(client, page, query):
    import io

    from openpyxl import load_workbook

    listed = total_of(page(f"/institutions?{query}"))
    on_map = page(f"/?{query}")
    table = page(f"/?{query}&view=table")
    assert f"{listed:,} 家机构" in on_map
    assert re.search(rf'<tfoot>.*<td class="n">{listed:,}</td></tr></tfoot>', table, re.S)
    book = load_workbook(io.BytesIO(client.get(f"/institutions/export.xlsx?{query}").data), read_only=True)
    assert sum(1 for _ in book["数据"].rows) - 1 == listed
    assert dict(row[:2] for row in book["说明"].values)["行数"] == f"{listed:,} / {listed:,}"


def test_an_exported_list_keeps_its_heads_in_sight_and_its_columns_legible(client):
    import io

    from openpyxl import load_workbook

    rows = load_workbook(io.BytesIO(client.get("/institutions/export.xlsx").data))["数据"]
    assert rows.freeze_panes == "A2"
    assert all(cell.font.bold for cell in rows[1])
    assert rows.column_dimensions["A"].width > 10


def test_the_bubbles_of_the_whole_city_add_up_to_the_firms_with_a_place(client):
    answer = client.get("/map/view?box=120,30,123,32.5&zoom=10.5").json
    assert sum(bubble[2] for bubble in answer["bubbles"]) == 400


def test_a_filter_narrows_the_bubbles_as_it_narrows_the_list(client, page):
    query = f"service={quote(HUNT)}&grade=A"
    shown = sum(b[2] for b in client.get(f"/map/view?box=120,30,123,32.5&zoom=10.5&{query}").json["bubbles"])
    assert shown == total_of(page(f"/institutions?{query}"))


@pytest.mark.parametrize(("wrong", "named"), [
    ("box=1,2,3&zoom=9", "box=1,2,3"), ("box=a,b,c,d&zoom=9", "box=a"), ("box=121,31,122,31.5&zoom=99", "zoom=99"),
    ("zoom=9", "box="), ("box=122,31,121,31.5&zoom=9", "box=122"), ("box=121,31,122,31.5", "zoom="),
])
def test_a_broken_view_is_refused_with_what_is_wrong(client, wrong, named):
    answer = client.get(f"/map/view?{wrong}", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["detail"].startswith(named)


def test_the_map_is_drawn_without_a_script_and_states_its_approval_source_and_date(page):
    text = page("/")
    assert text.count('class="d c') == 16
    assert re.search(r'<a href="[^"]*card=district[^"]*">\s*<path', text)
    for words in ("审图号：未取得，仅限内部使用", "区界为示意", "截至", "来源"):
        assert words in text


def test_an_approval_number_takes_the_place_of_the_warning(settings, monkeypatch):
    from dataclasses import replace

    from webapp.factory import create_app

    text = create_app(replace(settings, map_approval="GS(2026)0001号")).test_client().get("/").get_data(as_text=True)
    assert "审图号：GS(2026)0001号" in text
    assert "仅限内部使用" not in text


def test_an_opened_district_shows_its_firms_and_its_outline(page):
    text = page("/?card=district:闵行区")
    assert 'class="chosen"' in text
    assert total_of(page("/institutions?district=闵行区")) == int(
        re.search(r"<dt>机构</dt><dd>([\d,]+)", text).group(1).replace(",", ""))


@pytest.mark.parametrize("path", ["/institutions/JGD045", "/orders/DDD016", "/parks/虹桥园", "/institutions", "/orders", "/",
                                  "/search?q=猎头", "/districts/闵行区"])
def test_sample_rows_are_marked_wherever_they_show(page, path):
    assert '<span class="sample">示例</span>' in page(path)


def test_a_real_firm_shows_source_and_date_and_is_never_given_a_point(client, page):
    text = page("/institutions?q=外服")
    key = re.search(r'/institutions/(REF-\w+)"', text).group(1)
    firm = page(f"/institutions/{key}")
    for words in ("来源：", "截至", "没有可信坐标，不落点", "未核实"):
        assert words in firm
    assert 'class="sample">示例' not in firm


def test_the_orders_page_ranks_firms_and_quotes_both_sides(page):
    text = page("/orders/DDD016")
    assert re.search(r'<span class="rank">1</span>', text)
    assert text.count('class="match"') <= 20
    assert re.search(r'<dl class="quote"><dt>订单</dt>|<dl class="quote">\s*<dt>订单</dt>', text)
    assert "为什么" in text or "满足" in text
    assert "没过必备条件" in text


def test_the_neutral_order_has_no_ranks(page):
    assert '<span class="rank">–</span>' in page("/orders/DDD016?order=name")


def test_a_firms_page_lists_the_orders_that_suit_it_with_the_same_reasons(page):
    text = page("/institutions/JGD045")
    order, band = re.search(r'/orders/(\w+)">.*?data-band="(\d)"', text.split('id="orders"')[1], re.S).groups()
    listed = page(f"/orders/{order}")
    assert re.search(rf'/institutions/JGD045">.*?data-band="{band}"', listed, re.S)


def test_a_public_posting_is_shown_as_what_it_is_and_never_matched(page):
    text = page("/orders?state=reference")
    key = re.search(r'/orders/(\w[\w-]*)">', text.split("card tasks")[1]).group(1)
    posting = page(f"/orders/{key}")
    assert "公开资料，不是揭榜订单" in posting
    assert 'id="matches"' not in posting


def test_a_search_without_hits_names_the_filter_that_blocks(page):
    text = page("/search?q=猎头&grade=D&district=崇明区")
    assert "挡住结果的是" in text or "去掉" in text
    assert "0 条" in text


def test_a_search_says_how_and_where_each_hit_was_found(page):
    text = page("/search?q=需要招30名车规芯片验证工程师")
    assert "字面与意思一起找" in text
    assert re.search(r"在“[^”]+”里找到，(字面|意思)", text)
    assert "只看字面" in text
    assert "也按意思找" in page("/search?q=芯片&by=words")


def test_pages_go_on_one_after_another_without_gap_or_repeat(page):
    seen = []
    for start in range(0, 100, 20):
        seen += re.findall(r'<h3><a href="/institutions/([\w-]+)"', page(f"/institutions?district=浦东新区&from={start}"))
    assert len(seen) == len(set(seen)) == min(100, total_of(page("/institutions?district=浦东新区")))


def test_the_licence_of_a_firm_shows_for_everyone_with_its_code(page):
    text = page("/institutions/JGD045")
    assert "<svg" in text.split("code-card")[1][:200]
    assert "人力资源服务许可" in text
    assert "有效至" in text


def test_what_a_firm_wrote_is_never_run_by_a_spreadsheet(site):
    import io

    from openpyxl import load_workbook

    from webapp.exports import Sheet, workbook

    dangerous = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "　=cmd", "\ufeff=1", "﹦1"]
    with site.test_request_context():
        answer = workbook(Sheet(["a"], [[text] for text in dangerous], []), "x")
    cells = [row[0] for row in load_workbook(io.BytesIO(answer.data))["数据"].iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * len(dangerous)
    assert all(not cell.value.lstrip("\ufeff　 \t").startswith(("=", "+", "-", "@", "＝")) for cell in cells)


def test_health_answers_and_the_status_page_counts(client, page):
    assert client.get("/health").json == {"status": "ok"}
    text = page("/status")
    assert "一切就绪" in text
    assert "490" in text


def texts_of(site, question):
    """Everything that the firms and orders found by a question say of themselves, one text for each."""
    found = site.extensions["caitu"]
    with found.database.read() as session:
        hits = found.index.search(Query(text=question, limit=1000)).hits
        rows = [row for hit in hits if (row := session.get(Institution if hit.kind == "institution" else Order, hit.id))]
        return [" ".join(str(getattr(row, column.name)) for column in row.__table__.columns).lower() for row in rows]


def test_the_hint_under_the_search_names_an_exact_phrase_and_an_exclusion_that_work(site, page):
    text = unescape(page("/search?q=猎头"))
    phrase, without = (unquote(found) for found in re.findall(r'href="/search\?q=([^"]+)">[^<]*</a>[；。]', text))
    assert (phrase, without) == ("“车规芯片”", "猎头 -外包")
    assert "加引号" in page("/search?q=zzqxzzqx")
    exact, loose = texts_of(site, phrase), texts_of(site, "车规芯片")
    assert exact
    assert all("车规芯片" in text for text in exact)
    assert len(exact) < len(loose)
    kept, every = texts_of(site, without), texts_of(site, "猎头")
    assert 0 < len(kept) < len(every)
    assert any("人力资源外包" in text for text in every)
    assert not any("人力资源外包" in text for text in kept)


def test_the_status_page_shows_how_long_the_last_searches_took_in_all_processes(site, page, monkeypatch):
    import os

    speeds = Speeds()
    monkeypatch.setattr(site.extensions["caitu"], "speeds", speeds)
    assert "启动后还没有检索" in page("/status")
    page("/search?q=lietou")
    page("/institutions")
    assert "最近 2 次" in page("/status")
    child = os.fork()
    if not child:  # another web process
        for took in (10.0,) * 90 + (300.0,) * 10:
            speeds.keep(took)
        os._exit(0)
    os.waitpid(child, 0)
    text = page("/status")
    assert "最近 102 次" in text
    assert "超出预算" in text
    for _ in range(KEPT):
        speeds.keep(7.0)
    assert (speeds.read().searches, speeds.read().p50, speeds.read().p95) == (KEPT, 7.0, 7.0)


@pytest.mark.parametrize(("question", "chips"), [
    ("浦东 外包", ["浦东新区", "人力资源外包"]), ("信用A 能做海外的猎头", ["信用 A", "猎头"]),
    ("虹桥附近 猎头", ["附近", "猎头"]),
    ("需要招30名车规芯片验证工程师", ["30"]),
])
def test_a_question_shows_what_it_was_understood_as_and_each_can_be_taken_back(page, question, chips):
    text = page(f"/search?q={quote(question)}")
    shown = re.findall(r'<span class="chip">(.*?)<a class="chip-x" href="([^"]+)"', text)
    for chip in chips:
        assert any(chip in label for label, _ in shown), (chip, shown)
    label, address = shown[0]
    assert label not in [again for again, _ in re.findall(r'<span class="chip">(.*?)<a class="chip-x" href="([^"]+)"',
                                                          page(address.replace("&amp;", "&")))]


def test_names_are_completed_while_they_are_typed_in_characters_and_pinyin(page):
    assert "虹桥园" in page("/suggest?q=虹")
    assert "虹桥园" in page("/suggest?q=hongqiao")
    assert re.search(r'href="/institutions/JGD045"', page("/suggest?q=鲸打盹"))
    assert page("/suggest?q=").strip() == ""


def test_a_firm_of_the_lowest_grade_is_found_and_counted_but_comes_last(page):
    everyone = total_of(page("/institutions?service=高级人才寻访(猎头)"))
    assert total_of(page("/search?q=高级人才寻访&kind=institution")) == everyone
    lowest = total_of(page("/institutions?service=高级人才寻访(猎头)&grade=D"))
    assert lowest > 0
    assert total_of(page("/search?q=高级人才寻访&kind=institution&grade=D")) == lowest
    last = page(f"/search?q=高级人才寻访&kind=institution&from={(everyone - 1) // 20 * 20}")
    assert 'data-grade="D"' in last
    assert 'data-grade="D"' not in page("/search?q=高级人才寻访&kind=institution")


def test_a_full_name_means_that_firm_and_nothing_else(page):
    text = page("/institutions?q=上海鲸打盹芯才企业管理咨询有限公司")
    assert total_of(text) == 1
    assert "/institutions/JGD045" in text


def test_the_maps_sentence_speaks_of_the_chosen_districts(page):
    assert re.search(r"<b>闵行区有揭榜中订单 [\d,]+ 个</b>，符合筛选的机构 [1-9]", page("/?district=闵行区"))


def test_a_condition_that_was_understood_can_be_taken_for_plain_words_and_back(page):
    text = page("/search?q=" + quote("浦东 猎头"))
    as_words = re.search(r'href="([^"]+)" aria-label="“浦东”只当文字找"', text)
    assert as_words is not None
    again = page(unescape(as_words.group(1)))
    assert "“浦东”只当文字" in again
    assert 'aria-label="“浦东”只当文字找"' not in again
    assert 'aria-label="“猎头”只当文字找"' in again
    back = re.search(r'href="([^"]+)" aria-label="“浦东”照常理解"', again)
    assert 'aria-label="“浦东”只当文字找"' in page(unescape(back.group(1)))


def test_where_a_word_stands_nowhere_the_page_says_how_many_hits_come_without_it(page):
    text = page("/search?q=" + quote("甪直镇的鼹鼠 猎头") + "&by=words")
    assert re.search(r"不找“[^”]+”</a></h3><span class=\"second num\">[\d,]+ 条", text)
