"""From a row of a file to the values of one record: one small function per kind of file."""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from sqlalchemy import select
from sqlalchemy.orm import Session

from market.districts.models import District
from market.imports.columns import OFFICIAL_ENDINGS, REPOST_WORDS
from market.imports.rows import BadValue, Row, day, degrees, names, number, read_csv, read_jsonl, required, text
from market.institutions.models import Licence
from market.institutions.rules import code_fault, sample_code
from market.orders.models import Enterprise, Order
from market.parks.models import Park
from market.sources import REFERENCE, SAMPLE
from market.vocabulary import (
    DISPATCH_LICENCE,
    LICENCE_NAMES,
    POSTING_KINDS,
    SAMPLE_TITLE,
    district_named,
    service_names,
    service_wordings,
)

Values = dict[str, Any]
LONGEST_DAYS = 3650  # an order that is open for longer than ten years is a slip of the pen
Place = Callable[[str, random.Random], tuple[float, float]]


@dataclass(frozen=True)
class Context:
    """What a row is read against: the session, the tables, a way to place a fictitious firm, and the day of loading."""

    session: Session
    data_dir: Path
    place: Place
    today: date

    def park_id(self, short_name: str | None) -> str | None:
        """The id of a park by its short name; BadValue when there is no such park."""
        if not short_name or short_name == "none":
            return None
        if short_name not in self._parks:
            raise BadValue("park", f"{short_name} is no known park; load the parks first, or correct the name")
        return self._parks[short_name]

    def district(self, name: str | None) -> str | None:
        """A district's full name; BadValue when there is no such district."""
        if name and name not in self._districts:
            raise BadValue("district", f"{name} is no district; load data/taxonomy first, or correct the name")
        return name or None

    @cached_property
    def _districts(self) -> frozenset[str]:
        return frozenset(self.session.scalars(select(District.name)))

    @cached_property
    def _parks(self) -> Mapping[str | None, str]:
        return {short: key for short, key in self.session.execute(select(Park.short_name, Park.id)).all() if short}


def _stable_id(prefix: str, *parts: str) -> str:
    return f"{prefix}-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:8].upper()}"


def sourced(row: Row) -> Values:
    """Source, date, and whether the source itself is official; a repost never is."""
    title, url = text(row, "source_title") or "", text(row, "source_url") or ""
    host = urlparse(url).netloc
    official = host.endswith(OFFICIAL_ENDINGS) and not any(word in title for word in REPOST_WORDS)
    return {"source_kind": REFERENCE, "source_title": title or None, "source_url": url or None,
            "as_of": text(row, "as_of"), "verified": official}


def district(row: Row, _: Context) -> Values:
    """A row of taxonomy/districts.csv."""
    return {"code": required(row, "code"), "name": required(row, "name_zh"), "short": required(row, "short"),
            "name_en": required(row, "name_en"), "land_area_km2": float(required(row, "land_area_km2"))}


def calendar_day(row: Row, _: Context) -> Values:
    """A row of taxonomy/holidays.csv: a holiday ("rest"), or a Saturday or Sunday made a working day ("work")."""
    which = day(row, "day")
    if which is None or row.get("kind") not in ("rest", "work"):
        raise BadValue("kind", "expected a day and rest or work")
    return {"day": which.isoformat(), "works": row["kind"] == "work", "occasion": required(row, "occasion"),
            "source": text(row, "source")}


def park(row: Row, context: Context) -> Values:
    """A row of reference/parks.csv; its place comes from the table of places where that knows one."""
    short = text(row, "short_name")
    known = _known_parks(context.data_dir).get(short or "", {})
    kept = {name: text(row, name) for name in ("level", "address", "opened_on", "operator", "area_m2", "tenants",
                                               "tenants_as_of", "revenue", "tax", "themes", "notes")}
    place = _landmarks(context.data_dir).get(short or "")
    where: Values = {"lon": None, "lat": None, "raw_lon": None, "raw_lat": None, "place_datum": None, "place_quality": None,
             "place_precision_m": None}
    if place:
        lon, lat, precision = place
        where = {"lon": lon, "lat": lat, "raw_lon": lon, "raw_lat": lat, "place_datum": "WGS-84",
                 "place_quality": "approx", "place_precision_m": precision}
    return {"id": known.get("id") or _stable_id("PK", required(row, "name")), "name": required(row, "name"),
            "short_name": short, "aliases": known.get("aliases", []),
            "district": district_named(text(row, "district"), context.data_dir), **kept, **where, **sourced(row)}


