"""One blueprint per place of the site."""

from webapp.views import about, districts, institutions, lookup, map, orders, parks, policies, search, status

BLUEPRINTS = tuple(
    module.blueprint for module in (map, institutions, lookup, orders, parks, districts, policies, search, about, status)
)
