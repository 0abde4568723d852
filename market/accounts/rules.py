"""Rules of accounts: which roles an organisation has, how long to wait after a failure, what a password must be."""

from __future__ import annotations

from datetime import timedelta

from market.access import Role

ROLES_OF: dict[str, tuple[Role, ...]] = {  # the first is what the first member gets
    "enterprise": (Role.ENTERPRISE_OWNER, Role.ENTERPRISE_STAFF),
    "hr_firm": (Role.FIRM_LEAD, Role.FIRM_STAFF),
    "park_operator": (Role.PARK_OPERATOR,),
    "district_bureau": (Role.DISTRICT_OFFICER,),
    "city_regulator": (Role.REGULATOR,),
    "platform_operator": (Role.OPERATOR,),
}
APPLIES_ITSELF = frozenset({"enterprise", "hr_firm", "park_operator"})  # authorities and the operator are set up by command
VERIFIED_FOR = timedelta(days=183)  # licence and identity are read anew every six months
SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
FREE_FAILURES, FIRST_WAIT, LONGEST_WAIT = 5, timedelta(seconds=15), timedelta(minutes=5)


def wait_after(failures: int) -> timedelta:
    """How long an account's lane waits: at most 20 tries in the first hour and 12 in each after it."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES, 10)
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def password_fault(password: str, email: str) -> str:
    """Why a password is none: too_short, too_long, too_simple; empty for a good one."""
    if len(password) < SHORTEST_PASSWORD:
        return "too_short"
    if len(password) > LONGEST_PASSWORD:
        return "too_long"
    simple = len(set(password)) < SHORTEST_PASSWORD // 2 or password.lower() in (email, email.partition("@")[0])
    return "too_simple" if simple else ""
