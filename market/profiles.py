"""From rows to what the matcher reads: an institution as Profile, an order as Demand."""

from __future__ import annotations

from datetime import date

from market.institutions.models import Institution
from market.orders.models import Order
from matching.files import constraints_of
from matching.profiles import Demand, Profile


def profile_of(firm: Institution, today: date) -> Profile:
    """An institution as it stands today: only licences that are valid count."""
    return Profile(
        firm.id, firm.name, firm.district or "", (firm.park.short_name or "") if firm.park else "", tuple(firm.services),
        tuple(firm.industries), tuple(firm.role_families), tuple(firm.regions), tuple(firm.seniority),
        firm.capacity_per_quarter or 0, tuple(firm.languages), firm.credit_grade or "", firm.held(today),
        firm.profile or "", tuple(firm.track_record),
    )


def demand_of(order: Order) -> Demand:
    """An order as the matcher reads it."""
    return Demand(
        order.id, order.title, order.description or "", order.enterprise_name, order.industry or "",
        order.role_family or "", tuple(order.seniority), order.headcount or 0, order.city or "", order.district or "",
        order.deadline_days or 0, order.annual_salary_range or "", tuple(order.service_mode), tuple(order.must_have),
        constraints_of(order.constraints or {}),
    )
