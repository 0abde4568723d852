"""The demo's clock: it goes forward only, for everybody, and a site that is no demo has none."""


def test_putting_the_clock_forward_closes_the_bids_and_keeps_people_signed_in(signed_in):
    owner, key = signed_in("owner"), signed_in.order("open", confidential=False)
    answer = owner.post("/demo/clock", data={"order": key, "next": f"/orders/{key}"})
    assert (answer.status_code, answer.location) == (303, f"/orders/{key}")
    assert signed_in.order("open") is None
    page = owner.get("/desk").get_data(as_text=True)
    assert "演示时钟已快进到" in page


def test_only_the_offered_amounts_move_the_clock(signed_in):
    for wrong in ({}, {"hours": "-5"}, {"hours": "999999"}):
        assert signed_in("owner").post("/demo/clock", data=wrong).status_code == 422


def test_the_clock_cannot_be_put_back(signed_in):
    from datetime import timedelta

    clock = signed_in.site.clock
    clock.forward(timedelta(days=1))
    clock.forward(timedelta(days=-3))
    assert clock.ahead() == timedelta(days=1)


def test_a_site_that_is_no_demo_has_no_clock_to_move(signed_in):
    from market.clock import now

    signed_in.site.clock = now
    assert signed_in("owner").post("/demo/clock", data={"hours": "24"}).status_code == 404
    assert signed_in.order("open") is not None
