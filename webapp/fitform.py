"""The form in which a person says whether a firm fits an order, and why."""

from __future__ import annotations

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from market.matches.actions import LONGEST, SHORTEST
from market.matches.models import FitLabel
from webapp.forms import SiteForm
from webapp.words.levers import FIT_CHOICES


class FitForm(SiteForm):
    """Fit or not, with the reason."""

    fit = RadioField(choices=[SelectChoice(value, word) for value, word in FIT_CHOICES], validators=[InputRequired()])
    reason = StringField(validators=[InputRequired(), Length(min=SHORTEST, max=LONGEST)])

    @classmethod
    def of(cls, label: FitLabel | None) -> FitForm:
        """The form as the person left it."""
        return cls(fit="yes" if label.fit else "no", reason=label.reason) if label else cls()
