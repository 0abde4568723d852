"""Institutions: the list with its filters, its export, and the page of one firm."""

from __future__ import annotations

from flask import Blueprint

from webapp.filters import FACETS
from webapp.panel import PanelPlan

blueprint = Blueprint("institutions", __name__, url_prefix="/institutions")

SORTS = {"": "", "credit": "-credit", "capacity": "-capacity"}
PANEL = PanelPlan("/institutions", FACETS, opened=("service", "grade", "park", "district"), card=True)
