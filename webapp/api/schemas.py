"""What programs send and get: every field of the interface with its type, its limits and its meaning."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

LONGEST_TEXT, LARGEST = 20_000, 2**31 - 1
MOST_FEN = 10**13
FIRST_YEAR, LAST_YEAR = 2000, 2200
KEY_RULE = validate.Regexp(r"^[\x21-\x7e]{1,200}$")


def _writable(value: str) -> None:
    """Refuses what no database keeps: NUL, and halves of a character."""
    if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise ValidationError("a character that cannot be kept")


def text(**more: Any) -> fields.String:
    """A text of bounded length."""
    return fields.String(validate=[_writable, validate.Length(max=LONGEST_TEXT)], **more)


def whole(low: int, high: int = LARGEST, **more: Any) -> fields.Integer:
    """A whole number within limits; 3.5 and "3" are none."""
    return fields.Integer(strict=True, validate=validate.Range(low, high), **more)


class Sent(Schema):
    """What a program sends: unknown fields are refused, so that a misspelt one is noticed."""

    class Meta:
        """No silent loss."""

        unknown = RAISE


class WriteHeaders(Schema):
    """Headers of a write."""

    class Meta:
        """Other headers are none of ours."""

        unknown = EXCLUDE

    key = fields.String(required=True, data_key="Idempotency-Key", validate=KEY_RULE,
                        metadata={"description": "one per intended effect, 1 to 200 printable characters; kept for a week"})
    version = fields.String(data_key="If-Match", load_default="", validate=validate.Regexp(r'^("?\d{1,9}"?)?$'),
                            metadata={"description": "the order's version, as its ETag has it"})


class Nothing(Sent):
    """An empty body."""


class Reason(Sent):
    """Why."""

    reason = text(load_default="")


class Text(Sent):
    """A text."""

    text = text(required=True)


class Part(Sent):
    """A milestone with its share of the fee, and the days after the settlement in which it is paid."""

    name = text(required=True)
    share_bp = whole(0, 10_000, required=True)
    due_days = whole(0, 365)


class Criterion(Sent):
    """A criterion of the scorecard with its weight."""

    name = text(required=True)
    weight_bp = whole(0, 10_000, required=True)


class Musts(Sent):
    """What every firm has to meet."""

    required_licences = fields.List(text())
    credit_min = fields.String(allow_none=True, validate=validate.OneOf("ABCD"))
    must_cover = fields.List(text())
    needs_overseas_sourcing = fields.Boolean()
    overseas_regions_any = fields.List(text())
    multi_firm_collaboration = fields.Boolean()


def _near(value: datetime) -> None:
    """A moment that every clock and database can hold, whatever its zone."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValidationError(f"a year from {FIRST_YEAR} to {LAST_YEAR} is expected")


class OrderFields(Sent):
    """Fields of an order; those that are left out stay as they are."""

    title = text()
    description = text(allow_none=True)
    industry = text(allow_none=True)
    role_family = text(allow_none=True)
    seniority = fields.List(text())
    headcount = whole(1, 10_000)
    annual_salary_range = text(allow_none=True)
    city = text(allow_none=True)
    district = text(allow_none=True)
    service_mode = fields.List(text())
    must_have = fields.List(text())
    constraints = fields.Nested(Musts)
    closes_at = fields.AwareDateTime(format="iso", validate=_near)
    confidential = fields.Boolean()
    brief = text(allow_none=True)
    fee_fen = whole(1, MOST_FEN)
    guarantee_days = whole(0, 3650)
    milestones = fields.List(fields.Nested(Part))
    scorecard = fields.List(fields.Nested(Criterion))
    pass_bp = whole(1, 10_000, allow_none=True)


class Share(Sent):
    """A firm of a joint bid with its share of the fee."""

    institution_id = text(required=True)
    share_bp = whole(1, 10_000, required=True)


