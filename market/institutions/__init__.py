"""Institutions: firms of the trade, real ones with their source and fictitious ones for the demo."""
