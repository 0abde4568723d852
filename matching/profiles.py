"""What the matcher knows of an institution (Profile) and of a talent order (Demand)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Constraints:
    """Hard constraints that an order states in its fields; what stands only in its text is read by `constraints`."""

    required_licences: frozenset[str] = frozenset()
    credit_min: str | None = None
    must_cover: tuple[str, ...] = ()
    needs_overseas_sourcing: bool = False
    overseas_regions_any: tuple[str, ...] = ()
    multi_firm_collaboration: bool = False


@dataclass(frozen=True)
class Profile:
    """An institution; all values are the standard Chinese names of data/taxonomy and data/sample.

    capacity_per_quarter: people that can be delivered in one quarter (0: does not deliver people).
    licences: the licences that are held and valid today. promised: people of this quarter's capacity that are already
    promised to others. delivered of asked: places filled of those taken on in past orders (0 of 0: no record here).
    listed_days: days since the firm was first listed, None where unknown.
    """

    id: str
    name: str
    district: str = ""
    park: str = ""
    services: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    role_families: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    seniority: tuple[str, ...] = ()
    capacity_per_quarter: int = 0
    languages: tuple[str, ...] = ()
    credit_grade: str = ""
    licences: frozenset[str] = frozenset()
    profile: str = ""
    track_record: tuple[str, ...] = ()
    promised: int = 0
    delivered: int = 0
    asked: int = 0
    listed_days: int | None = None

    @property
    def free(self) -> int:
        """People that can still be delivered this quarter."""
        return max(self.capacity_per_quarter - self.promised, 0)


@dataclass(frozen=True)
class Demand:
    """A talent order; headcount in people, deadline_days in calendar days."""

    id: str
    title: str
    description: str = ""
    enterprise: str = ""
    industry: str = ""
    role_family: str = ""
    seniority: tuple[str, ...] = ()
    headcount: int = 0
    city: str = ""
    district: str = ""
    deadline_days: int = 0
    annual_salary_range: str = ""
    service_mode: tuple[str, ...] = ()
    must_have: tuple[str, ...] = ()
    constraints: Constraints = field(default_factory=Constraints)
