"""Institutions: the list with its filters, its export, and the page of one firm."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from market.accounts.queries import verification
from market.database import Session
from market.institutions import queries
from market.institutions.models import Institution
from market.notices.follows import FIRM
from market.orders.conduct import declines
from market.orders.following import followed
from market.orders.settlement import stars_of
from webapp.access import actor, public
from webapp.catalogue import Catalogue
from webapp.clock import today
from webapp.filters import FACETS, Filters
from webapp.listing import PAGE_ROWS
from webapp.panel import PanelPlan
from webapp.progress import read_progress
from webapp.qr import qr_svg
from webapp.services import services
from webapp.suiting import suits_of
from webapp.words.accounts import VERIFICATIONS
from webapp.words.exports import EXPORT_FIRM_HEADS, EXPORT_FIRM_TITLE, export_firm
from webapp.words.labels import FIRM_SORTS, LICENCE_NAMES
from webapp.words.steps import declined_word
from webapp.words.text import licence_tone

blueprint = Blueprint("institutions", __name__, url_prefix="/institutions")

PATH = "/institutions"


def _from_sql(session: Session, filters: Filters, offset: int) -> tuple[int, list[Institution]]:
    wanted = filters.wanted
    return queries.listed(session, wanted.get("district", ()), wanted.get("park", ()), offset, PAGE_ROWS)


CATALOGUE = Catalogue(
    "institution", "institutions.html", PanelPlan(PATH, FACETS, opened=("service", "grade", "park", "district"), card=True),
    {"": "", "credit": "-credit", "capacity": "-capacity"}, FIRM_SORTS, queries.by_ids, _from_sql)


@blueprint.get("")
@public
def listed() -> str:
    """The institutions that the filter lets through; by district and park alone while the index is away."""
    return CATALOGUE.page()


@blueprint.get("/export.xlsx")
@public
def export() -> Response:
    """Every row that the filter lets through, as an Excel file."""
    return CATALOGUE.export(EXPORT_FIRM_TITLE, EXPORT_FIRM_HEADS, lambda firm: export_firm(firm, today()))


@blueprint.get("/<key>")
@public
def one(key: str) -> str:
    """The page of one institution: what it does, its licences today, and the orders that suit it."""
    site = services()
    with site.database.read() as session:
        firm = queries.institution(session, key)
        address = f"{site.settings.public_url or request.host_url.rstrip('/')}{PATH}/{firm.id}"
        return render_template(
            "institution.html", firm=firm, licences=_licences(firm), code_svg=qr_svg(address),
            stars=stars_of(session, firm.id), suits=suits_of(session, firm.id),
            house=verification(session, firm.id, site.clock()), house_tones=VERIFICATIONS,
            followed=firm.id in followed(session, actor(), FIRM, [firm.id]),
            declined=declined_word(*declines(session, firm.id)), progress=read_progress(site.settings.var_dir))


def _licences(firm: Institution) -> list[dict[str, object]]:
    """One line for each kind of licence, held or not; those of a public source are unknown rather than absent."""
    held = {licence.name: licence for licence in firm.licences}
    names = [name for name in LICENCE_NAMES if name in held] if firm.source_kind != "sample" else LICENCE_NAMES
    return [{"name": name, "tone": licence_tone(held.get(name), today()), "number": getattr(held.get(name), "number", None),
             "valid_to": getattr(held.get(name), "valid_to", None)} for name in names]
