#!/bin/sh
# Starts one Kafka node: the properties of all nodes and its own, a formatted disk, then the broker itself.
# KAFKA_NODE: single or broker-N; KAFKA_CLUSTER_ID: made by prepare.sh, the same for all nodes, for ever.
set -eu
properties=$(mktemp)
cat "${KAFKA_PROPERTIES:-/etc/reform-pulse}/server.properties" \
    "${KAFKA_PROPERTIES:-/etc/reform-pulse}/$KAFKA_NODE.properties" > "$properties"
bin=${KAFKA_HOME:-/opt/kafka}/bin
"$bin/kafka-storage.sh" format --ignore-formatted --cluster-id "$KAFKA_CLUSTER_ID" --config "$properties"
exec "$bin/kafka-server-start.sh" "$properties"
