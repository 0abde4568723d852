"""How a document lies in Elasticsearch: field types, the body that is sent, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from hashlib import blake2b
from typing import Any

from index.documents import Document
from index.facets import facets_of
from index.phrases import fields_of
from index.queries import Space, Vectors
from index.vocabulary import SearchVocabulary

MAPPING_VERSION = 2  # of an index built from this file; one of another version must be rebuilt
MOST_HITS = 110_000  # rows of the largest export, which is read in one go
WORDS: dict[str, Any] = {"type": "text", "analyzer": "whitespace", "norms": False}


def settings(shards: int, replicas: int) -> dict[str, Any]:
    """Settings of a new index; versions of deleted documents are forgotten at once, for a record may come
    back; vectors stay readable, for a document that is written anew keeps its own."""
    return {"number_of_shards": shards, "number_of_replicas": replicas, "refresh_interval": "1s", "gc_deletes": "0s",
            "max_result_window": MOST_HITS, "mapping.exclude_source_vectors": False}


def mapping() -> dict[str, Any]:
    """Field types of a new index. Text comes cut into words already; facets and sort keys get fields as they come."""
    return {
        "_meta": {"version": MAPPING_VERSION},
        "dynamic": False,
        "dynamic_templates": [
            {"facets": {"path_match": "facets.*", "mapping": {"type": "keyword"}}},
            {"order": {"path_match": "order.*", "mapping": {"type": "double"}}},
        ],
        "properties": {
            **dict.fromkeys(("name", "tags", "body", "sound", "starts"), WORDS),
            "id": {"type": "keyword"}, "place": {"type": "geo_point"}, "lon": {"type": "double"}, "lat": {"type": "double"},
            "facets": {"type": "object", "dynamic": True}, "order": {"type": "object", "dynamic": True},
            "document": {"type": "object", "enabled": False},
        },
    }


def vector_field(space: Space) -> str:
    """The field of vectors of a length and an encoder: another encoder's vectors lie beside, never among them."""
    return f"vector_{space.dims}_{blake2b(space.encoder.encode(), digest_size=4).hexdigest()}"


def vector_mapping(space: Space) -> dict[str, Any]:
    """Vectors in a graph, kept in 8 bits for the search; the nearest are judged again by their full values."""
    return {vector_field(space): {"type": "dense_vector", "dims": space.dims, "similarity": "cosine", "index": True,
                                 "index_options": {"type": "int8_hnsw"}}}


def source_of(document: Document, vector: Vectors | None, space: Space, vocabulary: SearchVocabulary) -> dict[str, Any]:
    """What is sent for a document; space: that of the vector."""
    found: dict[str, Any] = {
        **fields_of(document, vocabulary), "id": document.id, "facets": facets_of(document), "order": document.order,
        "document": {field.name: getattr(document, field.name) for field in fields(document)},
    }
    if document.lon is not None and document.lat is not None:
        found |= {"lon": document.lon, "lat": document.lat, "place": {"lon": document.lon, "lat": document.lat}}
    if vector is not None:
        found[vector_field(space)] = [round(float(value), 6) for value in vector]
    return found


def document_of(source: Mapping[str, Any]) -> Document:
    """The document that a body was made from."""
    raw = dict(source["document"])
    for name in ("texts", "facets"):
        raw[name] = {key: tuple(lines) for key, lines in raw[name].items()}
    return Document(**raw)
