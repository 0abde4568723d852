"""Decides who may take an order: every must-have against every firm, and the sentence that a refusal rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from matching.profiles import Demand, Profile
from matching.requirements import Requirement, plain
from matching.text import clauses
from matching.vocabulary import TextRule, Vocabulary


@dataclass(frozen=True)
class Failure:
    """A must-have that a firm does not meet; profile_quote: the firm's words or field that show it."""

    requirement: Requirement
    profile_quote: str = ""


def covers(regions: tuple[str, ...], wanted: str, vocabulary: Vocabulary) -> bool:
    """True when one of the regions is the wanted one or includes it; an unknown region is covered only by its name."""
    wider = vocabulary.covered_by.get(wanted, frozenset())
    return any(region == wanted or region in wider for region in regions)


def _licence(profile: Profile, need: Requirement) -> bool:
    return need.value in profile.licences


def _credit(profile: Profile, need: Requirement, vocabulary: Vocabulary) -> bool:
    grade = profile.credit_grade
    return bool(grade) and grade != vocabulary.terms["refused_grade"] and grade <= need.value


def _overseas(profile: Profile, need: Requirement, vocabulary: Vocabulary) -> bool:
    wanted = [region for region in need.value.split(";") if region]
    offers = vocabulary.terms["overseas_service"] in profile.services
    return offers and (not wanted or any(region in profile.regions for region in wanted))


def meets(profile: Profile, need: Requirement, vocabulary: Vocabulary) -> bool:
    """True when a firm meets one must-have."""
    if need.kind == "licence":
        return _licence(profile, need)
    if need.kind == "credit":
        return _credit(profile, need, vocabulary)
    if need.kind == "region":
        return covers(profile.regions, need.value, vocabulary)
    if need.kind == "overseas":
        return _overseas(profile, need, vocabulary)
    return not profile.services or profile.services[0] not in need.value.split(";")


def held_for(profile: Profile, need: Requirement, vocabulary: Vocabulary) -> str:
    """The firm's own field by which it meets a must-have; empty where it meets none or shows it by lacking something."""
    if need.kind == "licence":
        return need.value if need.value in profile.licences else ""
    if need.kind == "credit":
        return profile.credit_grade
    if need.kind == "region":
        return next((region for region in profile.regions if covers((region,), need.value, vocabulary)), "")
    if need.kind == "overseas":
        wanted = need.value.split(";")
        return next((region for region in profile.regions if region in wanted), vocabulary.terms["overseas_service"])
    return next(iter(profile.services), "")


def _shown(profile: Profile, need: Requirement) -> str:
    """The firm's field that decides a must-have, for the reader."""
    if need.kind == "credit":
        return profile.credit_grade
    if need.kind in ("region", "overseas"):
        return next(iter(profile.regions), "")
    return next(iter(profile.services), "") if need.kind == "exclusion" else ""


def applies(demand: Demand, needs: tuple[Requirement, ...], topic: str) -> bool:
    """True when an order is of the kind that a firm says it does not take; topic: "service:NAME", "headcount:30" ..."""
    kind, _, value = topic.partition(":")
    if kind == "service":
        return demand.service_mode == (value,)  # an order that takes another way as well stays open to the firm
    if kind == "seniority":
        return demand.seniority == (value,)
    if kind in ("role", "industry"):
        return value in (demand.role_family if kind == "role" else "", demand.industry if kind == "industry" else "")
    if kind == "headcount":
        return demand.headcount >= int(value)
    if kind == "headcount_below":
        return 0 < demand.headcount < int(value)
    if kind == "deadline_below":
        return 0 < demand.deadline_days < int(value)
    return any(need.kind == "overseas" for need in needs)


@lru_cache(maxsize=65536)
def _refused_in(clause: str, rules: tuple[TextRule, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for rule in rules if (value := rule.read(clause)) is not None))


def refusals_of(profile: Profile, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """What a firm says it does not take: (topic, clause) for each clause of its profile that a rule reads.

    A field of work that the firm lists itself is not taken from it by a clause.
    """
    listed = {*(f"role:{name}" for name in profile.role_families), *(f"industry:{name}" for name in profile.industries)}
    found: dict[str, str] = {}
    for clause in clauses(profile.profile):
        for topic in _refused_in(plain(clause), vocabulary.firm_rules):
            if topic not in listed:
                found.setdefault(topic, clause)
    return tuple(found.items())


def failures(profile: Profile, demand: Demand, needs: tuple[Requirement, ...], vocabulary: Vocabulary) -> tuple[Failure, ...]:
    """Every must-have that a firm does not meet; empty: it may take the order."""
    missed = [Failure(need, _shown(profile, need)) for need in needs if not meets(profile, need, vocabulary)]
    for topic, clause in refusals_of(profile, vocabulary):
        if applies(demand, needs, topic):
            missed.append(Failure(Requirement("firm_refuses", topic, "text"), clause))
    return tuple(missed)
