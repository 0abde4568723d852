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
        map, institutions, orders, parks, districts, policies, search, about, status, signin, desk, demo,
        delivery, candidates, candidate, settlement, messages, ratings, disputes, reward)
)
