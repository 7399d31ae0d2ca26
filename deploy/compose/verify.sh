#!/bin/sh
# Recounts everything from the original events, with the workers stopped; for a timer of the night. Prometheus gets
# the verdict. Ends with 1 when anything differs.
set -u
cd "$(dirname "$0")"
workers=$(docker compose ps --services | grep '^worker')
docker compose stop $workers
docker compose run --rm tools verify --clickhouse http://reform_pulse@clickhouse:8123/default \
    --metrics /var/lib/reform-pulse/metrics/verify.prom
verdict=$?
docker compose start $workers
exit $verdict
