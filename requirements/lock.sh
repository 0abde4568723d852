#!/bin/sh
# Writes the lock files anew: hashes for every package, no address of any index.
set -eu
flags="--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet"
cd "$(dirname "$0")/.."
for name in tools node; do
  uv pip compile $flags "requirements/$name.in" -o "requirements/$name.lock"
done
uv pip compile $flags pyproject.toml -o requirements/caitu.lock
# The CPU build of torch comes from another index with other hashes: the same lock without torch and CUDA.
without=""
for package in $(sed -nE 's/^(torch|triton|nvidia-[a-z0-9-]+|cuda-[a-z]+)==.*/\1/p' requirements/caitu.lock | sort -u); do
  without="$without --no-emit-package $package"
done
uv pip compile $flags pyproject.toml -c requirements/caitu.lock $without -o requirements/caitu-cpu.lock
uv pip compile $flags pyproject.toml --extra test -c requirements/caitu.lock -o requirements/test.lock
uv pip compile $flags pyproject.toml --extra test -c requirements/caitu.lock $without -o requirements/test-cpu.lock
