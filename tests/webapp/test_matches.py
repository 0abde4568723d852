"""An order's matches: weighed, corrected, questioned, compared, shared out; the reader's changes live in the address."""

import html
import io
import re
from urllib.parse import quote, urlsplit

import pytest

ORDER = "/orders/DDD016"


def names(text):
    return re.findall(r'<li class="match">.*?<h3><a href="/institutions/([\w-]+)"', text, re.S)


def eligible(text):
    return int(re.search(r"必备条件全过 ([\d,]+) 家", text).group(1).replace(",", ""))


def chips(text):
    part = text.split('id="changes"')[1].split("</div></div>")[0]
    return [(label, html.unescape(address)) for label, address in
            re.findall(r'<span class="chip">(.*?)<a class="chip-x" href="([^"]+)"', part)]


def test_a_slider_moves_firms_with_arrows_and_its_undo_leads_back(page):
    plain, heavy = page(ORDER), page(f"{ORDER}?industry=0&cases=2")
    assert "▲" not in plain
    assert 'id="changes"' not in plain
    assert "▲" in heavy
    assert names(plain) != names(heavy)
    assert [label for label, _ in chips(heavy)] == ["业绩 ×2", "行业不计"]
    once = page(chips(heavy)[0][1])
    assert [label for label, _ in chips(once)] == ["行业不计"]
    assert names(page(chips(once)[0][1])) == names(plain)


def test_each_arrow_says_how_far_the_firm_stood_from_there(page):
    plain, heavy = names(page(ORDER)), page(f"{ORDER}?industry=0&cases=2")
    rows = re.findall(r'<span class="rank">(\d+)(.*?)</span>\s*<div><h3><a href="/institutions/([\w-]+)"', heavy, re.S)
    checked = 0
    for place, move, firm in rows:
        arrow = re.search(r"([▲▼])(\d+)", move)
        if arrow and firm in plain and int(place) < 9:  # behind them stands the place that the rule keeps
            was = plain.index(firm) + 1
            assert was - int(place) == int(arrow.group(2)) * (1 if arrow.group(1) == "▲" else -1)
            checked += 1
    assert checked


@pytest.mark.parametrize("wrong", ["cases=3", "cases=x", "must=exclusion:x", "must=credit"])
def test_a_broken_weight_or_must_is_refused(client, wrong):
    assert client.get(f"{ORDER}?{wrong}").status_code == 422


def test_a_must_taken_from_the_text_can_be_taken_out_and_the_page_says_so(page):
    plain = page(ORDER)
    out = re.search(r'href="([^"]*drop=overseas[^"#]*)#musts">不算必备', plain).group(1)
    less = page(html.unescape(out))
    assert eligible(less) > eligible(plain)
    assert "您改动了必备条件" in less
    assert "您改动了必备条件" not in plain
    assert eligible(page(chips(less)[0][1])) == eligible(plain)


def test_a_must_can_be_changed_and_one_put_in(page):
    plain = page(ORDER)
    assert eligible(page(f"{ORDER}?drop=credit:B&must=credit:A")) < eligible(plain)
    with_licence = page(f"{ORDER}?must={quote('licence:劳务派遣许可')}")
    assert "没有机构满足全部必备条件" in with_licence or eligible(with_licence) < eligible(plain)


def test_what_the_law_asks_for_cannot_be_taken_out(page):
    plain = page("/orders/DDD005")
    assert "法规要求" in plain
    assert eligible(page("/orders/DDD005?drop=credit:C")) == eligible(plain)


def test_a_refused_firm_learns_what_it_lacks_and_the_place_it_would_take(page):
    refused = page(ORDER).split("没过必备条件")[1]
    assert re.search(r"，即可排第 \d+", refused)


