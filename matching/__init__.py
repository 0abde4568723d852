"""Matching: pairs institutions with talent orders: constraints, signals, ranking, encoders."""
