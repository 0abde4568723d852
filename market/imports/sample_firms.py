"""Fictitious institutions: what a firm does decides its licences, people, places and how it speaks of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from market.imports.builders import Place
from market.imports.fiction import Role, Words, likely, some, weighted, weighted_row
from market.institutions.rules import sample_code

FIRST_START, STARTS = date(2024, 8, 1), 660  # valid licences began on one of these days
EXPIRED_SHARE = 0.03
SECOND_INDUSTRY, THIRD_INDUSTRY = 0.35, 0.1
HR_YEARS, DISPATCH_YEARS = 5, 3
DAYS = (7, 10, 14, 20, 30)
LARGE = 100  # people a quarter, from which capacities are round numbers


@dataclass(frozen=True)
class Firm:
    """What is drawn first, because everything else follows from it."""

    kind: Mapping[str, Any]
    industries: list[str]
    roles: list[Role]
    district: str
    town: str
    grade: str
    expired: bool
    abroad: list[str]


def _firm(rng: Random, words: Words) -> Firm:
    lists = words.lists
    kind = weighted_row(rng, lists["kinds"])
    industries = [weighted(rng, lists["industries"])]
    for share in (SECOND_INDUSTRY, THIRD_INDUSTRY):
        if rng.random() < share and industries != [lists["general"]]:
            more = weighted(rng, lists["industries"])
            industries += [more] if more not in (*industries, lists["general"]) else []
    roles = {role.name: role for industry in industries
             for role in some(rng, words.roles_of(industry, kind["level"]), 3 if len(industries) == 1 else 2)}
    district = weighted(rng, lists["districts"])
    is_overseas = kind["name"] == "overseas"
    abroad = (likely(rng, lists["abroad"]) or [lists["abroad"][0][0]])[:4] if is_overseas else []
    if is_overseas and len(abroad) == 4:
        abroad = sorted(rng.sample(abroad, rng.randint(1, 4)))
    return Firm(kind, industries, list(roles.values()), district, rng.choice(lists["towns"][district]),
                weighted(rng, lists["grades"]), rng.random() < EXPIRED_SHARE, abroad)


def _name(rng: Random, words: Words, firm: Firm, number: int) -> str:
    lists = words.lists
    form = weighted(rng, lists["forms"])
    home = "" if form.startswith("（") else lists["city"]
    if form.endswith(lists["branch"]):
        home = rng.choice(lists["home_cities"])
    stem = rng.choice(lists["stems"][firm.industries[0]])
    return f"{home}{words.fanciful(number)}{stem}{rng.choice(firm.kind['endings'])}{form}"


def _licences(rng: Random, words: Words, firm: Firm, services: list[str]) -> dict[str, Any]:
    """Held licences as true; an expired one with its days, so that it is shown and does not count."""
    names = words.lists["licences"]
    needs_dispatch = words.lists["dispatch_service"] in services
    held: dict[str, Any] = {
        names["hr"]: rng.random() < firm.kind["hr"],
        names["dispatch"]: rng.random() < (0.95 if needs_dispatch else firm.kind["dispatch"] / 4),
        names["filing"]: True,
    }
    for number, (name, years) in enumerate(((names["hr"], HR_YEARS), (names["dispatch"], DISPATCH_YEARS))):
        if held[name]:
            lapsed = firm.expired and name == _lapsing(words, held)
            held[name] = _licence(rng, number, years, lapsed)
    return held


def _lapsing(words: Words, held: Mapping[str, Any]) -> str:
    names = words.lists["licences"]
    return str(names["dispatch"] if held[names["dispatch"]] else names["hr"])


def _licence(rng: Random, number: int, years: int, lapsed: bool) -> dict[str, str]:
    start = FIRST_START + timedelta(days=rng.randrange(STARTS))
    if lapsed:
        start = start.replace(year=start.year - years - 1, day=min(start.day, 28))
    end = date(start.year + years, start.month, min(start.day, 28)) - timedelta(days=1)
    return {"number": f"SL{number}{rng.randrange(10**7):07d}", "valid_from": start.isoformat(), "valid_to": end.isoformat()}


def _regions(rng: Random, words: Words, firm: Firm) -> list[str]:
    lists = words.lists
    if firm.kind["level"] == "blue" and rng.random() < 0.45:
        others = rng.sample(list(lists["districts"]), rng.randint(0, 3))
        return list(dict.fromkeys([firm.district, *others]))
    widest = weighted(rng, lists["wide_regions"])
    if widest != lists["whole_city"] and rng.random() < 0.08:
        return sorted(rng.sample(lists["delta_cities"], rng.randint(1, 3)))
    return [widest, *firm.abroad]


def _languages(rng: Random, words: Words, firm: Firm) -> list[str]:
    known = words.lists["languages"]
    spoken = [known["native"]] + ([known["english"]] if rng.random() < firm.kind["english"] else [])
    by_region = words.lists["abroad_languages"]
    return spoken + [by_region[place] for place in firm.abroad if place in by_region and rng.random() < 0.7]


def _capacity(rng: Random, firm: Firm) -> int:
    low, high = firm.kind["capacity"]
    people = round(low + (high - low) * rng.random() ** 1.8)  # most firms are small, a few large
    return int(people if people < LARGE else round(people, -1))


def _slots(rng: Random, words: Words, firm: Firm) -> dict[str, Any]:
    lists = words.lists
    role = rng.choice(firm.roles)
    posts = [post for each in firm.roles for post in each.posts]
    skills = rng.sample(role.skills, 2)
    subject = firm.industries[0]
    return {"industry": lists["any_industry"] if subject == lists["general"] else subject,
            "posts": lists["comma"].join(rng.sample(posts, min(len(posts), rng.randint(2, 4)))),
            "post": rng.choice(role.posts), "skill": skills[0], "skill2": skills[1], "town": firm.town,
            "district": firm.district, "abroad": lists["comma"].join(firm.abroad), "years": rng.randint(3, 18),
            "number": 10 * rng.randint(3, 60), "days": rng.choice(DAYS), "team": rng.randint(5, 60),
            "size": rng.choice(lists["sizes"])}


def _profile(rng: Random, words: Words, firm: Firm, lapsed: str) -> str:
    lists, slots = words.lists, _slots(rng, words, firm)
    parts = [rng.choice(firm.kind["lead"]) + lists["stop"], *rng.sample(lists["middles"], rng.randint(1, 2))]
    parts += [rng.choice(firm.kind["limit"])] if rng.random() < 0.6 else []
    parts += [rng.choice(lists["tails"])]
    parts += [rng.choice(lists["bad_note"][firm.grade])] if firm.grade in lists["bad_note"] else []
    return "".join(parts).format(**slots) + str(lists["expired_note"].get(lapsed, ""))


def _track_record(rng: Random, words: Words, firm: Firm) -> list[str]:
    lists = words.lists
    patterns = lists["own_records"].get(firm.kind["name"], lists["records"])
    most = max(firm.kind["capacity"][1] // 3, 3)
    found = []
    for pattern in rng.sample(patterns, min(len(patterns), rng.randint(1, 3))):
        post = rng.choice(rng.choice(firm.roles).posts)
        found.append(pattern.format(post=post, client=rng.choice(lists["clients"]), count=rng.randint(1, most),
                                    town=firm.town, days=rng.choice(DAYS)))
    return found


def _park(rng: Random, words: Words, district: str) -> str:
    draw = rng.random()
    for name, share in words.lists["parks"].get(district, {}).items():
        draw -= share
        if draw < 0:
            return str(name)
    return str(words.lists["no_park"])


def firm_row(rng: Random, words: Words, number: int, place: Place) -> dict[str, Any]:
    """One institution as a row of institutions.jsonl, the `number`-th of its file."""
    firm = _firm(rng, words)
    services = likely(rng, firm.kind["services"])
    licences = _licences(rng, words, firm, services)
    lapsed = _lapsing(words, licences) if firm.expired else ""
    lon, lat = place(firm.district, rng)
    return {
        "id": f"SLJG{number:07d}", "name": _name(rng, words, firm, number), "fictitious": True,
        "unified_code": sample_code(number), "district": firm.district, "park": _park(rng, words, firm.district),
        "lon": lon, "lat": lat, "address": words.lists["address"].format(town=firm.town, number=rng.randint(1, 1999)),
        "services": services, "industries": firm.industries, "role_families": [role.name for role in firm.roles],
        "regions": _regions(rng, words, firm), "seniority": likely(rng, firm.kind["seniority"]),
        "capacity_per_quarter": _capacity(rng, firm), "languages": _languages(rng, words, firm),
        "credit_grade": firm.grade, "licences": licences, "profile": _profile(rng, words, firm, lapsed),
        "track_record": _track_record(rng, words, firm),
    }
