"""An order's whole life in real windows: enterprise, operator, regulator, firms, experts, and a candidate on a phone."""

import re
import shutil
from dataclasses import replace

import pytest

PHONE = (390, 844)


@pytest.fixture(scope="module")
def demo_address(demo_settings, tmp_path_factory):
    """A site of its own: this journey puts the clock forward by weeks."""
    from tests.journeys.conftest import served

    var = tmp_path_factory.mktemp("whole life") / "var"
    shutil.copytree(demo_settings.var_dir, var)
    with served(replace(demo_settings, var_dir=var)) as found:
        yield found


def press(page, name):
    """Presses the button of a name and waits for the page after it."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).first.click()


def state(page):
    """The state that the order's page shows."""
    return page.locator("header.title .badge").first.inner_text().strip()


class Life:
    """The order, and the windows of everybody who has to do with it."""

    def __init__(self, sign_in, address):
        self.sign_in, self.address, self.order, self.seats = sign_in, address, "", {}

    def at(self, who, tab=""):
        """Somebody's window on a page of the order."""
        if who not in self.seats:
            self.seats[who] = self.sign_in(who)
        page = self.seats[who]
        page.goto(f"{self.address}{self.order}{tab}")
        return page

    def has(self, who, tab):
        """True when somebody's page of the order leads to a tab."""
        return self.at(who).locator(f"a[href='{self.order}{tab}']").count() > 0

    def to_the_end_of_the_clock(self):
        """The enterprise puts the demo's clock to the end of what runs now."""
        press(self.at("owner"), "快进到这一步期限")

    def bid(self, firm, price, partner=""):
        """A firm bids, with 40 per cent for a partner where one is named."""
        page = self.at(firm, "/bid")
        page.fill("#price", price)
        page.fill("#plan", "三步走：画像、寻访、复盘")
        page.fill("#timeline", "六周")
        page.check("#conflict_declared")
        if partner:
            page.fill("#find-firm", partner)
            press(page, "查找")
            with page.expect_navigation():
                page.locator("[aria-label=找到的机构] button").first.click()
            shares = page.locator("input[name=share]")
            shares.nth(0).fill("60")
            shares.nth(1).fill("40")
        press(page, "密封提交")


def name_of(page):
    """The organisation that a window acts for, from the desk."""
    return page.locator("header.title .meta").first.inner_text().split("，")[1]


def published(life):
    """The demo's draft is handed in and opened."""
    owner = life.at("owner")
    owner.goto(f"{life.address}/desk")
    draft = owner.locator("a[href$='/edit']").first.get_attribute("href")
    life.order = draft.removesuffix("/edit")
    press(life.at("owner", "/edit"), "提交核验")
    assert state(life.at("owner")) == "核验中"
    press(life.at("operator", "/check"), "发布，开始揭榜")
    assert state(life.at("operator")) == "揭榜中"


def bidden(life):
    """Three firms bid; the joint bid does not count until its member confirms."""
    partner = life.sign_in("firm4")
    life.seats["firm4"] = partner
    life.bid("firm1", "110000.01")
    life.bid("firm3", "120000.07")
    life.bid("firm2", "100000.03", name_of(partner))
    assert "2 份有效方案" in life.at("operator", "/opening").locator("main").inner_text()
    assert "方案" in life.at("firm4", "/bids").locator("main").inner_text()
    with partner.expect_navigation():
        partner.locator("form[action*='/consent'] button").first.click()
    assert "3 份有效方案" in life.at("operator", "/opening").locator("main").inner_text()


def opened(life):
    """The deadline passes, experts are drawn, two people turn a key each."""
    life.to_the_end_of_the_clock()
    operator = life.at("operator", "/opening")
    assert state(operator) == "待开封"
    press(operator, "抽取专家")
    press(operator, "转动我的钥匙")
    regulator = life.at("regulator", "/opening")
    press(regulator, "转动我的钥匙")
    press(regulator, "开封")
    assert state(life.at("regulator")) == "评审中"


