"""One blueprint per place of the site."""

from webapp.views import (
    about,
    award,
    bid,
    bids,
    candidate,
    candidates,
    delivery,
    demo,
    desk,
    disputes,
    districts,
    experts,
    institutions,
    map,
    messages,
    my_orders,
    opening,
    order_editor,
    order_pages,
    order_steps,
    orders,
    parks,
    policies,
    ratings,
    reward,
    score,
    search,
    settlement,
    signin,
    status,
)

BLUEPRINTS = tuple(
    module.blueprint for module in (
        about, award, bid, bids, candidate, candidates, delivery, demo, desk, disputes, districts, experts, institutions, map,
        messages, my_orders, opening, order_editor, order_pages, order_steps, orders, parks, policies, ratings, reward, score,
        search, settlement, signin, status,
    )
)
