"""One blueprint per place of the site."""

from webapp.views import (
    about,
    demo,
    desk,
    districts,
    institutions,
    lookup,
    map,
    orders,
    parks,
    policies,
    search,
    signin,
    status,
)

BLUEPRINTS = tuple(
    module.blueprint for module in (
        map, institutions, lookup, orders, parks, districts, policies, search, about, status, signin, desk, demo)
)
