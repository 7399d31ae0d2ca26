#!/bin/sh
# For a timer of the night, soon after midnight in Vietnam: keeps what the board showed of the day that ended, then
# recounts everything from the original events with the workers stopped. Prometheus gets the verdict. Ends with 1 when
# anything failed or differs.
set -u
cd "$(dirname "$0")" || exit 1
docker compose run --rm digest
kept=$?
workers=$(docker compose ps --services | grep '^worker')
if [ -n "$workers" ]; then # without a name, all services would be meant
    # shellcheck disable=SC2064,SC2086 # several words, as they are now
    trap "docker compose start $(echo $workers)" EXIT
    trap 'exit 1' HUP INT TERM # the workers are started again then, too
    # shellcheck disable=SC2086
    docker compose stop $workers
fi
docker compose run --rm tools verify --clickhouse http://reform_pulse_admin@clickhouse:8123/default \
    --metrics /var/lib/reform-pulse/metrics/verify.prom
verdict=$?
[ $kept -eq 0 ] && [ $verdict -eq 0 ]
