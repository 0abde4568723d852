"""Statistics: published indicators and counts over the rows."""
