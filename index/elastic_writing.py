"""Writing to an Elasticsearch index: versions decide, vectors stay with the text they were made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from index import IndexUnavailable, Progress
from index.cluster import CHUNK, Action, Cluster, speaking
from index.documents import Document
from index.mapping import document_of, source_of, vector_field, vector_mapping
from index.queries import Vectors
from index.vocabulary import SearchVocabulary


class ElasticWriter:
    """Puts documents and vectors into the index of a cluster."""

    def __init__(self, cluster: Cluster, vocabulary: SearchVocabulary) -> None:
        self.cluster, self.vocabulary = cluster, vocabulary

    def put(self, documents: Iterable[Document]) -> int:
        """See index.Index."""
        live = self.cluster.live()
        changed, source = 0, iter(documents)
        while chunk := list(islice(source, CHUNK)):
            kept = self._vectors_of(live, chunk)
            changed += self.cluster.bulk_live(self._write(d, kept.get(d.id)) for d in chunk)
        self.cluster.refresh(live)
        return changed

    def _write(self, document: Document, vector: Vectors | None) -> Action:
        action = {"index": {"_id": document.id, "version": document.version, "version_type": "external_gte"}}
        return action, source_of(document, vector, self.vocabulary)

    def dims(self, index: str) -> int:
        """The length of the vectors in use, 0 where there are none."""
        with speaking(self.cluster.address):
            found = self.cluster.client.indices.get_mapping(index=index)
        return int(found[index]["mappings"]["_meta"].get("dims", 0))

    def _vectors_of(self, index: str, documents: Sequence[Document]) -> dict[str, Vectors]:
        """The vectors held for documents whose meaning is unchanged."""
        dims = self.dims(index)
        if not dims:
            return {}
        held = self.cluster.held(index, [d.id for d in documents], (vector_field(dims), "document.vector_text"))
        found = {}
        for document in documents:
            source = held.get(document.id, {}).get("_source", {})
            if vector_field(dims) in source and source["document"]["vector_text"] == document.vector_text:
                found[document.id] = np.array(source[vector_field(dims)], np.float32)
        return found

    def delete(self, ids: Iterable[str]) -> int:
        """See index.Index."""
        live = self.cluster.live()
        gone = self.cluster.bulk_live(({"delete": {"_id": key}}, None) for key in ids)
        self.cluster.refresh(live)
        return gone

    def rebuild(self, documents: Iterable[Document], progress: Progress | None = None) -> int:
        """See index.Index. Vectors of documents whose meaning is unchanged are kept."""
        try:
            before = self.cluster.live()
            dims = self.dims(before)
        except IndexUnavailable:
            before, dims = "", 0
        name = self.cluster.create()
        if dims:
            self._prepare(name, dims)
        done, source = 0, iter(documents)
        while chunk := list(islice(source, CHUNK)):
            kept = self._vectors_of(before, chunk) if dims else {}
            done += self.cluster.bulk(name, (self._write(d, kept.get(d.id)) for d in chunk))
            if progress:
                progress(done, 0)
        self.cluster.refresh(name)
        self.cluster.switch(name)
        return done

    def _prepare(self, index: str, dims: int) -> None:
        with speaking(self.cluster.address):
            meta = self.cluster.client.indices.get_mapping(index=index)[index]["mappings"]["_meta"]
            self.cluster.writer.indices.put_mapping(index=index, meta={**meta, "dims": dims}, properties=vector_mapping(dims))

    def set_vectors(self, vectors: Mapping[str, Vectors]) -> None:
        """See index.Index. A vector of another length than those held replaces them all."""
        live = self.cluster.live()
        if vectors:
            dims = len(next(iter(vectors.values())))
            if dims != self.dims(live):
                self._prepare(live, dims)
            self.cluster.bulk_live(self._with_vectors(live, vectors))
            self.cluster.refresh(live)

    def _with_vectors(self, index: str, vectors: Mapping[str, Vectors]) -> Iterator[Action]:
        """Documents as they are, with their vectors; one that changed meanwhile has a newer version and refuses."""
        ids = list(vectors)
        for start in range(0, len(ids), CHUNK):
            for key, doc in self.cluster.held(index, ids[start : start + CHUNK], ("document",)).items():
                action = {"index": {"_id": key, "version": doc["_version"], "version_type": "external_gte"}}
                yield action, source_of(document_of(doc["_source"]), vectors[key], self.vocabulary)
