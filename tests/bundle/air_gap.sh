#!/bin/sh
# From an unpacked bundle to a passing `doctor` in a network namespace with no route; to be run under `unshare -n`.
# Arguments: the bundle's folder, an empty folder, a Python of the bundle's version.
set -eu
bundle=$1 work=$2 python=$3
here=127.0.0.1:9092 store=$work/data/store
step() { printf '\n=== %s\n' "$*"; }
children=
end() {
    for child in $children; do kill "$child" 2>/dev/null || :; done
    wait
}
trap end EXIT

step "A network with nobody in it"
ip link set lo up
ip -brief address
[ -z "$(ip route)" ] || { echo "there is a route: $(ip route)" >&2; exit 1; }

step "Install"
sh "$bundle/install.sh" --prefix "$work/opt" --etc "$work/etc" --data "$work/data" --units "$work/units" --python "$python"
PATH=$work/opt/bin:$work/opt/venv/bin:$PATH
export PATH
cd "$work"

step "Kafka"
"$work/opt/kafka/run.sh" "$work/etc/kafka.properties" >kafka.log 2>&1 &
kafka=$!
children=$kafka
until python -c 'import socket; socket.create_connection(("127.0.0.1", 9092), 1).close()' 2>/dev/null; do
    kill -0 "$kafka" || { cat kafka.log >&2; exit 1; }
    sleep 1
done
echo "Kafka listens on $here"

step "Events"
python -m sources.nga_nam --scramble >all.ndjson
head -n 20000 all.ndjson >events.ndjson
reform-pulse send events.ndjson

step "A worker"
reform-pulse worker --store "$store" >worker.log 2>&1 &
worker=$!
children="$kafka $worker"
until reform-pulse doctor --store "$store" --kafka "$here" | grep "lag: no events wait"; do
    kill -0 "$worker" || { cat worker.log >&2; exit 1; }
    sleep 1
done
kill -TERM "$worker"
wait "$worker"
children=$kafka

step "Doctor"
reform-pulse verify --store "$store" --metrics verify.prom 2>/dev/null
reform-pulse kpis --store "$store" --period 2022-Q3 --kpi on_time_rate --kpi document_signed_rate
reform-pulse doctor --store "$store" --kafka "$here" --verified verify.prom
