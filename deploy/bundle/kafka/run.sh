#!/bin/sh
# Runs one Kafka node in the foreground: run.sh FILE.properties. Its folder is formatted when it is new.
# KAFKA_HEAP: memory of the JVM, such as "-Xmx4g".
set -eu
here=$(cd "$(dirname "$0")" && pwd)
properties=$1
data=$(sed -n 's/^log\.dirs=//p' "$properties")

kafka() {
    java -Dlog4j2.configurationFile="$here/log4j2.properties" -cp "$here/jars/*" "$@"
}

if [ ! -e "$data/meta.properties" ]; then
    mkdir -p "$data"
    kafka kafka.tools.StorageTool format -t "$(kafka kafka.tools.StorageTool random-uuid)" -c "$properties"
fi
# shellcheck disable=SC2086 # several options
exec java ${KAFKA_HEAP:--Xms256m -Xmx1g} -Dlog4j2.configurationFile="$here/log4j2.properties" \
    -cp "$here/jars/*" kafka.Kafka "$properties"
