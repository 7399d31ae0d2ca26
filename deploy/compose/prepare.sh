#!/bin/sh
# Makes the secrets of an installation: ./prepare.sh [HOST NAME]. Run it again at any time: it leaves alone what is
# there, so to change one, delete its file, run this, and restart what uses it. Needs openssl.
set -eu
cd "$(dirname "$0")"
site=${1:-$(sed -n 's/^SITE=//p' .env 2>/dev/null)}
site=${site:-localhost}
mkdir -p secrets
chmod 700 secrets

# make NAME COMMAND...: what the command prints becomes the file, if there is none.
make() {
    name=secrets/$1
    shift
    [ -s "$name" ] && return 0
    "$@" > "$name.new"
    # The folder keeps others out; inside a container each user sees only the files that it is given.
    chmod 444 "$name.new"
    mv "$name.new" "$name"
    echo "made $name"
}
hashes() {
    for user in admin worker api reader; do
        hash=$(printf %s "$(cat "secrets/clickhouse_${user}_password")" | openssl dgst -sha256 -r | cut -d' ' -f1)
        echo "REFORM_PULSE_$(echo "$user" | tr '[:lower:]' '[:upper:]')_SHA256=$hash"
    done
}
certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj "/CN=$site" \
        -addext "subjectAltName=DNS:$site" -keyout secrets/tls_key.new -out /dev/stdout 2>/dev/null
    chmod 444 secrets/tls_key.new
    mv secrets/tls_key.new secrets/tls_key
}
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=reform-pulse Kafka" \
        -keyout secrets/kafka_ca_key.new -out /dev/stdout 2>/dev/null
    mv secrets/kafka_ca_key.new secrets/kafka_ca_key
}
# The nodes' key and certificate in one file. CN=kafka is the user that the nodes are to each other.
node() {
    names=DNS:kafka,DNS:kafka-2,DNS:kafka-3,DNS:localhost,IP:127.0.0.1
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=kafka" \
        -keyout secrets/key.new -out secrets/request.new 2>/dev/null
    cat secrets/key.new
    echo "subjectAltName=$names" > secrets/names.new
    openssl x509 -req -in secrets/request.new -CA secrets/kafka_ca -CAkey secrets/kafka_ca_key -days 3650 -sha256 \
        -set_serial "0x$(openssl rand -hex 8)" -extfile secrets/names.new 2>/dev/null
    rm secrets/key.new secrets/request.new secrets/names.new
}
cluster() { echo "KAFKA_CLUSTER_ID=A$(openssl rand -base64 16 | tr '+/' '-_' | cut -c2-22)"; }

for user in admin worker api reader; do
    make "clickhouse_${user}_password" openssl rand -hex 24
done
make grafana_admin_password openssl rand -hex 12
make reform_pulse_pseudonym_keys sh -c 'echo "first=$(openssl rand -hex 32)"'
make clickhouse.env hashes
make kafka.env cluster
for role in admin worker gateway; do
    make "kafka_${role}_password" openssl rand -hex 24
done
make kafka_ca authority
make kafka_node node
make tls_certificate certificate
grep -qs '^SITE=' .env || echo "SITE=$site" >> .env
