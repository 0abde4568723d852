"""Writing to an Elasticsearch index: versions decide, vectors stay with the text they were made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from index import IndexUnavailable, Progress
from index.cluster import CHUNK, Action, Cluster, speaking
from index.documents import Document
from index.mapping import document_of, source_of, vector_field, vector_mapping
from index.queries import Space, Vectors
from index.vocabulary import SearchVocabulary


class ElasticWriter:
    """Puts documents and vectors into the index of a cluster."""

    def __init__(self, cluster: Cluster, vocabulary: SearchVocabulary) -> None:
        self.cluster, self.vocabulary = cluster, vocabulary

    def put(self, documents: Iterable[Document]) -> int:
        """See index.Index."""
        live = self.cluster.live()
        changed, source, space = 0, iter(documents), self.space(live)
        while chunk := list(islice(source, CHUNK)):
            kept = self._vectors_of(live, chunk, space)
            changed += self.cluster.bulk_live(self._write(d, kept.get(d.id), space) for d in chunk)
        self.cluster.refresh(live)
        return changed

    def _write(self, document: Document, vector: Vectors | None, space: Space) -> Action:
        action = {"index": {"_id": document.id, "version": document.version, "version_type": "external_gte"}}
        return action, source_of(document, vector, space, self.vocabulary)

    def space(self, index: str) -> Space:
        """The space of the vectors in use."""
        with speaking(self.cluster.address):
            meta = self.cluster.client.indices.get_mapping(index=index)[index]["mappings"]["_meta"]
        return Space(int(meta.get("dims", 0)), str(meta.get("encoder", "")))

    def _vectors_of(self, index: str, documents: Sequence[Document], space: Space) -> dict[str, Vectors]:
        """The vectors held for documents whose meaning is unchanged."""
        if not space.dims:
            return {}
        field = vector_field(space)
        held = self.cluster.held(index, [d.id for d in documents], (field, "document.vector_text"))
        found = {}
        for document in documents:
            source = held.get(document.id, {}).get("_source", {})
            if field in source and source["document"]["vector_text"] == document.vector_text:
                found[document.id] = np.array(source[field], np.float32)
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
            space = self.space(before)
        except IndexUnavailable:
            before, space = "", Space()
        name = self.cluster.create()
        if space.dims:
            self._prepare(name, space)
        done, source = 0, iter(documents)
        while chunk := list(islice(source, CHUNK)):
            kept = self._vectors_of(before, chunk, space)
            done += self.cluster.bulk(name, (self._write(d, kept.get(d.id), space) for d in chunk))
            if progress:
                progress(done, 0)
        self.cluster.refresh(name)
        self.cluster.switch(name)
        return done

    def _prepare(self, index: str, space: Space) -> None:
        with speaking(self.cluster.address):
            meta = self.cluster.client.indices.get_mapping(index=index)[index]["mappings"]["_meta"]
            self.cluster.writer.indices.put_mapping(index=index, meta={**meta, **space._asdict()},
                                                    properties=vector_mapping(space))

    def set_vectors(self, vectors: Mapping[str, Vectors], encoder: str) -> None:
        """See index.Index."""
        live = self.cluster.live()
        if vectors:
            space = Space(len(next(iter(vectors.values()))), encoder)
            if space != self.space(live):
                self._prepare(live, space)
            self.cluster.bulk_live(self._with_vectors(live, vectors, space))
            self.cluster.refresh(live)

    def _with_vectors(self, index: str, vectors: Mapping[str, Vectors], space: Space) -> Iterator[Action]:
        """Documents as they are, with their vectors; one that changed meanwhile has a newer version and refuses."""
        ids = list(vectors)
        for start in range(0, len(ids), CHUNK):
            for key, doc in self.cluster.held(index, ids[start : start + CHUNK], ("document",)).items():
                action = {"index": {"_id": key, "version": doc["_version"], "version_type": "external_gte"}}
                yield action, source_of(document_of(doc["_source"]), vectors[key], space, self.vocabulary)