class BidFields(Sent):
    """A bid: price in fen per place; members with their shares, the bidder's own included, none for a bid alone."""

    price_fen = whole(1, MOST_FEN, required=True)
    plan = text(required=True)
    timeline = text(required=True)
    team = text(load_default="")
    cases = fields.List(text(), load_default=list)
    no_conflict = fields.Boolean(load_default=False, metadata={"description": "no conflict of interest is known"})
    members = fields.List(fields.Nested(Share), load_default=list)


class BidKey(Sent):
    """Which bid."""

    bid_id = whole(1, required=True)


class AnswerFields(Sent):
    """An answer to a question."""

    question_id = whole(1, required=True)
    text = text(required=True)


class Size(Sent):
    """How many experts."""

    size = whole(1, 100, required=True)


class SeatFields(Sent):
    """Whose seat on the panel, and why it is freed."""

    person_id = whole(1, required=True)
    reason = text(load_default="")


class MarksFields(Sent):
    """An expert's marks for one bid: criterion to 0..100."""

    bid_id = whole(1, required=True)
    marks = fields.Dict(keys=text(), values=fields.Integer(strict=True), required=True)
    comment = text(load_default="")


class Places(Sent):
    """Places for one bid, with words to its firm where it gets none."""

    bid_id = whole(1, required=True)
    places = whole(0, 10_000, load_default=0)
    words = text(load_default="")


class ProposalFields(Sent):
    """Who gets how many places; a reason where the ranking is not followed."""

    bids = fields.List(fields.Nested(Places), required=True)
    reason = text(load_default="")


class File(Sent):
    """A file by its name and the hash of its content."""

    name = text(required=True)
    sha256 = text(required=True)


class ReportFields(Sent):
    """A milestone that is done, with its evidence."""

    milestone_id = whole(1, required=True)
    evidence = fields.List(fields.Nested(File), required=True)


class Rejected(Sent):
    """A milestone that is sent back."""

    milestone_id = whole(1, required=True)
    reason = text(required=True)


class Rejection(Sent):
    """Milestones that are sent back; the others are accepted."""

    items = fields.List(fields.Nested(Rejected), required=True)


class RulingFields(Sent):
    """How a dispute ends; without buyer_cost_bp the enterprise bears as much of the handling cost as it owes of the fee."""

    reason = text(load_default="")
    payable_bp = whole(0, 10_000, load_default=10_000)
    buyer_cost_bp = whole(0, 10_000, allow_none=True, load_default=None)


class TermsFields(Sent):
    """A proposal to end a dispute: the part of the fee that is owed, and why."""

    payable_bp = whole(0, 10_000, required=True)
    reason = text(load_default="")


class OfferAnswerFields(Sent):
    """A party's answer to a proposal."""

    offer_id = whole(1, required=True)
    accepted = fields.Boolean(required=True)
    reason = text(load_default="")


class WordsFields(Sent):
    """A message in the order's thread."""

    text = text(required=True)
    files = fields.List(fields.Nested(File), load_default=list)


class StarsFields(Sent):
    """A rating of the other side of one award."""

    award_id = whole(1, required=True)
    stars = whole(1, 5, required=True)
    comment = text(load_default="")


class ReplyFields(Sent):
    """An answer to the other side's rating."""

    award_id = whole(1, required=True)
    text = text(required=True)


class PersonFields(Sent):
    """A person proposed for a place; name and number are kept sealed."""

    place = whole(1, 10_000, required=True)
    name = text(required=True)
    phone = text(required=True)
    summary = text(load_default="")
    replaces_id = whole(1, allow_none=True, load_default=None)


class DecisionFields(Sent):
    """What the enterprise does with a candidate; a reason code where it is against them."""

    placement_id = whole(1, required=True)
    event = text(required=True)
    reason_code = text(load_default="")


class NeedFields(Sent):
    """Why a name is needed: the candidate will read it."""

    reason = text(required=True)
    case_number = text(load_default="")
