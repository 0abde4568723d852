"""One blueprint per place of the site."""

from webapp.views import (
    about,
    award,
    bid,
    bids,
    desk,
    districts,
    experts,
    institutions,
    map,
    opening,
    orders,
    parks,
    policies,
    score,
    search,
    signin,
    status,
)

BLUEPRINTS = tuple(
    module.blueprint for module in (
        map, institutions, orders, parks, districts, policies, search, about, status, signin, desk, bid, bids, opening,
        score, award, experts)
)
