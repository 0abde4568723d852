"""Why a firm suits an order and where it falls short: each reason with the sentences that it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from matching.features import SIGNALS
from matching.lexical import TokenStatistics
from matching.profiles import Demand, Profile
from matching.text import clauses, sentences, shared_marks, tokens
from matching.vocabulary import Vocabulary

MET, MISSING, CONTRARY = "met", "missing", "contrary"
Marks = tuple[tuple[int, int], ...]
ENOUGH_IN_COMMON = 4.0  # idf weight of shared words from which two sentences speak of the same thing
GOOD_CREDIT = 0.5  # what a grade must be worth to speak for a firm
SIMILAR_CASE = 0.45  # spread cosine from which a case counts as similar though it shares no word


@dataclass(frozen=True)
class Reason:
    """One reason; quotes are verbatim pieces of the order and of the firm's record, marks (start, end) in them."""

    kind: str
    signal: str
    params: Mapping[str, str] = field(default_factory=dict)
    demand_quote: str = ""
    profile_quote: str = ""
    demand_marks: Marks = ()
    profile_marks: Marks = ()


@dataclass(frozen=True)
class Pair:
    """An order and a firm with all that reasons are made from; case: the nearest line of the track record; languages: those
    that the order names."""

    demand: Demand
    profile: Profile
    values: Mapping[str, float]
    case: str
    statistics: TokenStatistics
    vocabulary: Vocabulary
    languages: tuple[str, ...] = ()


def _whole(text: str) -> Marks:
    return ((0, len(text)),) if text else ()


def _common(a: str, b: str, pair: Pair) -> float:
    """The weight of what two texts share: nothing where it is a number, a place's name, or one word of two characters."""
    shared = {token for token in set(tokens(a)) & set(tokens(b)) if not token.isdecimal()} - pair.vocabulary.places
    if len(shared) == 1 and not next(iter(shared)).isascii():
        return 0.0
    return sum(pair.statistics.weight(token) for token in shared)


def _nearest(lines: Sequence[str], other: str, pair: Pair) -> tuple[str, float]:
    """The line that shares most with another text, and the weight of what it shares."""
    best = max(lines, key=lambda line: _common(line, other, pair), default="")
    return best, _common(best, other, pair)


def _quoting(kind: str, signal: str, ours: str, theirs: str) -> Reason:
    return Reason(kind, signal, {}, ours, theirs, shared_marks(ours, theirs), shared_marks(theirs, ours))


def _demand_lines(demand: Demand) -> tuple[str, ...]:
    return (*sentences(demand.title), *sentences(demand.description), *demand.must_have)


def _case(pair: Pair) -> Iterator[Reason]:
    if not pair.case:
        return
    ours, weight = _nearest(_demand_lines(pair.demand), pair.case, pair)
    if weight >= ENOUGH_IN_COMMON:
        yield _quoting(MET, "track_record", ours, pair.case)
    elif pair.values["track_record"] >= SIMILAR_CASE:
        yield Reason(MET, "similar_case", {}, pair.demand.title, pair.case, (), _whole(pair.case))


def _profile(pair: Pair) -> Iterator[Reason]:
    whole = "\n".join(_demand_lines(pair.demand))
    theirs, weight = _nearest(clauses(pair.profile.profile), whole, pair)
    if weight >= ENOUGH_IN_COMMON:
        ours, _ = _nearest(_demand_lines(pair.demand), theirs, pair)
        reserved = any(r.kind == "firm_reserves" and r.pattern.search(theirs) for r in pair.vocabulary.rules)
        yield _quoting(CONTRARY if reserved else MET, "profile_reserved" if reserved else "profile", ours, theirs)


def _reserve(pair: Pair) -> Iterator[Reason]:
    """A clause in which the firm itself limits what the order asks for."""
    subject = f"{pair.demand.title}\n{pair.demand.industry}\n{pair.demand.role_family}"
    rules = [rule.pattern for rule in pair.vocabulary.rules if rule.kind == "firm_reserves"]
    for clause in clauses(pair.profile.profile):
        if any(rule.search(clause) for rule in rules) and _common(clause, subject, pair) >= 2.0:
            yield Reason(CONTRARY, "reserve", {}, "", clause, (), shared_marks(clause, subject))


def _field(pair: Pair, signal: str, wanted: str, held: Sequence[str]) -> Iterator[Reason]:
    """One reason for a field: the value itself, a related one, or none."""
    if not wanted:
        return
    value = pair.values[signal]
    if wanted in held:
        yield Reason(MET, signal, {"wanted": wanted}, wanted, wanted)
    elif value > 0:
        yield Reason(MISSING, f"{signal}_near", {"wanted": wanted, "held": held[0] if held else ""}, wanted,
                     held[0] if held else "")
    else:
        yield Reason(CONTRARY, f"{signal}_other", {"wanted": wanted, "held": held[0] if held else ""}, wanted,
                     held[0] if held else "")


def _service(pair: Pair) -> Iterator[Reason]:
    held = [name for name in pair.demand.service_mode if name in pair.profile.services]
    if held:
        yield Reason(MET, "service", {"wanted": held[0]}, held[0], held[0])
    elif pair.demand.service_mode:
        yield from _field(pair, "service", pair.demand.service_mode[0], pair.profile.services)


def _seniority(pair: Pair) -> Iterator[Reason]:
    for level in pair.demand.seniority:
        if level not in pair.profile.seniority:
            yield Reason(MISSING, "seniority", {"lacking": level}, level)


