"""An order on its author's screen: the form, what differs from the row, what is missing, how many firms it would fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from market.database import Session
from market.orders import queries
from market.orders.choices import choices
from market.orders.drafts import MATERIAL
from market.orders.durations import due
from market.orders.models import Order
from market.orders.readiness import Readiness, mend, readiness
from market.orders.steps import move_for
from matching.encoders import EncoderNotReady
from webapp.access import actor
from webapp.orderform import OrderForm, as_typed, changed, order_form, values
from webapp.services import Services, services
from webapp.words.editor import finding_word, gap_word


@dataclass
class Editing:
    """A draft that is written, or an open order that is amended; changes: field -> the new value."""

    order: Order
    amending: bool
    form: OrderForm
    changes: dict[str, Any]
    soonest: datetime

    @property
    def key(self) -> str:
        """The order's id."""
        return self.order.id

    @property
    def shown(self) -> Order:
        """The order as it stands on the screen."""
        return as_typed(self.order, self.changes)

    @property
    def material(self) -> list[str]:
        """Changed fields that every bidder has to confirm anew."""
        return sorted(set(self.changes) & MATERIAL) if self.amending else []

    def differences(self) -> list[tuple[str, Any, Any]]:
        """(field, as saved, as typed) of every change."""
        return [(name, getattr(self.order, name), value) for name, value in self.changes.items()]

    def readiness(self) -> Readiness:
        """What is missing, and what stands in the texts."""
        return readiness(self.shown, services().settings.data_dir)

    def mend(self, key: str) -> str:
        """Puts the lawful words of a finding into the form; gives the field, empty where there is nothing to mend."""
        shown = self.shown
        field = mend(shown, key, services().settings.data_dir)
        if field:
            self.form[field].data = self.changes[field] = getattr(shown, field)
        return field

    def blame(self) -> bool:
        """Puts what keeps the order from being submitted beside its fields; True where there is something."""
        found = self.readiness()
        for gap in found.gaps:
            self._beside(gap.field, gap_word(gap, self.shown))
        for finding in found.blocking:
            self._beside(finding.field, finding_word(finding))
        return not found.ready

    def _beside(self, name: str, text: str) -> None:
        if name in self.form:
            field = self.form[name]
            field.errors = (*field.errors, text)
        else:
            self.form.elsewhere.append(text)


def editing(session: Session, key: str, *, sent: bool) -> Editing:
    """The editor of an order for whoever asks, with the form as sent or as saved; see `steps.move_for` for refusals."""
    site = services()
    order = queries.order(session, key, actor())
    amending = order.state != "draft"
    move_for(session, actor(), order, "amend" if amending else "edit")
    form = order_form(order, choices(site.settings.data_dir), sent=sent)
    typed: Mapping[str, Any] = values(form, amending=amending) if sent else {}
    soonest = due(session, "bidding", as_typed(order, typed), site.clock())
    return Editing(order, amending, form, changed(order, typed), soonest)


def fitting(site: Services, order: Order) -> list[str] | None:
    """Ids of the firms that meet the must-haves of an order as it stands; None while the firms are being prepared."""
    try:
        return site.desk.fitting(order, site.firms())
    except EncoderNotReady:
        return None
