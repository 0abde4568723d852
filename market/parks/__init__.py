"""Parks: the trade's parks, talent ports and service points."""
