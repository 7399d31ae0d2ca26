#!/bin/sh
# Starts one Kafka node: its properties, a formatted disk with a user for each role, then the broker itself.
# KAFKA_NODE: single or broker-N; KAFKA_CLUSTER_ID: made by prepare.sh, the same for all nodes, for ever.
set -eu
folder=${KAFKA_PROPERTIES:-/etc/reform-pulse}
secrets=${KAFKA_SECRETS:-/run/secrets}
bin=${KAFKA_HOME:-/opt/kafka}/bin
properties=$(mktemp)
cat "$folder/server.properties" "$folder/$KAFKA_NODE.properties" "$folder/security.properties" > "$properties"
# Passwords go by a file, since everybody on the machine sees command lines; and the output, in which the tool says
# what is kept of them, goes nowhere.
users=$(mktemp)
for role in admin worker gateway; do
    printf '%s\n' --add-scram "SCRAM-SHA-512=[name=$role,password=$(cat "$secrets/kafka_${role}_password")]"
done > "$users"
"$bin/kafka-storage.sh" format --ignore-formatted --cluster-id "$KAFKA_CLUSTER_ID" --config "$properties" "@$users" \
    > /dev/null
rm "$users"
# Kafka's own files of logs would fill /tmp, which is memory: all goes to the container's output.
export KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=$folder/log4j2.properties" KAFKA_GC_LOG_OPTS=" "
exec "$bin/kafka-server-start.sh" "$properties"
