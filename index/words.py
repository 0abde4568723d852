"""Cuts runs of characters into words of the language and of the trade."""

from __future__ import annotations

from index.analysis import is_chinese
from index.vocabulary import SearchVocabulary

# Parts of speech (of the ICTCLAS set) that carry no meaning of their own: adverbs, prepositions, pronouns and the like.
EMPTY = ("d", "p", "c", "u", "r", "m", "q", "f", "y", "e", "o", "z", "a")
VERB = "v"
FREQUENT = 20_000  # so often that the cutter prefers a word of the trade to its parts


class Cutter:
    """The language's dictionary with the trade's words added."""

    def __init__(self, vocabulary: SearchVocabulary) -> None:
        import rjieba

        self._jieba = rjieba.Jieba()
        for word in (*vocabulary.terms, *vocabulary.place_districts):
            if len(word) > 1 and all(is_chinese(char) for char in word):
                self._jieba.add_word(word, FREQUENT, None)

    def parts(self, run: str) -> list[tuple[str, int, str]]:
        """(word, place, part of speech) in order; the part of speech is empty for words that carry no meaning."""
        found, at = [], 0
        for word, tag in self._jieba.tag(run):
            found.append((word, at, "" if tag.startswith(EMPTY) and not tag.startswith("an") else tag))
            at += len(word)
        return found

    def ends(self, run: str) -> frozenset[int]:
        """Places where a word begins or ends."""
        return frozenset((*(at for _, at, _ in self.parts(run)), len(run)))
