"""A process of its own whose embedded engine takes Replicated tables: `python -m tests.sinks.replicated DIR`.

Reads a JSON list of statements from stdin and writes, for each, its answer or its error. The engine brings a
Keeper for tests, and runs neither the tasks of replicas (their tables can be made, exchanged and dropped,
but not written) nor statements on a cluster.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import chdb

CONFIG = """
<clickhouse>
    <zookeeper><implementation>testkeeper</implementation></zookeeper>
    <macros><shard>1</shard><replica>clickhouse</replica></macros>
</clickhouse>
"""


def main() -> None:
    """Run them all."""
    folder = Path(sys.argv[1])
    (folder / "config.xml").write_text(CONFIG, encoding="utf-8")
    place = f"{folder}/store?config-file={folder}/config.xml"
    engine: Any = chdb.connect(place)  # type: ignore[no-untyped-call]
    for statement in json.load(sys.stdin):
        try:
            said = str(engine.query(statement)).strip()
        except RuntimeError as error:
            said = f"error: {error}"
        print(json.dumps(said), flush=True)
    os._exit(0)  # replicas without their tasks never finish shutting down


if __name__ == "__main__":
    main()
