"""The facets of a document: its own, and those that ranking needs besides."""

from __future__ import annotations

from collections.abc import Mapping

from index.documents import Document

UNLISTED = "D"  # a firm of this grade of credit comes after all others
FEW = 2  # values of a firm that specialises


def facets_of(document: Document) -> Mapping[str, tuple[str, ...]]:
    """Own facets; `kind`; `main_X` for the first value and `focus_X` where there are few; `serves` for the
    regions where a firm works; `itself` for a park's own name;
    `listed` where its credit is better than the lowest grade."""
    own = document.facets
    found = {**own, "kind": (document.kind,)}
    for name in ("service", "industry"):
        values = own.get(name, ())
        if values:
            found[f"main_{name}"] = values[:1]
            if len(values) <= FEW:
                found[f"focus_{name}"] = values
    if document.texts.get("regions"):
        found["serves"] = document.texts["regions"]
    if document.kind == "park":
        found["itself"] = (document.title,)
    if UNLISTED not in own.get("grade", ()):
        found["listed"] = ("yes",)
    return found
