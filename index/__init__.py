"""Index: finds documents by words, meaning, facets and place; one contract, exchangeable engines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from index.documents import Document
from index.queries import Answer, Points, Query, Reading, Status, Suggestion, Vectors

if TYPE_CHECKING:
    from index.vocabulary import SearchVocabulary

Progress = Callable[[int, int], None]


class IndexUnavailable(Exception):
    """The index is missing or cannot be read; the message says which and what heals it."""


class Index(Protocol):
    """What every engine does; put, delete and rebuild return when the change is durable and seen by readers."""

    def put(self, documents: Iterable[Document]) -> int:
        """Adds or replaces documents; one whose version is older than the one held is passed over. Gives how many changed.

        IndexUnavailable where there is no index: only a rebuild makes one, a few changed documents would pass for all."""

    def delete(self, ids: Iterable[str]) -> int:
        """Takes documents away; unknown ids are passed over. Gives how many went."""

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """Builds the index anew beside the live one, then switches. Gives the number of documents."""

    def set_vectors(self, vectors: Mapping[str, Vectors], encoder: str = "") -> int:
        """Sets the meaning of documents by id, float32 of shape (dims,), as an encoder of this name made it; gives how many
        documents have one now. Those of another length or encoder than are held replace them all."""

    def search(self, query: Query) -> Answer:
        """One page of hits, the number of all hits, and the facet counts."""

    def count(self, query: Query) -> int:
        """The number of all hits."""

    def points(self, query: Query) -> Points:
        """The places of all hits that have one."""

    def blocking(self, query: Query) -> Sequence[tuple[str, str, int]]:
        """For each filter that is set, (facet, value, hits without it), the most first; only those that give hits."""

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Firms, parks, services and districts whose name begins so: in characters, in pinyin, by initials; or, for
        firms and parks, has it in the middle."""

    def get(self, ids: Sequence[str]) -> Mapping[str, Document]:
        """Documents by id, as they are held; unknown ids are passed over."""

    def ids(self) -> Iterator[str]:
        """The ids of all documents, in no order."""

    def status(self) -> Status:
        """The state of the engine; IndexUnavailable when there is nothing to ask."""


def open_index(url: str, vocabulary: SearchVocabulary, api_key: str = "") -> Index:
    """Opens an index: "embedded:FOLDER" or "elasticsearch+http://HOST:PORT/NAME" (see index.cluster.read_address).

    api_key: for a secured cluster. ValueError for an engine that is not known or an address that is wrong.
    """
    engine, _, rest = url.partition(":")
    if engine == "embedded" and rest:
        from index.embedded import EmbeddedIndex

        return EmbeddedIndex(rest, vocabulary)
    if engine in ("elasticsearch+http", "elasticsearch+https"):
        from index.elastic import ElasticIndex

        return ElasticIndex(url, vocabulary, api_key)
    raise ValueError(f"INDEX_URL={url}: no such engine; write embedded:FOLDER or elasticsearch+http://HOST:PORT/NAME")


__all__ = ["Answer", "Document", "Index", "IndexUnavailable", "Points", "Query", "Reading", "Status", "Suggestion",
           "open_index"]
