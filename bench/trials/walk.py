"""Random walks through the order's life, 2,000 by default: no rule breaks, every event is reached."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from ground import verdict

WALK = Path(__file__).resolve().parents[2] / "tests" / "orders" / "test_walk.py"


def walks(count: int) -> tuple[bool, str]:
    """Runs the walk's own test with some examples on SQLite: does it pass, and its last line."""
    words = ["-m", "pytest", "-q", str(WALK), "-k", "sqlite or reached", "-p", "no:cacheprovider"]
    done = subprocess.run([sys.executable, *words], cwd=WALK.parents[2], env={**os.environ, "CAITU_WALKS": str(count)},
                          capture_output=True, text=True)
    return done.returncode == 0, done.stdout.strip().splitlines()[-1]


def main() -> int:
    """Runs the trial; the control walks twice, which cannot reach every event."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    args = parser.parse_args()
    began = time.perf_counter()
    good, said = walks(args.count)
    seconds = round(time.perf_counter() - began)
    reached, _ = walks(2)
    return verdict(f"{args.count} random walks, SQLite", {
        "no rule breaks, every event of the table is reached": (said, "2 passed", good),
        "seconds (120 for 2,000 on a free machine)": (seconds, "reported", True),
        "control of 2 walks: events are missing": (not reached, "True", not reached),
    })


if __name__ == "__main__":
    sys.exit(main())
