"""Fictitious orders: an enterprise, what it needs, what it insists on, and how it says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from market.imports.fiction import Words, some, weighted, weighted_row

RETURNING, LOOK_BACK = 0.4, 30  # this share of orders comes from an enterprise among the last thirty
GRADE_ASKED, TEXT_ONLY, TOGETHER_FROM = 0.45, 0.1, 60
ENTERPRISE_NAMES = 2111  # enterprises and institutions draw from one row of names, begun at different places


@dataclass(frozen=True)
class Buyer:
    """An enterprise; the same number gives the same enterprise."""

    name: str
    industry: str
    district: str


def _buyer(seed: int, number: int, words: Words) -> Buyer:
    rng, lists = Random(f"{seed} enterprise {number}"), words.lists["orders"]
    industry = weighted(rng, lists["industries"])
    ending, form = rng.choice(lists["enterprise_endings"][industry]), rng.choice(lists["forms"])
    name = f"{words.lists['city']}{words.fanciful(number + ENTERPRISE_NAMES)}{ending}{form}{words.lists['mark']}"
    return Buyer(name, industry, weighted(rng, words.lists["districts"]))


def _constraints(rng: Random, words: Words, kind: Mapping[str, Any], slots: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"required_licences": [kind["licence"]]} if kind["licence"] else {}
    if rng.random() < GRADE_ASKED:
        found["credit_min"] = slots["grade"]
    found["must_cover"] = [slots["district"]]
    if kind.get("overseas"):
        found |= {"needs_overseas_sourcing": True, "overseas_regions_any": slots["abroad_list"]}
    if slots["count"] >= TOGETHER_FROM and rng.random() < 0.25:
        found["multi_firm_collaboration"] = True
    return found


def _headcount(rng: Random, kind: Mapping[str, Any]) -> int:
    low, high = kind["headcount"]
    people = round(low + (high - low) * rng.random() ** 2)  # small orders are the many
    return int(people if people < 30 else round(people, -1))


def _pay(rng: Random, kind: Mapping[str, Any], words: Words) -> str:
    low, high = kind["pay"]
    start = rng.randint(low, max(low, (low + high) // 2))
    return str(words.lists["pay"].format(low=start, high=rng.randint(start + 1, max(high, start + 2))))


def _slots(rng: Random, words: Words, kind: Mapping[str, Any], buyer: Buyer) -> dict[str, Any]:
    lists = words.lists
    role = rng.choice(words.roles_of(buyer.industry, kind["level"]))
    posts = rng.sample(role.posts, min(len(role.posts), rng.randint(2, 3)))
    skills = rng.sample(role.skills, min(len(role.skills), 3))
    abroad = some(rng, [name for name, _ in lists["abroad"][:5]], 2)
    return {"role": role, "post": posts[0], "post2": posts[1], "posts": lists["comma"].join(posts),
            "skill": skills[0], "skill2": skills[1], "skills": skills, "count": _headcount(rng, kind),
            "town": rng.choice(lists["towns"][buyer.district]), "district": buyer.district, "industry": buyer.industry,
            "abroad": lists["comma"].join(abroad), "abroad_list": abroad, "days": rng.choice(kind["days"]),
            "purpose": rng.choice(lists["orders"]["purposes"]), "grade": weighted(rng, lists["orders"]["grades"]),
            "licence": kind["licence"]}


def _description(rng: Random, words: Words, kind: Mapping[str, Any], slots: Mapping[str, Any]) -> str:
    lists = words.lists["orders"]
    need = rng.choice(lists["needs"]).format(**slots)
    return str(rng.choice(kind["texts"]).format(**slots, need=need, ask=rng.choice(lists["asks"])))


def order_row(seed: int, words: Words, number: int) -> dict[str, Any]:
    """One order as a row of orders.jsonl, the `number`-th of its file."""
    rng = Random(f"{seed} order {number}")
    back = rng.randint(1, LOOK_BACK) if rng.random() < RETURNING else 0
    buyer = _buyer(seed, max(number - back, 1), words)
    kind = weighted_row(rng, words.lists["orders"]["kinds"])
    slots = _slots(rng, words, kind, buyer)
    constraints, description = _constraints(rng, words, kind, slots), _description(rng, words, kind, slots)
    is_hidden = bool(kind["licence"]) and not kind.get("overseas") and rng.random() < TEXT_ONLY
    if is_hidden:
        constraints, description = {}, description + rng.choice(words.lists["orders"]["hidden"]).format(**slots)
    return {
        "id": f"SLDD{number:07d}", "enterprise": buyer.name, "fictitious": True, "industry": buyer.industry,
        "title": rng.choice(kind["titles"]).format(**slots), "description": description,
        "role_family": slots["role"].name, "seniority": rng.choice(kind["seniority"]), "headcount": slots["count"],
        "annual_salary_range": _pay(rng, kind, words), "city": words.lists["city"], "district": buyer.district,
        "deadline_days": slots["days"], "service_mode": kind["services"], "must_have": slots["skills"],
        "constraints": constraints, "constraints_in_text_only": is_hidden,
    }
