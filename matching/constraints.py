"""Decides who may take an order: every must-have against every firm, and the sentence that a refusal rests on."""

from __future__ import annotations

from dataclasses import dataclass

from matching.profiles import Demand, Profile
from matching.requirements import Requirement
from matching.text import clauses
from matching.vocabulary import Vocabulary


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


def _shown(profile: Profile, need: Requirement) -> str:
    """The firm's field that decides a must-have, for the reader."""
    if need.kind == "credit":
        return profile.credit_grade
    if need.kind in ("region", "overseas"):
        return next(iter(profile.regions), "")
    return next(iter(profile.services), "") if need.kind == "exclusion" else ""


def _topic_applies(demand: Demand, needs: tuple[Requirement, ...], topic: str) -> bool:
    """True when an order is of the kind that a firm says it does not take; topic: "service:NAME", "headcount:30" ..."""
    kind, _, value = topic.partition(":")
    if kind == "service":
        return demand.service_mode == (value,)  # an order that takes another way as well stays open to the firm
    if kind == "seniority":
        return demand.seniority == (value,)
    if kind == "headcount":
        return demand.headcount >= int(value)
    return any(need.kind == "overseas" for need in needs)


def refusals_of(profile: Profile, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """What a firm says it does not take: (topic, clause) for each clause of its profile that a rule reads."""
    found = []
    for clause in clauses(profile.profile):
        for rule in vocabulary.rules:
            if rule.kind == "firm_refuses" and rule.pattern.search(clause):
                found.append((rule.value, clause))
    return tuple(found)


def failures(profile: Profile, demand: Demand, needs: tuple[Requirement, ...], vocabulary: Vocabulary) -> tuple[Failure, ...]:
    """Every must-have that a firm does not meet; empty: it may take the order."""
    missed = [Failure(need, _shown(profile, need)) for need in needs if not meets(profile, need, vocabulary)]
    for topic, clause in refusals_of(profile, vocabulary):
        if _topic_applies(demand, needs, topic):
            missed.append(Failure(Requirement("firm_refuses", topic, "text"), clause))
    return tuple(missed)
