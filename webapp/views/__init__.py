"""One blueprint per place of the site."""

from webapp.views import (
    about,
    candidate,
    candidates,
    city,
    delivery,
    demo,
    desk,
    disputes,
    districts,
    firm_orders,
    fit,
    institutions,
    map,
    matcher,
    matches,
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
    teams,
)

BLUEPRINTS = tuple(
    module.blueprint for module in (
        about, candidate, candidates, delivery, demo, desk, disputes, districts, institutions, map, messages,
        my_orders, order_editor, order_pages, order_steps, orders, parks, policies, ratings, reward, search,
        settlement, signin, status, matches, teams, firm_orders, matcher, city, fit)
)
