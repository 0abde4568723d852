"""Accounts: organisations with their members, persons, experts, and how they sign in."""
