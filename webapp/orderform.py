"""The form of an order: filled from a row, read into the values of a row, and held against the row for what changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import Length

from market.orders.choices import Choices
from market.orders.drafts import EDITABLE, FIXED_ONCE_OPEN
from market.orders.models import Order
from webapp.forms import SiteForm
from webapp.orderfields import LinesField, PointsField, ShanghaiField, ShareField, TicksField, WholeField, YuanField
from webapp.words.editor import NO_CHOICE, OLD_CHOICES, TOO_LONG

TITLE, TEXT, NAME = 80, 8000, 60
LEAST_ROWS = 3
MOST_PEOPLE, MOST_DAYS, MOST_DAYS_TO_PAY = 100_000, 3650, 365


class TermForm(Form):  # type: ignore[misc]
    """One instalment."""

    name = StringField(validators=[Length(max=NAME, message=TOO_LONG.format(NAME))])
    share_bp = ShareField()
    due_days = WholeField(high=MOST_DAYS_TO_PAY)


class CriterionForm(Form):  # type: ignore[misc]
    """One criterion of the scorecard."""

    name = StringField(validators=[Length(max=NAME, message=TOO_LONG.format(NAME))])
    weight_bp = ShareField()


class MustForm(Form):  # type: ignore[misc]
    """What every firm has to meet."""

    required_licences = TicksField()
    credit_min = SelectField()
    must_cover = TicksField()
    needs_overseas_sourcing = BooleanField()
    overseas_regions_any = TicksField()
    multi_firm_collaboration = BooleanField()


class OrderForm(SiteForm):
    """Every field of an order that its enterprise writes, by the row's names."""

    version = HiddenField()
    title = StringField(validators=[Length(max=TITLE, message=TOO_LONG.format(TITLE))])
    description = TextAreaField(validators=[Length(max=TEXT, message=TOO_LONG.format(TEXT))])
    role_family = SelectField()
    industry = SelectField()
    seniority = TicksField()
    headcount = WholeField(low=1, high=MOST_PEOPLE)
    annual_salary_range = StringField(validators=[Length(max=NAME, message=TOO_LONG.format(NAME))])
    district = SelectField()
    service_mode = TicksField()
    must_have = LinesField()
    constraints = FormField(MustForm)
    closes_at = ShanghaiField()
    fee_fen = YuanField()
    guarantee_days = WholeField(high=MOST_DAYS)
    milestones = FieldList(FormField(TermForm), max_entries=24)
    scorecard = FieldList(FormField(CriterionForm), max_entries=24)
    pass_bp = PointsField()
    confidential = BooleanField()
    brief = TextAreaField(validators=[Length(max=TEXT, message=TOO_LONG.format(TEXT))])

    @property
    def faults(self) -> list[tuple[str, str]]:
        """See SiteForm.faults; the rows of lists too."""
        beside = [(leaf.id, str(text)) for leaf in _leaves(self) for text in leaf.errors if isinstance(text, str)]
        return beside + [("", text) for text in self.elsewhere]


def _leaves(fields: Any) -> Iterator[Field]:
    for field in fields:
        yield field
        if isinstance(field, FieldList | FormField):
            yield from _leaves(field)


