"""One blueprint per place of the site."""

from webapp.views import (
    about,
    candidate,
    candidates,
    delivery,
    demo,
    desk,
    disputes,
    districts,
    institutions,
    map,
    messages,
    my_orders,
    order_editor,
    order_pages,
    order_steps,
    orders,
    parks,
    policies,
    ratings,
    reward,
    search,
    settlement,
    signin,
    status,
)

BLUEPRINTS = tuple(
    module.blueprint for module in (
        about, candidate, candidates, delivery, demo, desk, disputes, districts, institutions, map, messages,
        my_orders, order_editor, order_pages, order_steps, orders, parks, policies, ratings, reward, search,
        settlement, signin, status,
    )
)
