"""What makes a document a hit and how much it is worth, in clauses that every engine can hold documents against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.analysis import is_chinese
from index.concepts import Concept, Question
from index.vocabulary import SearchVocabulary

NAME, TAGS, BODY, SOUND, STARTS = "name", "tags", "body", "sound", "starts"
# What a phrase is worth by the field it stands in, for words that name no facet ...
PLAIN = {NAME: 1.0, TAGS: 0.95, BODY: 0.9}
# ... and for words that do: the facet itself says it best, a mention in the text less.
MENTION = {NAME: 0.8, TAGS: 0.7, BODY: 0.45}
OTHER_WAY = 0.85  # a synonym instead of the word that was typed
BESIDE = 0.4  # a neighbouring district where "near" was asked for
SAME_DISTRICT = 0.6  # the district of a place or park where that itself is not named
BY_SOUND = 0.75
HINT = {"industry": 0.3, "role": 0.55, "service": 0.5}  # what a word suggests without saying it
ANY_INDUSTRY = 0.5  # a firm for every industry, where one is asked for
CLOSE_INDUSTRY = 0.25
MAIN = 0.12  # the first service or industry is the main one
FOCUS = 0.1  # a firm of few industries knows each of them well
SAID_TOO = {NAME: 0.08, BODY: 0.05}  # a firm that also says so in its name or in its own words
KIND_WORTH = {"institution": 0.12, "order": 0.04, "park": 0.02}
OFFERED = ("service", "grade", "licence", "headcount")  # what firms have: a question with one of these asks for firms
OFFERS = 0.25
GOOD_STANDING = 2.0  # more than any question gives: firms of the lowest grade of credit come after all others
BETTER_CREDIT = {"A": 0.012, "B": 0.006}  # between equals
NAMED = 0.5  # the thing whose own name is the question
OFTEN, RARE = 0.25, 0.06  # shares of documents: a word of the language, a word that tells documents apart
WEIGHT = {"headcount": 0.4, "district": 0.8}  # many serve more districts than the one that they sit in
SERVES = 0.3  # weight of a firm's working in the district asked for, beside its sitting there
PLACES = ("district", "park", "serves")
WAYS = 6  # other ways to say one thing that are looked for: those that most documents hold
ROUNDING = 1e-4  # sums of the same worths differ by less between engines


@dataclass(frozen=True)
class Clause:
    """One thing that a document may have: a phrase in a field, sounds, a facet's value, or a number of at least."""

    worth: float = 1.0
    field: str = ""
    phrase: str = ""
    sounds: tuple[str, ...] = ()
    facet: str = ""
    value: str = ""
    key: str = ""
    least: float = 0.0


@dataclass(frozen=True)
class Part:
    """One concept: weight times the best clause that holds; each clause in `also` adds its worth to the whole."""

    weight: float
    clauses: tuple[Clause, ...]
    also: tuple[Clause, ...] = ()
    condition: bool = False
    rare: bool = False


@dataclass(frozen=True)
class Plan:
    """parts: see Part; weight: of all parts. must: each group needs one clause that holds; must_not: none may.

    exact, words, words_needed: what meets the question in full has one clause of each group of `exact`, and one of so
    many groups of `words`, or is the place that was named (`itself`). names: the document's own name was typed. always:
    small worths that every document is given. enough: the share of the weight that makes a hit.
    unknown: what stands in no document.
    """

    parts: tuple[Part, ...]
    weight: float
    must: tuple[tuple[Clause, ...], ...]
    must_not: tuple[Clause, ...]
    exact: tuple[tuple[Clause, ...], ...]
    words: tuple[tuple[Clause, ...], ...]
    words_needed: int
    names: tuple[Clause, ...]
    itself: tuple[Clause, ...]
    always: tuple[Clause, ...]
    enough: float
    has_conditions: bool
    unknown: tuple[Concept, ...]


@dataclass(frozen=True)
class Corpus:
    """What the plan must know of the documents: how many there are, and how many hold each phrase."""

    size: int
    holding: Mapping[str, int]

    def share(self, phrases: Sequence[str]) -> float:
        """The share of documents that hold the most frequent of some phrases, 0..1."""
        return max((self.holding.get(phrase, 0) for phrase in phrases), default=0) / max(self.size, 1)