def test_a_firm_that_is_named_leads_to_its_reasons_and_a_vague_name_to_a_choice(client, page):
    answer = client.get(f"{ORDER}/why?firm=上海鲸打盹芯才企业管理咨询有限公司&cases=2")
    assert (answer.status_code, answer.location) == (302, f"{ORDER}/firms/JGD045?cases=2")
    assert client.get(f"{ORDER}/why?firm=JGD063").location == f"{ORDER}/firms/JGD063"
    assert page(f"{ORDER}/why?firm=芯才").count("<h3><a href=") > 1
    assert "名录里没有名称含" in page(f"{ORDER}/why?firm=没有这一家")


def spot(text):
    return [html.unescape(re.sub(r"<[^>]+>", "", one)) for one in re.findall(r'<span class="lit">(.*?)</span>', text, re.S)]


def test_each_reason_lights_up_the_very_sentences_that_it_quotes(site, page):
    from market.institutions import queries as institutions
    from market.orders import queries
    from market.profiles import demand_of
    from matching.explaining import Case, why_not
    from webapp.matchpage import all_reasons

    services = site.extensions["caitu"]
    with site.app_context(), services.database.read() as session:
        order = demand_of(queries.order(session, "DDD016"))
        assert institutions.institution(session, "JGD045")
        reasons = all_reasons(why_not(services.desk.matcher, Case(order, "JGD045", services.firms())))
    assert reasons
    for place, reason in enumerate(reasons):
        wanted = [quoted for quoted in (reason.demand_quote, reason.profile_quote) if quoted]
        assert spot(page(f"{ORDER}/firms/JGD045?reason={place}")) == wanted


def test_a_refused_firms_page_names_what_is_missing(page):
    refused = re.findall(r'/institutions/([\w-]+)"', page(ORDER).split("没过必备条件")[1])[0]
    text = page(f"{ORDER}/firms/{refused}")
    assert "没有列入" in text
    assert re.search(r"可排第 \d+", text)


def test_a_firm_that_cannot_be_matched_is_told_apart(client, page):
    key = re.search(r'/institutions/(REF-\w+)"', page("/institutions?q=外服")).group(1)
    assert "不参加匹配" in page(f"{ORDER}/firms/{key}")
    assert client.get(f"{ORDER}/firms/NOBODY").status_code == 404


def test_up_to_four_firms_stand_side_by_side(page):
    firms = names(page(ORDER))[:5]
    text = page(f"{ORDER}/compare?" + "&".join(f"firm={one}" for one in firms))
    assert "并排比较 4 家" in text
    assert "另有 1 家没有列入" in text
    assert [one for one in firms if f"/firms/{one}" in text] == firms[:4]
    fewer = html.unescape(re.search(r'<a class="chip-x" href="([^"]+)"', text).group(1))
    assert "并排比较 3 家" in page(fewer)
    assert "还没有选机构" in page(f"{ORDER}/compare")


def test_the_neutral_list_holds_everybody_who_may_from_a_to_z(page):
    first = page(f"{ORDER}?order=name")
    total = int(re.search(r"满足必备条件的 ([\d,]+) 家", first).group(1).replace(",", ""))
    assert "data-band" not in first.split('class="matches flat"')[1].split("</ol>")[0]
    seen = [key for start in range(0, total, 20) for key in names(page(f"{ORDER}?order=name&from={start}"))]
    assert len(seen) == len(set(seen)) == total == eligible(page(ORDER))


def test_the_export_holds_the_list_that_was_changed(client, page):
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(client.get(f"{ORDER}/matches.xlsx?industry=0&cases=2").data), read_only=True)
    assert [row[1] for row in list(book["数据"].values)[1:]] == names(page(f"{ORDER}?industry=0&cases=2"))
    assert "业绩 ×2" in dict(row[:2] for row in book["说明"].values)["筛选"]


def test_a_firm_that_stands_higher_by_the_rule_of_exposure_is_marked(site, page):
    from dataclasses import replace

    desk = site.extensions["caitu"].desk
    rule = desk.rule
    try:
        desk.rule = replace(rule, front=3, reserved_places=2, small_capacity=15, least_score=0.0)
        assert page(ORDER).count("为新机构、小机构留的位置") >= 1
    finally:
        desk.rule = rule


