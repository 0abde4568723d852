"""Passwords: argon2id with 19 MiB, two passes, one lane."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str) -> str:
    """The hash to keep."""
    return _hasher.hash(password)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hashed("nobody has this password")


def fits(password_hash: str | None, password: str) -> bool:
    """True for the right password; takes as long where there is no account, so that time tells nothing."""
    try:
        return _hasher.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False
