#!/bin/sh
# Starts one Kafka node: its properties, a formatted disk with a user for each role, then the broker itself.
# KAFKA_NODE: single or broker-N; KAFKA_CLUSTER_ID: made by prepare.sh, the same for all nodes, for ever.
set -eu
folder=${KAFKA_PROPERTIES:-/etc/reform-pulse}
secrets=${KAFKA_SECRETS:-/run/secrets}
bin=${KAFKA_HOME:-/opt/kafka}/bin
properties=$(mktemp)
cat "$folder/server.properties" "$folder/$KAFKA_NODE.properties" "$folder/security.properties" > "$properties"
set --
for role in admin worker gateway; do
    set -- "$@" --add-scram "SCRAM-SHA-512=[name=$role,password=$(cat "$secrets/kafka_${role}_password")]"
done
"$bin/kafka-storage.sh" format --ignore-formatted --cluster-id "$KAFKA_CLUSTER_ID" --config "$properties" "$@"
exec "$bin/kafka-server-start.sh" "$properties"
