"""One blueprint per place of the site."""

from webapp.views import (
    about,
    city,
    demo,
    desk,
    districts,
    firm_orders,
    fit,
    institutions,
    map,
    matcher,
    matches,
    orders,
    parks,
    policies,
    search,
    signin,
    status,
    teams,
)

BLUEPRINTS = tuple(
    module.blueprint for module in (
        map, institutions, orders, parks, districts, policies, search, about, status, signin, desk, demo,
        matches, teams, firm_orders, matcher, city, fit)
)