@lru_cache(maxsize=2)
def _known_parks(data_dir: Path) -> dict[str, Row]:
    return {row["name"]: row for _, row in read_jsonl(data_dir / "sample" / "parks.jsonl")}


@lru_cache(maxsize=2)
def _landmarks(data_dir: Path) -> dict[str, tuple[float, float, int]]:
    found = {}
    for _, row in read_csv(data_dir / "taxonomy" / "places.csv"):
        if row["kind"] == "landmark" and row["lon"] and row["precision_m"]:
            for name in (row["name_zh"], *row["aliases"].split(";")):
                found[name] = (float(row["lon"]), float(row["lat"]), int(row["precision_m"]))
    return found


def reference_institution(row: Row, context: Context) -> Values:
    """A real firm of reference/institutions.csv: services by their standard names where one is meant, else in its words."""
    name = required(row, "name")
    standard, wordings = service_names(context.data_dir), service_wordings(context.data_dir)
    meant = (wordings.get(word.lower(), (standard.get(word.lower(), word),)) for word in names(row, "services"))
    services = list(dict.fromkeys(service for several in meant for service in several))
    return {"id": _stable_id("REF", name), "name": name, "english_name": text(row, "english_name"),
            "services": services, "notes": text(row, "notes"), "address": text(row, "address"),
            "district": district_named(text(row, "hq_district"), context.data_dir), **sourced(row)}


def _sample_place(row: Row, context: Context) -> Values:
    where = text(row, "district")
    if "lon" in row and "lat" in row:
        lon, lat = degrees(row, "lon"), degrees(row, "lat")
    elif where:
        lon, lat = context.place(where, random.Random(zlib.crc32(row["id"].encode())))
    else:
        return {}
    return {"lon": round(lon, 6), "lat": round(lat, 6), "raw_lon": round(lon, 6), "raw_lat": round(lat, 6),
            "place_datum": "WGS-84", "place_quality": "sample"}


def _licences(row: Row) -> list[Licence]:
    """Licences as {name: held} or as {name: {number, valid_from, valid_to}}; what is not held has no row."""
    raw = row.get("licences") or {}
    if not isinstance(raw, dict) or set(raw) - set(LICENCE_NAMES):
        raise BadValue("licences", f"an object with the keys {', '.join(LICENCE_NAMES)} is expected")
    seed = zlib.crc32(row["id"].encode())
    found = []
    for name in sorted(name for name, held in raw.items() if held):
        detail = raw[name] if isinstance(raw[name], dict) else {}
        years = 3 if name == DISPATCH_LICENCE else 5
        start = date(2024 + seed % 2, 1 + seed % 12, 1 + seed % 28)
        end = None if name == LICENCE_NAMES[2] else start.replace(year=start.year + years) - timedelta(days=1)
        found.append(Licence(name=name, number=detail.get("number") or f"SL{seed % 10**8:08d}",
                             valid_from=day(detail, "valid_from") or start, valid_to=day(detail, "valid_to") or end))
    return found


def _code(row: Row) -> str:
    code = text(row, "unified_code") or sample_code(zlib.crc32(row["id"].encode()) % 10**9)
    fault = code_fault(code)
    if fault:
        raise BadValue("unified_code", f"{code}: wrong {fault} (GB 32100); check it against the business licence")
    return code