def scored(life):
    """Every expert of the panel scores every bid, without names."""
    sat = 0
    for name in ("expert1", "expert2", "expert3", "expert4"):
        if not life.has(name, "/score"):
            continue
        page = life.at(name, "/score")
        fields, sat = page.locator(".marks input"), sat + 1
        assert "有限公司" not in page.locator(".sheets").inner_text()
        for place in range(fields.count()):
            fields.nth(place).fill(str(70 + (place * 7 + sat) % 25))
        press(page, "保存评分")
    assert sat == 3


def awarded(life):
    """The enterprise proposes the two best, the public has its days, the award is given and signed by all."""
    owner = life.at("owner", "/award")
    places = owner.locator("#proposing input.few")
    for place, count in enumerate(("3", "2", "0")):
        places.nth(place).fill(count)
    press(owner, "提出授榜，开始公示")
    assert state(life.at("owner")) == "公示中"
    life.to_the_end_of_the_clock()
    press(life.at("owner", "/award"), "授榜")
    for firm in ("firm1", "firm2", "firm3", "firm4"):
        if life.has(firm, "/delivery"):
            press(life.at(firm, "/delivery"), "签约")
    press(life.at("owner", "/delivery"), "签约，开始交付")
    assert state(life.at("owner")) == "交付中"


def placed(life, firm):
    """A candidate consents on a phone without an account, and is taken on."""
    board = life.at(firm, "/candidates")
    board.fill("#name", "冯棠")
    board.fill("#phone", "13912345678")
    board.fill("#summary", "做过两代验证平台")
    board.click("#propose button[type=submit]")
    link = re.sub(r"^https?://[^/]+", "", board.input_value("#link"))
    phone = board.context.browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, is_mobile=True)
    own = phone.new_page()
    own.goto(life.address + link)
    own.get_by_role("button", name="我同意推荐").click()
    own.wait_for_selector("text=您的同意")
    phone.close()
    for who, stage in ((firm, "consented"), ("owner", "submitted"), ("owner", "interviewing"), ("owner", "offered"),
                       ("owner", "placed")):
        page = life.at(who, "/candidates")
        with page.expect_navigation():
            page.locator(f".lane[data-stage={stage}] .person form button").first.click()


def delivered(life):
    """Every lead hands in its milestones with a proof; all is delivered; the enterprise stays silent."""
    leads = [firm for firm in ("firm1", "firm2", "firm3")
             if life.has(firm, "/delivery") and life.at(firm, "/delivery").locator("input[name=files]").count()]
    placed(life, leads[0])
    for firm in leads:
        while (page := life.at(firm, "/delivery")).locator("input[name=files]").count():
            page.locator("input[name=files]").first.set_input_files(
                {"name": "report.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 proof"})
            press(page, "提交里程碑")
    press(life.at(leads[0], "/delivery"), "全部交付")
    assert state(life.at("owner")) == "验收中"
    life.to_the_end_of_the_clock()
    page = life.at("owner", "/delivery")
    assert state(page) == "结算中"
    assert "企业到期未答，视为验收" in page.locator("main").inner_text()
    return leads


def rated(life, leads):
    """Both sides rate; nothing shows before both have, and then both show together."""
    press(life.at("owner", "/settlement"), "结算，写入账目")
    while (page := life.at("owner", "/ratings")).get_by_role("button", name="提交评价").count():
        page.locator("input[name=stars][value='5']").first.check()
        page.locator("textarea[name=comment]").first.fill("企业这样说")
        press(page, "提交评价")
    for firm in leads:
        page = life.at(firm, "/ratings")
        assert "企业这样说" not in page.locator("main").inner_text()
        page.locator("input[name=stars][value='4']").first.check()
        page.locator("textarea[name=comment]").first.fill("机构这样说")
        press(page, "提交评价")
    press(life.at("owner"), "快进 1 小时")
    for who in ("owner", leads[0]):
        text = life.at(who, "/ratings").locator("main").inner_text()
        assert "企业这样说" in text
        assert "机构这样说" in text
    assert state(life.at("owner")) == "已关闭"


def test_an_order_lives_from_draft_to_the_ratings_of_both_sides(sign_in, demo_address):
    life = Life(sign_in, demo_address)
    life.seats["owner"] = sign_in("owner")
    published(life)
    bidden(life)
    opened(life)
    scored(life)
    awarded(life)
    rated(life, delivered(life))
