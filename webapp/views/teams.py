"""Teams for one order: the smallest that cover it, and the reader's own split of its places."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from market.institutions import queries as institutions
from market.orders import queries
from webapp.access import actor, public
from webapp.matchstate import MatchState
from webapp.services import services
from webapp.teaming import asked_seats, checked, members_args, proposed, rows_of
from webapp.views.matches import needed

blueprint = Blueprint("teams", __name__, url_prefix="/orders")

OFFERED = 20  # firms in front from which another member is chosen


@blueprint.get("/<key>/teams")
@public
def teams(key: str) -> str:
    """The teams that are proposed, and the split that the URL holds with what is wrong with it."""
    site, state = services(), MatchState.from_args(request.args)
    path = f"/orders/{key}/teams"
    with site.database.read() as session:
        order = queries.order(session, key, actor())
        table = needed(site, order, state)
        found = proposed(table)
        ids = [member.institution_id for team in found for member in team.members]
        seats = asked_seats(table, request.args)
        front = [match.institution_id for match in table.ranking.matches[:OFFERED]]
        firms = institutions.by_ids(session, [*ids, *front, *(seat.firm_id for seat in seats)])
        return render_template(
            "teams.html", order=order, state=state, firms=firms, back=state.address(f"/orders/{order.id}"),
            proposals=[(team, rows_of(team, firms), state.address(path, *members_args(team))) for team in found],
            edited=checked(table, seats) if seats else None,
            others=[firms[one] for one in front if one in firms and one not in {seat.firm_id for seat in seats}])
