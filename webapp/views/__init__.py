"""One blueprint per place of the site."""

from webapp.views import (
    about,
    account,
    audit,
    demo,
    desk,
    districts,
    inbox,
    institutions,
    map,
    members,
    my_orders,
    order_editor,
    order_pages,
    order_steps,
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
        map, institutions, orders, parks, districts, policies, search, about, status, signin, desk, demo,
        my_orders, order_editor, order_pages, order_steps,
        register, sso, account, members, searches, organisations, audit, inbox, shortlists)
)
