#!/usr/bin/env bash
# build.sh DEST: Elasticsearch from its published jars into DEST, ready for node.sh. Needs Maven, unzip and a JDK of 21 or newer.
# It is the real server with its network module; a small launcher stands in for the distribution's start scripts.
set -euo pipefail
dest=${1:?folder to build into}
here=$(cd "$(dirname "$0")" && pwd)
version=${ES_VERSION:-9.5.3}
[ -f "$dest/ready-$version" ] && exit 0
java_home=$("$here/jdk.sh")
for tool in mvn unzip; do
  command -v "$tool" >/dev/null || { echo "build.sh: $tool is missing; install it (Debian: maven, unzip)" >&2; exit 2; }
done
rm -rf "$dest"
mkdir -p "$dest"
dest=$(cd "$dest" && pwd)  # Maven would read a relative folder from where the pom lies
mkdir -p "$dest"/{lib,classes,classes-root,home/modules/transport-netty4,home/modules/rest-root-lite,home/plugins,home/config}
JAVA_HOME=$java_home mvn -q -B -f "$here/pom.xml" -Des.version="$version" \
  org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$dest/lib"
netty="$dest/home/modules/transport-netty4"
mv "$dest"/lib/transport-netty4-*.jar "$dest"/lib/netty-*.jar "$netty/"
# The descriptor lies inside the jar; without its modulename line the plugin is loaded from the class path, where the server is.
unzip -p "$netty/transport-netty4-$version.jar" META-INF/es-plugins/transport-netty4/plugin-descriptor.properties \
  | grep -v '^modulename=' > "$netty/plugin-descriptor.properties"
"$java_home/bin/javac" -cp "$dest/lib/*" -d "$dest/classes" "$here/EsLauncher.java"
"$java_home/bin/javac" -cp "$dest/lib/*" -d "$dest/classes-root" "$here/RestRootLitePlugin.java"
root="$dest/home/modules/rest-root-lite"
"$java_home/bin/jar" cf "$root/rest-root-lite.jar" -C "$dest/classes-root" .
sed -e 's/^name=.*/name=rest-root-lite/; s/^classname=.*/classname=RestRootLitePlugin/' \
  -e 's/^description=.*/description=GET \/ and the whitespace tokenizer/' \
  "$netty/plugin-descriptor.properties" > "$root/plugin-descriptor.properties"
cp "$here/log4j2.properties" "$dest/home/config/"
touch "$dest/ready-$version"
