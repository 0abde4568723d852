"""Reads what an order demands of a firm: from its fields, from the law of its service, and from its own words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from matching.profiles import Constraints, Demand
from matching.text import clauses
from matching.vocabulary import Vocabulary

ONCE_A_CLAUSE = frozenset({"credit"})  # rules of these kinds go from narrow to wide: the first that reads a clause counts


@dataclass(frozen=True)
class Requirement:
    """One must-have. kind: licence, credit, region, overseas, exclusion; quote: the order's clause, or empty where it
    rests on a field or on the law (source tells which: "field", "law", "text", "user")."""

    kind: str
    value: str
    source: str
    quote: str = ""


def plain(clause: str) -> str:
    """A clause as rules read it: full-width letters and brackets made narrow; quotes keep the order's own signs."""
    return unicodedata.normalize("NFKC", clause)


def _regions(clause: str, vocabulary: Vocabulary) -> list[str]:
    return [name for name, word in vocabulary.region_words if word.search(clause)]


def _from_clause(clause: str, vocabulary: Vocabulary) -> list[Requirement]:
    read, found = plain(clause), []
    if any(word in read for word in vocabulary.soft_words) or any(rule.read(read) for rule in vocabulary.wishes):
        return []
    done: set[str] = set()
    for rule in vocabulary.order_rules:
        value = rule.read(read) if rule.kind not in done else None
        if value is None:
            continue
        done |= {rule.kind} & ONCE_A_CLAUSE
        names = _regions(read, vocabulary) if rule.kind == "region" else [value.upper() if rule.kind == "credit" else value]
        found += [Requirement(rule.kind, name, "text", clause) for name in names]
    return found


def from_text(demand: Demand, vocabulary: Vocabulary) -> list[Requirement]:
    """Everything that the rules read out of an order's title and description, clause by clause; wishes are left out."""
    return [need for clause in clauses(f"{demand.title}\n{demand.description}") for need in _from_clause(clause, vocabulary)]


def _quoted(kind: str, value: str, read: list[Requirement]) -> Requirement:
    """A field's requirement with the clause that says the same, where there is one."""
    said = next((r.quote for r in read if r.kind == kind and r.value == value), "")
    return Requirement(kind, value, "field", said)


def _licences(demand: Demand, read: list[Requirement], vocabulary: Vocabulary) -> list[Requirement]:
    named = [_quoted("licence", name, read) for name in sorted(demand.constraints.required_licences)]
    for need in read:
        if need.kind == "licence" and need.value not in {n.value for n in named}:
            named.append(need)
    by_law = vocabulary.licence_for.get(demand.service_mode[0]) if demand.service_mode else None
    if by_law and by_law not in {n.value for n in named}:
        named.append(Requirement("licence", by_law, "law"))
    return named


def _credit(demand: Demand, read: list[Requirement], vocabulary: Vocabulary) -> Requirement:
    if demand.constraints.credit_min:
        return _quoted("credit", demand.constraints.credit_min, read)
    said = sorted((r for r in read if r.kind == "credit"), key=lambda r: r.value)
    return said[0] if said else Requirement("credit", vocabulary.terms["default_grade"], "law")


def _overseas(demand: Demand, read: list[Requirement], vocabulary: Vocabulary) -> list[Requirement]:
    """From the fields; where an order states nothing in fields, from a clause that asks it of the firm, or from any
    clause that speaks of abroad when the order asks for the overseas service."""
    fields = demand.constraints
    kinds = ["overseas_must"] + ["overseas_need"] * (vocabulary.terms["overseas_service"] in demand.service_mode)
    said = [r for kind in kinds for r in read if r.kind == kind]
    from_text = fields == Constraints() and bool(said)
    if not fields.needs_overseas_sourcing and not from_text:
        return []
    regions = fields.overseas_regions_any
    if not regions:
        regions = tuple(dict.fromkeys(r.value for r in read if r.kind == "overseas_region"))
    quote = said[0].quote if said else ""
    return [Requirement("overseas", ";".join(regions), "text" if from_text else "field", quote)]


def _regions_wanted(demand: Demand, read: list[Requirement]) -> list[Requirement]:
    if demand.constraints.must_cover:
        return [_quoted("region", name, read) for name in demand.constraints.must_cover]
    own = [Requirement("region", demand.district, "field")] if demand.district else []
    return own + [r for r in read if r.kind == "region" and r.value != demand.district]


def _exclusions(demand: Demand, read: list[Requirement]) -> list[Requirement]:
    """Kinds of firms that the order turns away; never those of a service that it asks for itself."""
    found = []
    for need in read:
        kinds = [name for name in need.value.split(";") if name not in demand.service_mode]
        if need.kind == "exclusion" and kinds:
            found.append(Requirement("exclusion", ";".join(kinds), need.source, need.quote))
    return found


def requirements(demand: Demand, vocabulary: Vocabulary) -> tuple[Requirement, ...]:
    """Every must-have of an order, each kind and value once, with what it rests on."""
    read = from_text(demand, vocabulary)
    must = _licences(demand, read, vocabulary)
    must.append(_credit(demand, read, vocabulary))
    must += _regions_wanted(demand, read)
    must += _overseas(demand, read, vocabulary)
    must += _exclusions(demand, read)
    return tuple({(need.kind, need.value): need for need in reversed(must)}.values())[::-1]