def _phrases(worth: Mapping[str, float], phrases: Sequence[str], factor: float) -> list[Clause]:
    return [Clause(factor * value, field, phrase) for phrase in phrases for field, value in worth.items()]


def _district_clauses(concept: Concept, vocabulary: SearchVocabulary) -> list[Clause]:
    exact = concept.value.startswith(concept.typed) or bool(concept.changed and len(concept.alternatives) > 1)
    found = [Clause(1.0 if exact else SAME_DISTRICT, facet="district", value=concept.value)]
    if concept.near:
        found += [Clause(BESIDE, facet="district", value=d) for d in vocabulary.neighbours.get(concept.value, ())]
    return found


def _park_clauses(concept: Concept, vocabulary: SearchVocabulary) -> list[Clause]:
    found = [Clause(1.0, facet="park", value=concept.value)]
    district = vocabulary.place_districts.get(concept.value, "")
    if concept.near and district:
        found.append(Clause(SAME_DISTRICT, facet="district", value=district))
        found += [Clause(BESIDE, facet="district", value=d) for d in vocabulary.neighbours.get(district, ())]
    return found


def _facet_clauses(concept: Concept, vocabulary: SearchVocabulary) -> list[Clause]:
    if concept.facet == "district":
        return _district_clauses(concept, vocabulary)
    if concept.facet == "park":
        return _park_clauses(concept, vocabulary)
    if concept.facet == "headcount":
        return [Clause(1.0, key="capacity", least=concept.least), Clause(0.7, key="capacity", least=concept.least / 2)]
    values = concept.values or (concept.value,)
    found = [Clause(1.0, facet=concept.facet, value=value) for value in values]
    if concept.facet == "industry":
        found.append(Clause(ANY_INDUSTRY, facet="industry", value=vocabulary.any_industry))
        found += [Clause(CLOSE_INDUSTRY, facet="industry", value=v) for v in vocabulary.close.get(concept.value, ())]
    return found


def _also(concept: Concept) -> list[Clause]:
    """What makes a hit a better one: its main business, and that it says so."""
    found = []
    if concept.facet in ("service", "industry"):
        found += [Clause(MAIN, facet=f"main_{concept.facet}", value=concept.value),
                  *_phrases(SAID_TOO, concept.alternatives[:1], 1.0)]
    if concept.facet == "industry":
        found.append(Clause(FOCUS, facet="focus_industry", value=concept.value))
    if concept.facet in ("park", "district"):
        found += [Clause(NAMED, facet="itself", value=concept.value)]
    return found


def _part(concept: Concept, corpus: Corpus, vocabulary: SearchVocabulary) -> Part:
    literal = concept.alternatives[:1]
    held = [other for other in concept.alternatives[1:] if corpus.holding.get(other)]
    others = sorted(held, key=lambda other: -corpus.holding[other])[:WAYS]
    clauses = _phrases(PLAIN if concept.facet in ("", "district", "park", "role") else MENTION, literal, 1.0)
    clauses += _phrases(MENTION if concept.facet else PLAIN, others, OTHER_WAY)
    if concept.sound:
        clauses.append(Clause(BY_SOUND, SOUND, sounds=concept.sound))
    if concept.facet:
        clauses += _facet_clauses(concept, vocabulary)
        return Part(WEIGHT.get(concept.facet, 1.0), tuple(clauses), tuple(_also(concept)), True)
    hints = [Clause(HINT[facet], facet=facet, value=value) for facet, value in concept.hints]
    share = corpus.share(literal)
    weight = 0.6 if share > OFTEN else 0.8 if share > RARE else 1.2
    return Part(weight, tuple(clauses + hints), rare=0 < share <= RARE or concept.whole or bool(concept.sound))


def _serves(concept: Concept, vocabulary: SearchVocabulary) -> Part:
    """A firm that sits in a district may work elsewhere, and one that sits elsewhere may work there."""
    regions = (concept.value, *vocabulary.covered_by.get(concept.value, ()))
    return Part(SERVES, tuple(Clause(1.0, facet=facet, value=value) for facet, values in
                              (("serves", regions), ("kind", ("order", "park", "policy"))) for value in values))