def _padded(rows: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """Rows with one empty one to write into."""
    found = list(rows or [])
    return found + [{}] * max(1, LEAST_ROWS - len(found))


def _data(order: Order) -> dict[str, Any]:
    found = {name: getattr(order, name) for name in EDITABLE}
    return {**found, "milestones": _padded(order.milestones), "scorecard": _padded(order.scorecard), "version": order.version}


def _one_of(field: SelectField, offered: Sequence[str], held: str | None) -> None:
    more = [held] if held and held not in offered else []
    field.choices = [("", NO_CHOICE), *((word, word) for word in (*more, *offered))]


def _some_of(field: TicksField, offered: Sequence[str], held: Sequence[str]) -> None:
    field.choices = [(word, word) for word in dict.fromkeys((*offered, *held))]


def order_form(order: Order, offered: Choices, *, sent: bool) -> OrderForm:
    """The form of an order: as it was sent, or as the row is. A value that no list offers any more can stay."""
    form = OrderForm(data=None if sent else _data(order))
    held: Mapping[str, Any] = order.constraints or {}
    _one_of(form.industry, offered.industries, order.industry)
    _one_of(form.district, offered.districts, order.district)
    known = {word for words in offered.roles.values() for word in words}
    old = {OLD_CHOICES: [order.role_family]} if order.role_family and order.role_family not in known else {}
    groups = {**old, **offered.roles}
    form.role_family.choices = {NO_CHOICE: [("", NO_CHOICE)],
                                **{group: [(word, word) for word in words] for group, words in groups.items()}}
    _some_of(form.seniority, offered.seniority, order.seniority)
    _some_of(form.service_mode, offered.services, order.service_mode)
    musts = form.constraints.form
    _some_of(musts.required_licences, offered.licences, held.get("required_licences", ()))
    _one_of(musts.credit_min, offered.grades, held.get("credit_min"))
    _some_of(musts.must_cover, offered.districts, held.get("must_cover", ()))
    _some_of(musts.overseas_regions_any, offered.overseas, held.get("overseas_regions_any", ()))
    for leaf in _leaves(form):
        if isinstance(leaf, SelectField | TicksField) and sent and leaf.data is None:
            leaf.data = [] if isinstance(leaf, TicksField) else ""
    return form


def _rows(rows: Sequence[Mapping[str, Any]], part: str) -> list[dict[str, Any]]:
    """The rows in which something was written; days to pay only where the enterprise sets its own."""
    return [{"name": (row["name"] or "").strip(), part: row[part] or 0,
             **({"due_days": row["due_days"]} if row.get("due_days") is not None else {})}
            for row in rows if (row["name"] or "").strip() or row[part]]


def _said(constraints: Mapping[str, Any] | None) -> dict[str, Any]:
    """Constraints without those that ask for nothing."""
    return {name: value for name, value in (constraints or {}).items() if value and name != "csrf_token"}


def values(form: OrderForm, *, amending: bool) -> dict[str, Any]:
    """What the form says, as the values of a row; without what is fixed once an order is open."""
    found = {name: form[name].data for name in EDITABLE if name in form}
    found = {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}
    found |= {name: found[name] or None for name in ("industry", "role_family", "district", "annual_salary_range")}
    found |= {name: found[name] or [] for name in ("seniority", "service_mode", "must_have")}
    found["milestones"] = _rows(form.milestones.data, "share_bp")
    found["scorecard"] = _rows(form.scorecard.data, "weight_bp")
    found["constraints"] = _said(form.constraints.data)
    return {name: value for name, value in found.items() if not amending or name not in FIXED_ONCE_OPEN}


def _plain(name: str, value: Any) -> Any:
    """A value for comparing: an empty text is no text, an unasked constraint none, a moment counts to the minute."""
    if name == "constraints":
        return _said(value)
    if isinstance(value, datetime):
        return value.replace(second=0, microsecond=0)
    return value or None


def changed(order: Order, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that differ from the row's."""
    found = {name: value for name, value in typed.items() if _plain(name, value) != _plain(name, getattr(order, name))}
    if found.get("confidential") and order.brief is None:
        found.setdefault("brief", "")  # the row of a confidential order has a full text, be it an empty one
    return found


def as_typed(order: Order, typed: Mapping[str, Any]) -> Order:
    """The order as it stands on the screen: never saved, read by the same rules as a saved one."""
    known = {name: getattr(order, name) for name in EDITABLE} | dict(typed)
    return Order(id=order.id, state=order.state, kind=order.kind, deadline_days=order.deadline_days,
                 enterprise_id=order.enterprise_id, **known)
