"""Index: finds documents by words, meaning, facets and place; one contract, exchangeable engines."""
