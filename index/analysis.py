"""Cuts Chinese text for every engine: one form of writing, overlapping pairs, Latin words, and how it sounds."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

_RUN = re.compile(r"[a-z0-9][a-z0-9+#.&-]*|[\u3400-\u9fff]+")
BREAK = "\u2e31"  # stands between clauses, so that no phrase reaches over one


@lru_cache(maxsize=1)
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@lru_cache(maxsize=1)
def _half_width() -> dict[int, str]:
    """Every character of the basic plane whose compatible form is one other character."""
    return {code: form for code in range(0x80, 0x10000)
            if len(form := unicodedata.normalize("NFKC", chr(code))) == 1 and form != chr(code)}


@lru_cache(maxsize=50_000)
def normalise(text: str) -> str:
    """Half width, simplified characters, lower case; as long as the text given, so that marks fit both.

    A character whose form changes the length stays as it is.
    """
    folded = text if text.isascii() else text.translate(_half_width())
    if not folded.isascii():
        simple = _converter().convert(folded)
        folded = simple if len(simple) == len(folded) else folded
    lower = folded.lower()
    return lower if len(lower) == len(text) else folded


def runs(text: str) -> list[str]:
    """Latin words and runs of Chinese characters of a normalised text, in order."""
    return _RUN.findall(text)


def is_chinese(run: str) -> bool:
    """True for a run of Chinese characters."""
    return bool(run) and run[0] >= "\u3400"


def pairs(run: str) -> list[str]:
    """Tokens of one run: the Latin word itself, or every pair of neighbouring characters (one alone stays)."""
    if not is_chinese(run):
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def tokens(text: str) -> list[str]:
    """Tokens of a normalised text; runs are kept apart."""
    out: list[str] = []
    for run in runs(text):
        out += [*pairs(run), BREAK]
    return out


@lru_cache(maxsize=65536)
def syllables(text: str) -> tuple[str, ...]:
    """How Chinese text sounds: one syllable a character, without tones; other characters are passed over."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin("".join(run for run in runs(text) if is_chinese(run))))


@lru_cache(maxsize=1)
def _known_syllables() -> frozenset[str]:
    from pypinyin import Style, pinyin_dict
    from pypinyin.contrib.tone_convert import to_normal

    del Style
    found: set[str] = set()
    for sounds in pinyin_dict.pinyin_dict.values():
        found.update(to_normal(sound).replace("\u00fc", "v") for sound in sounds.split(","))
    return frozenset(sound for sound in found if sound.isascii() and sound)


@lru_cache(maxsize=4096)
def cut_pinyin(word: str) -> tuple[str, ...]:
    """A Latin word as syllables, fewest first, or () where it is no pinyin of two characters or more."""
    known = _known_syllables()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is not None and word[start:end] in known:
                here = best[end]
                if here is None or len(before) + 1 < len(here):
                    best[end] = (*before, word[start:end])
    found = best[-1]
    return found if found and len(found) >= 2 and all(len(s) > 1 or s in "ae" for s in found) else ()


@lru_cache(maxsize=8192)
def words(run: str) -> tuple[str, ...]:
    """A run of Chinese characters as words of the language."""
    import rjieba

    return tuple(rjieba.cut(run))


def prepare() -> None:
    """Reads every table of this module: called before processes are forked, so that they share them."""
    sample = "\u4e0a\u6d77"
    normalise(sample)
    syllables(sample)
    cut_pinyin("shanghai")
    words(sample)
