"""Measures rankings against graded answers."""
