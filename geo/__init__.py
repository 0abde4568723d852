"""Geo: places: coordinates, districts, boundaries, clusters and the drawn map."""
