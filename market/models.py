"""Every table of the market in one import: for migrations and for making relations known."""

from market.accounts.models import (
    Employment,
    Expert,
    Member,
    Organisation,
    Person,
    SignedIn,
    SignInLane,
    Ticket,
)
from market.audit import AuditEntry, AuditHead
from market.database import Table
from market.districts.models import District
from market.institutions.models import Institution, Licence
from market.orders.models import Enterprise, Order
from market.outbox import OutboxNote
from market.parks.models import Park
from market.policies.models import Policy
from market.statistics.models import Indicator
from market.vectors import TextVector

__all__ = ["AuditEntry", "AuditHead", "District", "Employment", "Enterprise", "Expert", "Indicator", "Institution",
           "Licence", "Member", "Order", "Organisation", "OutboxNote", "Park", "Person", "Policy", "SignInLane", "SignedIn",
           "Table", "TextVector", "Ticket"]
