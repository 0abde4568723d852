"""The pages of an award where a pass mark keeps bids out, and where nobody is left to be proposed."""

from market.orders.models import Order

PARTIES = ("firm1", "firm2", "firm3", "firm4")


def text(answer):
    return answer.get_data(as_text=True)


def with_pass_mark(signed_in, state, bp=7_000):
    """A demo order of a state, with a pass mark that the third bid does not reach."""
    key = signed_in.order(state)
    with signed_in.site.database.write() as session:
        session.get_one(Order, key).pass_bp = bp
    return key


def decline(signed_in, key):
    """The first lead that can declines its award."""
    name = next(name for name in PARTIES if "放弃授榜</button>" in text(signed_in(name).get(f"/orders/{key}/award")))
    signed_in(name).post(f"/orders/{key}/award/decline", data={"decline-reason": "人手不足"})


def test_the_result_page_names_the_pass_mark_and_who_is_below_it(signed_in):
    key = with_pass_mark(signed_in, "standstill")
    assert "合格线 70 分" in text(signed_in.app.test_client().get(f"/orders/{key}/award"))
    assert text(signed_in("owner").get(f"/orders/{key}/award")).count("未达合格线") == 1


def test_the_owner_goes_on_with_what_stands_and_ends_the_order_when_nothing_does(signed_in):
    key, owner = with_pass_mark(signed_in, "awarded"), signed_in("owner")
    assert owner.post(f"/orders/{key}/award/go-on").status_code == 303
    decline(signed_in, key)
    page = text(owner.get(f"/orders/{key}/award"))
    assert "没有可授榜的方案了" in page
    assert "提出授榜，开始公示" not in page
    assert f"/orders/{key}/cancel" not in page
    owner.post(f"/orders/{key}/award/go-on")
    assert "轮到您" not in text(owner.get(f"/orders/{key}"))
    decline(signed_in, key)
    assert f'href="/orders/{key}/cancel"' in text(owner.get(f"/orders/{key}/award"))
    assert "请写明理由" in text(owner.post(f"/orders/{key}/cancel", data={"reason": ""}))
    assert owner.post(f"/orders/{key}/cancel", data={"reason": "中榜机构都放弃了"}).status_code == 303
    assert "订单已取消" in text(owner.get(f"/orders/{key}"))
