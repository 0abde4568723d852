"""Every table of the market in one import: for migrations and for making relations known."""

from market.accounts.models import (
    AccessToken,
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
from market.calendar import CalendarDay
from market.database import Table
from market.districts.models import District
from market.institutions.models import Institution, Licence
from market.matches.models import CityPlan, FitLabel, FrontPlace, Measurement, NeutralReader
from market.notices.models import Follow, Notice, NoticeSwitch, SavedSearch, Webhook, WebhookCall
from market.orders.bid_models import (
    Award,
    AwardedPlace,
    Bid,
    BidDraft,
    BidMember,
    KeyTurn,
    Objection,
    PanelSeat,
    Score,
    Shortlist,
    ShortlistFirm,
)
from market.orders.delivery_models import (
    AnswerClock,
    Candidate,
    ConductEvent,
    LedgerLine,
    Milestone,
    Ownership,
    Payment,
    Placement,
    Rating,
    RatingReply,
)
from market.orders.models import (
    AnsweredRequest,
    BriefReading,
    Dispute,
    DisputeOffer,
    Duration,
    Enterprise,
    Message,
    OfferAnswer,
    Order,
    OrderClock,
    OrderMove,
    OrderVersion,
    Question,
)
from market.outbox import OutboxNote
from market.parks.models import Park
from market.policies.models import Policy
from market.statistics.models import Indicator
from market.vectors import TextVector

__all__ = ["AccessToken", "AnswerClock", "AnsweredRequest", "AuditEntry", "AuditHead", "Award", "AwardedPlace",
           "Bid", "BidDraft", "BidMember", "BriefReading", "CalendarDay", "Candidate", "CityPlan", "ConductEvent",
           "Dispute", "DisputeOffer", "District", "Duration", "Employment", "Enterprise", "Expert", "FitLabel",
           "Follow", "FrontPlace", "Indicator", "Institution", "KeyTurn", "LedgerLine", "Licence", "Measurement", "Member",
           "Message", "Milestone", "NeutralReader", "Notice", "NoticeSwitch", "Objection", "OfferAnswer", "Order",
           "OrderClock", "OrderMove", "OrderVersion", "Organisation", "OutboxNote", "Ownership", "PanelSeat", "Park",
           "Payment", "Person", "Placement", "Policy", "Question", "Rating", "RatingReply", "SavedSearch", "Score",
           "Shortlist", "ShortlistFirm", "SignInLane", "SignedIn", "Table", "TextVector", "Ticket", "Webhook", "WebhookCall"]
