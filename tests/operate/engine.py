"""Statements for a store by a process of its own, as an administrator gives them to a server.

`python -m tests.operate.engine STORE BACKUPS STATEMENT...`; backups may be written to and read from BACKUPS.
"""

import subprocess
import sys
from pathlib import Path

import clickhouse_connect


def administer(store: Path, backups: Path, *statements: str) -> str:
    """Run the statements; what they answer."""
    command = [sys.executable, "-m", "tests.operate.engine", str(store), str(backups), *statements]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> None:
    """Open the store as the program does, but with a folder for backups."""
    store, backups, *statements = sys.argv[1:]
    client = clickhouse_connect.get_client(
        interface="chdb", path=store, chdb_options={"backups.allowed_path": backups}
    )
    for statement in statements:
        print(client.query(statement).result_rows)
    client.close()


if __name__ == "__main__":
    main()