# teams

BIG = "/orders/DDD005"


def test_a_large_order_is_offered_teams_that_cover_it(page):
    assert f"{BIG}/teams" in page(BIG)
    text = page(f"{BIG}/teams")
    first = text.split("<section")[1]
    places = [int(n.replace(",", "")) for n in re.findall(r'data-h="排几人" class="n">([\d,]+)', first)]
    free = [int(n.replace(",", "")) for n in re.findall(r'data-h="本季还空" class="n">([\d,]+)', first)]
    assert len(places) >= 2
    assert all(n <= m for n, m in zip(places, free, strict=True))
    assert "发起联合揭榜" not in text


def edited(page):
    return html.unescape(re.search(rf'href="({BIG}/teams\?member=[^"#]+)#split"', page(f"{BIG}/teams")).group(1))


def test_a_split_that_adds_up_leads_to_a_joint_bid_whose_shares_are_the_whole(page):
    text = page(edited(page))
    assert "发起联合揭榜" in text
    query = urlsplit(html.unescape(re.search(rf'href="({BIG}/bid[^"]+)"', text).group(1))).query
    shares = [pair.split(":")[1] for pair in query.removeprefix("team=").split(",")]
    assert sum(int(share.replace(".", "")) for share in shares) == 10_000  # in hundredths of a per cent


@pytest.mark.parametrize(("change", "said"), [
    (lambda url: re.sub(r"places=\d+", "places=1", url, count=1), "还差"),
    (lambda url: re.sub(r"places=\d+", "places=99999", url, count=1), "本季还空"),
    (lambda url: re.sub(r"places=\d+", "places=many", url, count=1), "人数要写整数"),
    (lambda url: re.sub(r"places=\d+", "places=0", url, count=1), "至少 1 人"),
    (lambda url: url + "&member=JGD045&places=1", "没过必备条件"),
])
def test_a_split_that_cannot_be_says_what_is_wrong(page, change, said):
    text = page(change(edited(page)))
    assert said in text.split('class="errors"')[1].split("</div>")[0]
    assert "发起联合揭榜" not in text


def test_a_member_can_be_put_in_and_taken_out(page):
    url = edited(page)
    members = re.findall(r"member=([\w-]+)", url)
    assert f'value="{members[0]}"' not in page(f"{url}&without={members[0]}").split('id="split"')[1].split("</table>")[0]
    other = next(key for key in names(page(BIG)) if key not in members)
    assert f'name="member" value="{other}"' in page(f"{url}&add={other}")


# the firm's side

def test_the_best_firm_of_an_order_finds_it_on_its_own_page_at_the_same_place(page):
    best = names(page(ORDER))[0]
    text = page(f"/institutions/{best}/orders")
    row = text.split(f"{ORDER}/firms/{best}")[1].split("</li>")[0]
    assert re.search(r"第 1 / [\d,]+", row)


def test_a_firm_sees_the_orders_that_it_misses_by_one_must_have(page):
    text = page("/institutions/JGD045/orders")
    assert re.search(r"即可排第 \d+", text.split("只差一项的")[1])


def test_a_firm_asks_why_it_is_not_at_the_front_of_an_order(client, page):
    assert client.get("/institutions/JGD063/why?order=DDD016").location == f"{ORDER}/firms/JGD063"
    assert "没有标题含" in page("/institutions/JGD063/why?order=没有这样的订单")
    assert page("/institutions/JGD063/why?order=工程师").count("/firms/JGD063") > 1


def days(text):
    """The days that the orders of a firm's list have left, as they stand there."""
    listed = text.split("必备条件都满足的")[1].split("</section>")[0]
    return [int(found or 0) for found in re.findall(r"揭榜剩 (\d+) 天|今天截止", listed)]


