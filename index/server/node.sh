#!/usr/bin/env bash
# node.sh HOME NAME HTTP_PORT TRANSPORT_PORT DATA [setting=value ...]: one node on 127.0.0.1 in the foreground; prints
# ES_STARTED when it serves, ends on SIGTERM. HEAP=512m and JVM (more options) may be set; HOME is what build.sh made.
set -euo pipefail
home=$1 name=$2 http=$3 transport=$4 data=$5
shift 5
java_home=$("$(dirname "$0")/jdk.sh")
mkdir -p "$data/logs" "$data/tmp"
# shellcheck disable=SC2086
exec "$java_home/bin/java" -Xms${HEAP:-512m} -Xmx${HEAP:-512m} ${JVM:--XX:+UseSerialGC} -Djava.io.tmpdir="$data/tmp" \
  -Dlog4j2.disable.jmx=true -Des.nativelibs.path="$data/none" --add-modules=jdk.incubator.vector \
  --enable-native-access=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED -cp "$home/classes:$home/lib/*" EsLauncher \
  path.home="$home/home" path.data="$data" path.logs="$data/logs" node.name="$name" cluster.name="${CLUSTER:-caitu}" \
  network.host=127.0.0.1 http.port="$http" transport.port="$transport" "$@"
