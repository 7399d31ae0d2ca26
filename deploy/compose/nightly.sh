#!/bin/sh
# For a timer of the night, soon after midnight in Vietnam: keeps what the board showed of the day that ended, then
# recounts everything from the original events with the workers stopped. Prometheus gets the verdict. Ends with 1 when
# anything failed or differs.
set -u
cd "$(dirname "$0")"
docker compose run --rm tools digest --clickhouse http://reform_pulse_admin@clickhouse:8123/default
kept=$?
workers=$(docker compose ps --services | grep '^worker')
# shellcheck disable=SC2086 # several words, on purpose
docker compose stop $workers
docker compose run --rm tools verify --clickhouse http://reform_pulse_admin@clickhouse:8123/default \
    --metrics /var/lib/reform-pulse/metrics/verify.prom
verdict=$?
# shellcheck disable=SC2086
docker compose start $workers
exit $((kept || verdict))
