"""What a reader changed about one order's matches, kept in the URL: weights, must-haves, the order of the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from market.errors import InvalidInput
from matching.exposure import ExposureRule
from matching.features import SIGNALS
from matching.ranking import Choice
from matching.requirements import Requirement

LEVERS: dict[str, tuple[str, ...]] = {  # what one slider moves; together they are all the signals there are
    "cases": ("track_record",), "text": ("meaning", "words"), "role": ("role",),
    "industry": ("industry", "sub_industry", "breadth"), "service": ("service",), "level": ("seniority",),
    "capacity": ("capacity", "pace"), "language": ("language",), "trust": ("credit", "results"),
}
assert sorted(name for names in LEVERS.values() for name in names) == sorted(SIGNALS)
STEPS = (0.0, 0.5, 1.0, 1.5, 2.0)
OPEN_TO_CHANGE = ("field", "text", "user")  # what the law asks for stays
ADDABLE = ("licence", "credit", "region")
MOST_MUSTS = 20


def must_key(need: Requirement) -> str:
    """A must-have as it stands in the URL."""
    return f"{need.kind}:{need.value}"


def _factor(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise InvalidInput(f"weight={text}") from None
    if value not in STEPS:
        raise InvalidInput(f"weight={text}")
    return value


def _asked(key: str) -> Requirement:
    kind, _, value = key.partition(":")
    if kind not in ADDABLE or not value or len(value) > 40:
        raise InvalidInput(f"must={key}")
    return Requirement(kind, value, "user")


def neutral_asked(args: Mapping[str, str], chosen: bool) -> bool:
    """True for a list without ranks: as the URL asks, else as the reader chose."""
    named = args.get("order", "")
    return named == "name" if named in ("name", "fit") else chosen


@dataclass(frozen=True)
class MatchState:
    """weights: lever -> factor where it is not 1; dropped: must-haves taken out; added: those put in; neutral: by name, not
    by rank."""

    weights: Mapping[str, float] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    neutral: bool = False

    @classmethod
    def from_args(cls, args: MultiDict[str, str], neutral: bool = False) -> MatchState:
        """Reads the URL; neutral: the order of the list where the URL names none. InvalidInput names what is wrong."""
        weights = {name: _factor(args[name]) for name in LEVERS if args.get(name)}
        dropped, added = args.getlist("drop")[:MOST_MUSTS], args.getlist("must")[:MOST_MUSTS]
        added = [must_key(_asked(key)) for key in added if key]
        return cls({name: value for name, value in weights.items() if value != 1.0}, tuple(dict.fromkeys(dropped)),
                   tuple(dict.fromkeys(added)), neutral_asked(args, neutral))

    def to_args(self) -> list[tuple[str, str]]:
        """The same as URL arguments, in a fixed order; the order of the list is left out."""
        return [(name, f"{self.weights[name]:g}") for name in LEVERS if name in self.weights] + \
            [("drop", key) for key in self.dropped] + [("must", key) for key in self.added]

    def address(self, path: str, *more: tuple[str, str]) -> str:
        """A path with this state and further arguments."""
        query = urlencode([*self.to_args(), *more])
        return f"{path}?{query}" if query else path

    @property
    def changed(self) -> bool:
        """True where the ranking is not the one that everybody else sees."""
        return bool(self.weights or self.dropped or self.added)

    def with_weight(self, lever: str, factor: float) -> MatchState:
        """One lever set; 1 takes it back."""
        left = {**self.weights, lever: factor}
        return replace(self, weights={name: value for name, value in left.items() if value != 1.0})

    def dropping(self, key: str) -> MatchState:
        """One must-have taken out: one that the reader put in goes for good."""
        if key in self.added:
            return replace(self, added=tuple(k for k in self.added if k != key))
        return replace(self, dropped=(*self.dropped, key))

    def keeping(self, key: str) -> MatchState:
        """One must-have that was taken out, put back."""
        return replace(self, dropped=tuple(k for k in self.dropped if k != key))

    def needs(self, read: Sequence[Requirement]) -> tuple[Requirement, ...]:
        """The must-haves that count: those read but for the dropped ones, and those put in."""
        kept = [need for need in read if must_key(need) not in self.dropped or need.source not in OPEN_TO_CHANGE]
        return (*kept, *(_asked(key) for key in self.added if key not in map(must_key, kept)))

    def choice(self, read: Sequence[Requirement], rule: ExposureRule | None) -> Choice:
        """What the matcher is told."""
        weights = {signal: factor for lever, factor in self.weights.items() for signal in LEVERS[lever]}
        return Choice(self.needs(read) if self.dropped or self.added else None, weights, rule)
