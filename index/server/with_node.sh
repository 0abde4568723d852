#!/usr/bin/env bash
# with_node.sh COMMAND ...: runs a command with TEST_INDEX_URL pointing at a node of its own, which ends with it.
# Builds the server first (into var/elasticsearch, once). Without JDK 21 or Maven it says so and runs the command without a
# node; with CAITU_REQUIRE_ALL=1 it fails instead. A TEST_INDEX_URL that is set already is used as it is.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=${ES_HOME:-$here/../../var/elasticsearch}
if [ -n "${TEST_INDEX_URL:-}" ]; then exec "$@"; fi
if ! "$here/build.sh" "$home"; then
  [ "${CAITU_REQUIRE_ALL:-}" != 1 ] || exit 2
  exec "$@"
fi
home=$(cd "$home" && pwd)
data=$(mktemp -d)
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
http=$(free_port)
JVM=${JVM:--XX:TieredStopAtLevel=1 -XX:+UseSerialGC} "$here/node.sh" "$home" test "$http" "$(free_port)" "$data" \
  discovery.type=single-node > "$data/out" 2>&1 &
node=$!
stop() { kill "$node" 2>/dev/null || true; wait "$node" 2>/dev/null || true; rm -rf "$data"; }
trap stop EXIT
for _ in $(seq 120); do
  grep -q ES_STARTED "$data/out" 2>/dev/null && break
  kill -0 "$node" 2>/dev/null || { tail -n 20 "$data/out" >&2; echo "with_node.sh: the node did not start" >&2; exit 3; }
  sleep 0.5
done
export TEST_INDEX_URL="elasticsearch+http://127.0.0.1:$http"
"$@"
