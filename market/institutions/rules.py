"""Rules of the unified social credit code (GB 32100-2015): the check digit, pure and without a database."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O S V Z, as the standard has it
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def check_digit(body: str) -> str:
    """The 18th character for the first 17; ValueError where one is not in the alphabet."""
    if len(body) != 17:
        raise ValueError("a body has 17 characters")
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def code_fault(code: str) -> str:
    """Why a code is none: "length", "characters", "check digit"; empty for a right one."""
    if len(code) != 18:
        return "length"
    if any(char not in ALPHABET for char in code):
        return "characters"
    return "" if check_digit(code[:17]) == code[17] else "check digit"


def sample_code(number: int) -> str:
    """A code for a fictitious firm: right by its check digit, but with the district 000000 that no authority has."""
    body = f"9100{'0000'}{number:09d}"
    return body + check_digit(body)
