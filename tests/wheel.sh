#!/usr/bin/env bash
# Uses an installed reform-pulse from an empty folder, so that nothing of the source tree helps.
# Arguments: the bin folder of the environment, and the extra it was installed with ("" or "[embedded]").
set -euo pipefail
bin=$1 extra=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

"$bin/reform-pulse" --help >/dev/null
"$bin/python" -m streams --help >/dev/null
echo "reform-pulse --help: good"

# Every module can be imported; those of the embedded engine and broker only where the extra is installed.
"$bin/python" - <<'PYTHON'
import importlib
import pkgutil

packages = [importlib.import_module(name) for name in ("schemas", "streams", "sinks", "sources", "serving")]
names = [found.name for package in packages for found in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(f"{len(names)} modules imported: good")
PYTHON

"$bin/python" -c 'from serving.live.files import files
assert {"index.html", "board.js", "board.css"} <= set(files()); print("files of the board: good")'
[ ! -e "$("$bin/python" -c 'import serving.live; print(serving.live.__path__[0])')/web" ]

if [ "$extra" = "[embedded]" ]; then
    "$bin/python" -c 'from streams.broker import Broker
with Broker() as broker: print("embedded broker on", broker.bootstrap + ": good")'
    "$bin/python" -m sources.nga_nam | sed -n 1,2000p >events.ndjson
    "$bin/reform-pulse" replay events.ndjson --store store
    "$bin/reform-pulse" kpis --store store --period 2022-Q3 --format json >rows.json
    "$bin/reform-pulse" verify --store store 2>/dev/null
fi
