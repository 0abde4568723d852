"""Reads what an order demands of a firm: from its fields, from the law of its service, and from its own words."""

from __future__ import annotations

from dataclasses import dataclass

from matching.profiles import Constraints, Demand
from matching.text import clauses
from matching.vocabulary import Vocabulary


@dataclass(frozen=True)
class Requirement:
    """One must-have. kind: licence, credit, region, overseas, exclusion; quote: the order's clause, or empty where it
    rests on a field or on the law (source tells which: "field", "law", "text")."""

    kind: str
    value: str
    source: str
    quote: str = ""


def _from_text(demand: Demand, vocabulary: Vocabulary) -> list[Requirement]:
    found = []
    for clause in clauses(f"{demand.title}\n{demand.description}"):
        if any(word in clause for word in vocabulary.soft_words):
            continue
        for rule in vocabulary.rules:
            match = rule.pattern.search(clause)
            if match and not rule.kind.startswith("firm_"):
                found.append(Requirement(rule.kind, match.expand(rule.value), "text", clause))
    return found


def _quoted(kind: str, value: str, read: list[Requirement]) -> Requirement:
    """A field's requirement with the clause that says the same, where there is one."""
    said = next((r.quote for r in read if r.kind == kind and r.value == value), "")
    return Requirement(kind, value, "field", said)


def _licences(demand: Demand, read: list[Requirement], vocabulary: Vocabulary) -> list[Requirement]:
    named = [_quoted("licence", name, read) for name in sorted(demand.constraints.required_licences)]
    named += [r for r in read if r.kind == "licence" and r.value not in {n.value for n in named}]
    if demand.service_mode:
        by_law = vocabulary.licence_for.get(demand.service_mode[0])
        if by_law and by_law not in {n.value for n in named}:
            named.append(Requirement("licence", by_law, "law"))
    offered = {vocabulary.licence_for.get(mode, "") for mode in demand.service_mode}
    # A licence named in passing binds only where a service of the order needs it by law.
    return [n for n in named if n.source != "text" or n.value in offered]


def _credit(demand: Demand, read: list[Requirement], vocabulary: Vocabulary) -> Requirement:
    if demand.constraints.credit_min:
        return _quoted("credit", demand.constraints.credit_min, read)
    said = sorted((r for r in read if r.kind == "credit"), key=lambda r: r.value)
    return said[0] if said else Requirement("credit", vocabulary.terms["default_grade"], "law")


def _overseas(demand: Demand, read: list[Requirement], vocabulary: Vocabulary) -> list[Requirement]:
    fields = demand.constraints
    said = [r for r in read if r.kind == "overseas_need"]
    asked = vocabulary.terms["overseas_service"] in demand.service_mode
    from_text = fields == Constraints() and asked and bool(said)
    if not fields.needs_overseas_sourcing and not from_text:
        return []
    regions = fields.overseas_regions_any
    if not regions:
        regions = tuple(dict.fromkeys(r.value for r in read if r.kind == "overseas_region"))
    quote = said[0].quote if said else ""
    return [Requirement("overseas", ";".join(regions), "text" if from_text else "field", quote)]


def requirements(demand: Demand, vocabulary: Vocabulary) -> tuple[Requirement, ...]:
    """Every must-have of an order, each once, with what it rests on."""
    read = _from_text(demand, vocabulary)
    regions = demand.constraints.must_cover or ((demand.district,) if demand.district else ())
    must = _licences(demand, read, vocabulary)
    must.append(_credit(demand, read, vocabulary))
    must += [Requirement("region", name, "field") for name in regions]
    must += _overseas(demand, read, vocabulary)
    must += [r for r in read if r.kind == "exclusion"]
    return tuple(dict.fromkeys(must))