def _load(pair: Pair) -> Iterator[Reason]:
    """A firm whose people are promised to others cannot deliver what its record says."""
    profile = pair.profile
    if profile.promised and pair.demand.headcount and profile.free < min(profile.capacity_per_quarter, pair.demand.headcount):
        params = {"free": str(profile.free), "able": str(profile.capacity_per_quarter), "need": str(pair.demand.headcount)}
        yield Reason(MISSING if profile.free else CONTRARY, "load", params)


def _language(pair: Pair) -> Iterator[Reason]:
    """The languages that the order names, against those the firm lists; the value tells that some are missing."""
    for name in pair.languages:
        spoken = name in pair.profile.languages
        line = next((line for line in _demand_lines(pair.demand) if name in line), "")
        yield Reason(MET if spoken else MISSING, "language" if spoken else "language_other", {"wanted": name}, line,
                     name if spoken else "", shared_marks(line, name))


def _pace(pair: Pair) -> Iterator[Reason]:
    """Enough people in a quarter, but not until the deadline."""
    days, need = pair.demand.deadline_days, pair.demand.headcount
    if need and days and pair.profile.free >= need and pair.values["pace"] < 1:
        yield Reason(MISSING, "pace_short", {"days": str(days), "need": str(need), "able": str(pair.profile.free)})


def _results(pair: Pair) -> Iterator[Reason]:
    asked, delivered = pair.profile.asked, pair.profile.delivered
    if asked:
        kind = MET if delivered * 2 >= asked else CONTRARY
        yield Reason(kind, "results" if kind == MET else "results_poor", {"delivered": str(delivered), "asked": str(asked)})


def _branch(pair: Pair) -> Iterator[Reason]:
    """A line of the firm that speaks of the same branch as the order, by the taxonomy's words, where no word is shared."""
    branches = pair.vocabulary.branches

    def tells(word: str) -> bool:
        """A word of one branch alone, and rare: one that half the firms write says nothing of their work."""
        return len(branches.terms[word]) == 1 and sum(map(pair.statistics.weight, tokens(word))) >= ENOUGH_IN_COMMON

    wanted = {branch: (word, line) for line in _demand_lines(pair.demand) for word, branch in branches.spoken(line)
              if tells(word)}
    for line in (*pair.profile.track_record, *clauses(pair.profile.profile)):
        for word, branch in branches.spoken(line):
            if branch in wanted and tells(word):
                ours, quote = wanted[branch]
                name = {"branch": branches.names[branch]}
                yield Reason(MET, "branch", name, quote, line, _at(quote, ours), _at(line, word))
                return


def _at(text: str, word: str) -> Marks:
    start = text.lower().find(word)
    return ((start, start + len(word)),) if start >= 0 else ()


def _credit(pair: Pair) -> Iterator[Reason]:
    grade, value = pair.profile.credit_grade, pair.values["credit"]
    if grade:
        yield Reason(MET if value >= GOOD_CREDIT else MISSING, "credit" if value >= GOOD_CREDIT else "credit_low",
                     {"held": grade}, "", grade, (), _whole(grade))


def _breadth(pair: Pair) -> Iterator[Reason]:
    names = pair.profile.industries
    if pair.values["breadth"] > 0:
        another = next((name for name in reversed(names) if name != pair.demand.industry), "")
        yield Reason(MET, "breadth", {"count": str(len(names))}, "", another, (), _whole(another))


def _capacity(pair: Pair) -> Iterator[Reason]:
    need, able = pair.demand.headcount, pair.profile.capacity_per_quarter
    if need and able < need:
        kind = MISSING if pair.demand.constraints.multi_firm_collaboration or able * 2 >= need else CONTRARY
        yield Reason(kind, "capacity_short", {"able": str(able), "need": str(need)})
    elif need >= 30:
        yield Reason(MET, "capacity", {"able": str(able), "need": str(need)})


def _wishes(pair: Pair) -> Iterator[Reason]:
    """Wishes for the candidate that no line of the firm speaks of."""
    text = set(tokens("\n".join((pair.profile.profile, *pair.profile.track_record))))
    for wish in dict.fromkeys(pair.demand.must_have):
        if not set(tokens(wish)) & text:
            yield Reason(MISSING, "wish", {"unsaid": wish}, wish)


def _alternating(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """What speaks for and what speaks against take turns, so that the first two show both sides."""
    good = [r for r in reasons if r.kind == MET]
    bad = sorted((r for r in reasons if r.kind != MET), key=lambda r: r.kind != CONTRARY)
    out: list[Reason] = []
    while good or bad:
        out += good[:1] + bad[:1]
        good, bad = good[1:], bad[1:]
    return tuple(out)


def reasons_for(pair: Pair) -> tuple[Reason, ...]:
    """Every reason of a pair, those resting on sentences before those resting on fields."""
    assert set(pair.values) == set(SIGNALS)
    found = [*_case(pair), *_profile(pair), *_field(pair, "role", pair.demand.role_family, pair.profile.role_families),
             *_field(pair, "industry", pair.demand.industry, pair.profile.industries), *_service(pair),
             *_branch(pair), *_reserve(pair), *_capacity(pair), *_load(pair), *_pace(pair), *_language(pair), *_results(pair),
             *_seniority(pair), *_wishes(pair), *_credit(pair), *_breadth(pair)]
    seen: dict[tuple[str, str], Reason] = {}
    for reason in found:  # one clause is quoted once: the first reason that rests on it stays
        seen.setdefault((reason.profile_quote, "" if reason.profile_quote else f"{reason.signal}{reason.params}"), reason)
    return _alternating(list(seen.values()))
