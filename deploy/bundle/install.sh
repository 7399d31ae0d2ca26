#!/bin/sh
# Installs reform-pulse from this folder, without a network. Run again to upgrade: settings and data stay.
set -eu
umask 022 # what is installed is for the services' user, too, whatever root's own habit is

prefix=/opt/reform-pulse etc=/etc/reform-pulse data=/var/lib/reform-pulse units=/etc/systemd/system
python=python3

usage() {
    cat <<END
usage: install.sh [--prefix DIR] [--etc DIR] [--data DIR] [--units DIR|none] [--python FILE]

  --prefix  programs ($prefix)        --etc     settings and secrets ($etc)
  --data    what is written ($data)   --units   systemd units ($units); none: leave them out
  --python  interpreter ($python)
END
}

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
        --help) usage; exit 0 ;;
        --prefix | --etc | --data | --units | --python) [ $# -ge 2 ] || fail "$1 needs a value" ;;
        *) usage >&2; exit 2 ;;
    esac
    case $1 in
        --prefix) prefix=$2 ;;
        --etc) etc=$2 ;;
        --data) data=$2 ;;
        --units) units=$2 ;;
        --python) python=$2 ;;
    esac
    shift 2
done
for folder in "$prefix" "$etc" "$data"; do
    case $folder in
        *[!A-Za-z0-9._/-]*) fail "\`$folder\`: write folders with letters, digits, . _ - and / only" ;;
        /*) ;;
        *) fail "\`$folder\` must begin with /" ;;
    esac
done

here=$(cd "$(dirname "$0")" && pwd)
cd "$here"

# What must be here already, before anything is changed.
wanted=$(cat python-version)
command -v "$python" >/dev/null || fail "there is no $python; on Debian: apt install python3 python3-venv"
found=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
[ "$found" = "$wanted" ] || fail "these wheels are for Python $wanted, $python is $found; name another by --python"
"$python" -c 'import ensurepip, venv' 2>/dev/null || fail "Python's venv is missing; on Debian: apt install python3-venv"
command -v java >/dev/null || echo "install.sh: no java, so the Kafka here cannot run: install Java 17 or newer" >&2
echo "checking the files"
sha256sum --check --quiet SHA256SUMS || fail "the archive is damaged: copy it again"

echo "installing into $prefix"
mkdir -p "$prefix" "$etc/secrets" "$data"
chmod 700 "$etc/secrets"
[ -x "$prefix/venv/bin/python" ] || "$python" -m venv "$prefix/venv"
"$prefix/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-index --find-links wheels \
    --no-deps --require-hashes -r wheels/requirements.txt
rm -rf "$prefix/kafka"
cp -R kafka "$prefix/kafka"

write() { # FROM TO: with the folders put in
    sed -e "s|@PREFIX@|$prefix|g" -e "s|@ETC@|$etc|g" -e "s|@DATA@|$data|g" "$1" >"$2"
}

mkdir -p "$prefix/bin"
write reform-pulse "$prefix/bin/reform-pulse"
chmod 755 "$prefix/bin/reform-pulse"

for file in etc/*; do
    [ -e "$etc/${file#etc/}" ] || write "$file" "$etc/${file#etc/}"
done
for secret in clickhouse_password kafka_password pseudonym_keys oidc_client_secret session_secret; do
    file=$etc/secrets/reform_pulse_$secret
    [ -e "$file" ] || (umask 077 && : >"$file")
done

if [ "$units" != none ]; then
    mkdir -p "$units"
    for file in systemd/*.service systemd/*.timer; do
        write "$file" "$units/${file#systemd/}"
    done
    # Not in /etc/sysusers.d, which many systems do not have.
    write systemd/reform-pulse.sysusers.conf "$prefix/sysusers.conf"
    if [ "$(id -u)" = 0 ] && [ -d /run/systemd/system ]; then
        systemd-sysusers "$prefix/sysusers.conf"
        chown -R reform-pulse: "$data"
        systemctl daemon-reload
    fi
fi

"$prefix/bin/reform-pulse" --help >/dev/null
cat <<END
installed. Next:
  1. settings: $etc/reform-pulse.toml; secrets: $etc/secrets
  2. $prefix/bin/reform-pulse migrate --clickhouse http://127.0.0.1:8123/default
     (after an upgrade, too; not with an embedded store: WORKER_OPTIONS in $etc/worker.env)
  3. systemctl enable --now reform-pulse-kafka reform-pulse-worker@1 reform-pulse-serve reform-pulse-digest.timer
  4. $prefix/bin/reform-pulse doctor
END
