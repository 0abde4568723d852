"""One blueprint per place of the site."""

from webapp.views import (
    about,
    account,
    audit,
    desk,
    districts,
    inbox,
    institutions,
    map,
    members,
    orders,
    organisations,
    parks,
    policies,
    register,
    search,
    searches,
    shortlists,
    signin,
    sso,
    status,
)

BLUEPRINTS = tuple(
    module.blueprint for module in (
        map, institutions, orders, parks, districts, policies, search, about, status, signin, desk,
        register, sso, account, members, searches, organisations, audit, inbox, shortlists)
)