def sample_institution(row: Row, context: Context) -> Values:
    """A fictitious firm of sample/institutions.jsonl or of the generator."""
    if not row.get("fictitious"):
        raise BadValue("fictitious", "only fictitious firms are loaded from sample files")
    lists = {name: names(row, name) for name in ("services", "industries", "role_families", "regions", "seniority",
                                                 "languages", "track_record")}
    grade = text(row, "credit_grade")
    if grade not in (None, "A", "B", "C", "D"):
        raise BadValue("credit_grade", f"{grade} is none of A, B, C, D")
    return {"id": required(row, "id"), "name": required(row, "name"), "unified_code": _code(row),
            "district": context.district(text(row, "district")), "park_id": context.park_id(text(row, "park")),
            "capacity_per_quarter": number(row, "capacity_per_quarter"), "credit_grade": grade,
            "profile": text(row, "profile"), "address": text(row, "address"), "licences": _licences(row), **lists,
            **_sample_place(row, context), "source_kind": SAMPLE, "source_title": SAMPLE_TITLE, "verified": False}


def _enterprise(name: str | None, industry: str | None, context: Context) -> int | None:
    if not name:
        return None
    found = context.session.scalar(select(Enterprise).where(Enterprise.name == name))
    if found is None:
        found = Enterprise(name=name, industry=industry)
        context.session.add(found)
        context.session.flush()
    return found.id


def _constraints(row: Row) -> dict[str, Any]:
    found = row.get("constraints") or {}
    if not isinstance(found, dict):
        raise BadValue("constraints", "an object is expected")
    return found


def sample_order(row: Row, context: Context) -> Values:
    """A fictitious order of sample/orders.jsonl or of the generator; without a date it counts as published today."""
    days = number(row, "deadline_days")
    if days is None:
        raise BadValue("deadline_days", "empty; give the days until the order must be filled")
    if days > LONGEST_DAYS:
        raise BadValue("deadline_days", f"{days} days are more than ten years")
    known = context.session.get(Order, required(row, "id"))
    published = day(row, "published_on") or (known.published_on if known else None) or context.today
    lists = {name: names(row, name) for name in ("seniority", "service_mode", "must_have")}
    words = {name: text(row, name) for name in ("description", "industry", "role_family", "annual_salary_range", "city")}
    # An order that has moved on in its life keeps its state and its deadline: a file of samples does not reopen it.
    moved = known is not None and known.state != "open"
    state, deadline = (known.state, known.deadline) if known and moved else ("open", published + timedelta(days=days))
    return {"id": row["id"], "kind": "order", "state": state, "title": required(row, "title"),
            "enterprise_id": _enterprise(text(row, "enterprise"), text(row, "industry"), context),
            "headcount": number(row, "headcount"), "district": context.district(text(row, "district")),
            "published_on": published, "deadline_days": days, "deadline": deadline,
            "constraints": _constraints(row), **lists, **words, "source_kind": SAMPLE,
            "source_title": SAMPLE_TITLE, "verified": False}


def reference_order(row: Row, context: Context) -> Values:
    """A public posting of reference/orders.csv: shown as what it is, never as an order that takes bids."""
    count = text(row, "headcount") or ""
    return {"id": required(row, "order_no"), "kind": POSTING_KINDS.get(required(row, "kind"), "posting"),
            "state": "reference", "title": required(row, "title"),
            "enterprise_id": _enterprise(text(row, "enterprise"), text(row, "industry"), context),
            "description": text(row, "requirements"), "industry": text(row, "industry"),
            "headcount": int(count) if count.isdigit() and int(count) else None,
            "annual_salary_range": text(row, "salary"), "city": text(row, "city"),
            "district": district_named(text(row, "district"), context.data_dir), **sourced(row)}


def policy(row: Row, _: Context) -> Values:
    """A row of reference/policies.csv."""
    name = required(row, "name")
    kept = {key: text(row, key) for key in ("document_number", "issuing_bodies", "issued_on", "valid_until", "summary",
                                            "eligible_subjects", "thresholds", "amount", "districts", "scope")}
    return {"id": _stable_id("ZC", name), "name": name, **kept, **sourced(row)}


def indicator(row: Row, _: Context) -> Values:
    """A row of reference/stats.csv."""
    name = required(row, "indicator")
    kept = {key: text(row, key) for key in ("scope", "district", "year", "unit", "kind")}
    key = (name, *(value or "" for value in kept.values()))
    return {"id": _stable_id("TJ", *key), "name": name, "value": required(row, "value"), **kept, **sourced(row)}
