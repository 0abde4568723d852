"""Webapp: people: pages, errors and commands."""
