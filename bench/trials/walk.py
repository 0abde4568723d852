"""Random walks through the order's life, 2,000 by default: no rule breaks, every event is reached."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import pytest
from hypothesis import settings

WALK = Path(__file__).resolve().parents[2] / "tests" / "orders" / "test_walk.py"


def main() -> int:
    """Runs the walk's own test with more examples, on SQLite."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    args = parser.parse_args()
    settings.register_profile("trial", max_examples=args.count)
    settings.load_profile("trial")
    began = time.perf_counter()
    code = pytest.main([str(WALK), "-q", "-k", "sqlite or reached", "-p", "no:cacheprovider"])
    print(f"{args.count} walks, {time.perf_counter() - began:.0f} s (limit 120 s on a free machine)")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
