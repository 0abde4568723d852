#!/usr/bin/env bash
# jdk.sh: prints the home of a JDK of 21 or newer (JAVA21_HOME, JAVA_HOME, java on PATH, or below /usr/lib/jvm).
set -euo pipefail
on_path=$(command -v javac 2>/dev/null || true)
[ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
for home in "${JAVA21_HOME:-}" "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/*; do
  [ -x "$home/bin/javac" ] || continue
  major=$("$home/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  if [ "${major:-0}" -ge 21 ]; then echo "$home"; exit 0; fi
done
echo "jdk.sh: no JDK of 21 or newer; install one (Debian: openjdk-21-jdk-headless) or set JAVA21_HOME" >&2
exit 2
