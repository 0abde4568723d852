"""Policies: what authorities published for the trade."""