def test_the_orders_of_a_firm_come_by_deadline_without_rank_or_band_for_whoever_asks_so(page):
    path = f"/institutions/{names(page(ORDER))[0]}/orders"
    ranked, neutral = page(path), page(f"{path}?order=name")
    assert "data-band" in ranked
    assert not re.search(r"data-band|第 [\d,]+ / [\d,]+|不在前十", neutral)
    assert days(neutral)
    assert days(neutral) == sorted(days(neutral))
    assert f'{path}?order=fit"' in neutral, "one click back"


def test_a_reader_who_chose_no_ranks_has_none_on_a_firm_s_orders(page, monkeypatch):
    path = f"/institutions/{names(page(ORDER))[0]}/orders"
    monkeypatch.setattr("webapp.views.firm_orders.reads_neutrally", lambda session, who: True)
    assert "data-band" not in page(path)
    assert "data-band" in page(f"{path}?order=fit")


def test_the_choice_made_on_a_firm_s_orders_is_remembered(signed_in, bidding):
    from market.matches.models import NeutralReader

    client, path = signed_in("firm1"), f"/institutions/{bidding.firm('firm1')}"
    assert client.post(f"{path}/reading", data={"order": "name"}).location == f"{path}/orders"
    assert bidding.read(lambda session: session.query(NeutralReader).count()) == 1
    client.post(f"{path}/reading", data={"order": "fit"})
    assert bidding.read(lambda session: session.query(NeutralReader).count()) == 0
    assert client.post(f"{path}/reading", data={"order": "best"}).status_code == 422


def test_a_pair_is_seen_from_both_sides_and_names_what_suits_the_firm_better(site, page):
    """The order's place for the firm is its place in the firm's own list, ranks and all."""
    own = page("/institutions/JGD045/orders?order=fit").split("必备条件都满足的</h2>")[1]
    shown = re.findall(r'<h3><a href="/orders/(\w+)/firms/JGD045"', own)
    for place, key in enumerate(shown[:3], 1):
        text = page(f"/orders/{key}/firms/JGD045")
        told = re.search(r"反过来看：这家机构现在能接 [\d,]+ 单，这一单排第 (\d+)(.*?)</p>", text, re.S)
        assert int(told.group(1)) == place
        ahead = re.findall(r'href="/orders/(\w+)/firms/JGD045"', told.group(2))
        assert ahead == shown[: place - 1]


def test_the_must_haves_that_are_met_stand_among_the_reasons(page):
    text = page(f"{ORDER}/firms/JGD045")
    for words in ("有有效的人力资源服务许可", "信用 A 级，达到 B 级以上", "服务区域含浦东新区", "能在海外引才：北美"):
        assert words in text


def test_an_order_whose_vector_is_not_there_yet_takes_nothing_from_the_others(app):
    """One that was just published: the firm's list and the pair of another order go on without it."""
    from market.orders.models import Order
    from market.profiles import demand_of
    from market.vectors import text_hash
    from matching.pool import demand_text

    services, client = app.extensions["caitu"], app.test_client()
    before = client.get("/institutions/JGD045/orders?order=fit").get_data(as_text=True)
    first, second = re.findall(r'<h3><a href="/orders/(\w+)/firms/JGD045"', before.split("必备条件都满足的</h2>")[1])[:2]
    with services.database.read() as session:
        key = text_hash(demand_text(demand_of(session.get(Order, first))))
    real = services.desk.vectors.ready
    services.desk.vectors.ready = lambda texts: {text: one for text, one in real(texts).items() if text_hash(text) != key}
    after = client.get("/institutions/JGD045/orders?order=fit").get_data(as_text=True)
    left = re.findall(r'<h3><a href="/orders/(\w+)/firms/JGD045"', after.split("必备条件都满足的</h2>")[1])
    assert first not in left
    assert left[0] == second
    assert "反过来看" in client.get(f"/orders/{second}/firms/JGD045").get_data(as_text=True)
    assert client.get(f"/orders/{first}").status_code == client.get(f"/orders/{first}/firms/JGD045").status_code == 200
