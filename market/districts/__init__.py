"""Districts: the sixteen of Shanghai."""
