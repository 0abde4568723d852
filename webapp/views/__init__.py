"""One blueprint per place of the site."""

from webapp.views import about, districts, institutions, map, matches, orders, parks, policies, search, status

BLUEPRINTS = tuple(
    module.blueprint for module in (map, institutions, orders, matches, parks, districts, policies, search, about, status)
)
