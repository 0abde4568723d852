"""Imports: files into rows, with every refused row named."""
