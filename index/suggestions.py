"""Completes what is being typed: services, districts and parks from the vocabulary, firms and parks from the documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.analysis import is_chinese, normalise, runs, syllables
from index.documents import Document
from index.queries import Suggestion
from index.vocabulary import SearchVocabulary

SUGGESTED_KINDS = ("institution", "park")
FACETS = ("service", "park", "district", "industry")
TERMS = 3  # suggestions of the vocabulary that come first, so that firms have room


def _sounds(text: str) -> tuple[str, str]:
    """(pinyin run together, its initials); Latin words count as they are."""
    said = [s for run in runs(text) for s in (syllables(run) if is_chinese(run) else (run,))]
    return "".join(said), "".join(s[0] for s in said)


def plain_name(title: str, legal_forms: Sequence[str]) -> str:
    """A firm's name without what many firms share: the city in front, the legal form behind, normalised."""
    name = "".join(runs(normalise(title)))
    for form in legal_forms:
        plain = normalise(form)
        while name.endswith(plain) and len(name) > len(plain):
            name = name.removesuffix(plain)
    return name


def starts_of(document: Document, vocabulary: SearchVocabulary) -> tuple[str, ...]:
    """What a name may begin with when it is typed: as written, without the city, by sound, by initials."""
    if document.kind not in SUGGESTED_KINDS:
        return ()
    name = plain_name(document.title, vocabulary.legal_forms)
    names = [name, *(name.removeprefix(city) for city in vocabulary.cities if name.startswith(city))]
    aliases = [plain_name(alias, ()) for alias in document.texts.get("aliases", ())]
    found = [said for n in (*names, *aliases) if n for said in (n, *_sounds(n))]
    return tuple(dict.fromkeys(found))


def typed_start(prefix: str) -> str:
    """What is looked for among the starts of names: the prefix without spaces, normalised."""
    return "".join(runs(normalise(prefix)))


class Terms:
    """The vocabulary's values, each under every way to begin it."""

    def __init__(self, vocabulary: SearchVocabulary) -> None:
        entries: dict[tuple[str, str], list[str]] = {}
        for word, term in vocabulary.terms.items():
            if term.facet in FACETS:
                entries.setdefault((term.facet, term.value), [normalise(term.value)]).append(word)
        found = ((start, facet, value) for (facet, value), words in entries.items()
                 for start in dict.fromkeys(s for w in words for s in ("".join(runs(w)), *_sounds(w))))
        self._entries = sorted(found, key=lambda e: (FACETS.index(e[1]), len(e[0]), e[0]))

    def starting(self, prefix: str) -> list[Suggestion]:
        """Values that begin so, or that one of their other names begins so; each once."""
        start = typed_start(prefix)
        hits = {(facet, value): None for at, facet, value in self._entries if start and at.startswith(start)}
        return [Suggestion(value, facet) for facet, value in hits][:TERMS]


def joined(terms: Iterable[Suggestion], documents: Iterable[Suggestion], limit: int) -> tuple[Suggestion, ...]:
    """Suggestions in order, each text once, the document's own before the vocabulary's word for the same park."""
    found: dict[str, Suggestion] = {}
    for suggestion in (*terms, *documents):
        known = found.get(suggestion.text)
        if known is None or (suggestion.id and not known.id):
            found[suggestion.text] = suggestion
    return tuple(found.values())[:limit]