def _literal(part: Part) -> tuple[Clause, ...]:
    return tuple(c for c in part.clauses if c.field)


def _full(part: Part) -> tuple[Clause, ...]:
    """What meets a condition in full: the facet's value, the place or its district, or half the number at least."""
    return tuple(c for c in part.clauses if c.key or (c.facet and c.worth == 1.0)
                 or (c.facet in ("district", "park") and c.worth >= SAME_DISTRICT))


def plan_of(question: Question, corpus: Corpus, vocabulary: SearchVocabulary) -> Plan:
    """The plan of a question; the corpus must know all phrases of its concepts."""
    parts = (*(_part(concept, corpus, vocabulary) for concept in question.concepts),
             *(_serves(concept, vocabulary) for concept in question.concepts if concept.facet == "district"))
    names = tuple(Clause(1.0, NAME, phrase) for c in question.concepts if not c.facet for phrase in c.alternatives[:1])
    itself = tuple(Clause(1.0, facet="itself", value=c.value) for c in question.concepts if c.facet in ("park", "district"))
    must = [tuple(_phrases(PLAIN, c.alternatives, 1.0)) for c in question.concepts if c.whole]
    must += [*_lawful(question, vocabulary, names), *_about(parts, names + itself)]
    must_not = [clause for c in question.excluded
                for clause in (*_phrases(PLAIN, c.alternatives[:1], 1.0),
                               *([Clause(1.0, facet=c.facet, value=c.value)] if c.facet else []))]
    words = tuple(said for part in parts if not part.condition and (said := _literal(part)))
    unknown = [c for c in question.concepts if not c.facet and c.alternatives and not corpus.share(c.alternatives)]
    exact = tuple(_full(part) for part in parts if part.condition or not _literal(part))
    return Plan(parts, sum(part.weight for part in parts), tuple(must), tuple(must_not), exact, words, -(-len(words) // 2),
                (*names, *itself), itself, _always(question), _enough(question.concepts, corpus),
                any(part.condition for part in parts), tuple(unknown))


def _about(parts: Sequence[Part], names: tuple[Clause, ...]) -> list[tuple[Clause, ...]]:
    """Where more than a place is asked for, being there is not enough."""
    places = [part for part in parts if any(c.facet in PLACES and c.worth == 1.0 for c in part.clauses)]
    rest = [clause for part in parts if part not in places for clause in part.clauses if not clause.key]
    return [(*rest, *names)] if places and rest else []


def _lawful(question: Question, vocabulary: SearchVocabulary, names: tuple[Clause, ...]) -> list[tuple[Clause, ...]]:
    """A service that needs a permit is offered by firms that hold it only; other kinds of things need none."""
    found = []
    for concept in question.concepts:
        licence = vocabulary.needs_licence.get(concept.value) if concept.facet == "service" else None
        if licence:
            kinds = (Clause(facet="kind", value=kind) for kind in ("order", "park", "policy"))
            found.append((Clause(facet="licence", value=licence), *kinds, *names))
    return found


def _always(question: Question) -> tuple[Clause, ...]:
    offers = OFFERS if any(concept.facet in OFFERED for concept in question.concepts) else 0.0
    kinds = KIND_WORTH | {"institution": KIND_WORTH["institution"] + offers}
    return (*(Clause(worth, facet="kind", value=kind) for kind, worth in kinds.items()),
            *(Clause(worth, facet="grade", value=grade) for grade, worth in BETTER_CREDIT.items()),
            Clause(GOOD_STANDING, facet="listed", value="yes"))


def _enough(concepts: Sequence[Concept], corpus: Corpus) -> float:
    """Which share of a question a hit must have: one of two words, less of a sentence; more where a word of a short
    question stands in no document at all, for then the rest is not what was asked for."""
    n = len(concepts)
    words = [c for c in concepts if not c.facet]
    strangers = sum(is_chinese(c.typed) and not corpus.share(c.alternatives) for c in words)
    share = 0.40 if n <= 2 else 0.30 if n <= 4 else 0.24
    return (max(share, 0.62) if 0 < len(words) <= strangers * 2 and n <= 4 else share) - ROUNDING
