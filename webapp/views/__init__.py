"""One blueprint per place of the site."""

from webapp.views import (
    about,
    demo,
    desk,
    districts,
    institutions,
    map,
    orders,
    parks,
    policies,
    search,
    signin,
    status,
    tokens,
)

BLUEPRINTS = tuple(
    module.blueprint for module in (
        map, institutions, orders, parks, districts, policies, search, about, status, signin, desk, demo, tokens)
)
