"""The way to ClickHouse: the embedded engine (chDB) over a directory, or a server; the same client after.

Embedded: one process per directory, one directory per process, and never fork after the first connect
(spawn). A client serialises its calls, so each thread has its own (`Clients`).
"""

import logging
import os
import pwd
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, ProgrammingError
from urllib3.exceptions import HTTPError

from streams.checkpoint import StoreError

SETTINGS: dict[str, Any] = {
    # The default acknowledges an insert before it is written.
    "async_insert": 0,
    # One checkpoint may hold events of more years than the default of 100 partitions allows.
    "max_partitions_per_insert_block": 0,
    # Readers merge anyway (FINAL); merging each insert by itself first costs four times the insert.
    "optimize_on_insert": 0,
    # Loading a shard is bound by the processor, not by the network.
    "output_format_arrow_compression_method": "none",
    # The default; loader.py would lose states without it, so an engine that lacks it must refuse.
    "enable_shared_storage_snapshot_in_query": 1,
}
SERVER_SETTINGS: dict[str, Any] = SETTINGS | {
    # Without it an error in the middle of a result comes as part of the result.
    "wait_end_of_query": 1,
}
CLUSTER_SETTINGS: dict[str, Any] = {
    # Acknowledged is what a majority of the replicas has: losing one of them loses nothing.
    "insert_quorum": "auto",
    # The engines merge what comes twice. By itself a replicated table takes no block a second time within the
    # hour, so that a block written again after its rows were deleted would be left out without an error.
    "deduplicate_insert": "disable",
    "deduplicate_insert_select": "disable",
}
LONGEST_CAUSE = 400

# What goes wrong is said by StoreError; their own words on it would be more lines beside ours.
for library in ("clickhouse_connect", "urllib3"):
    logging.getLogger(library).setLevel(logging.CRITICAL)


def connect(
    store: Path | None = None,
    url: str | None = None,
    password: str = "",
    timeout: float = 30.0,
    ca: Path | None = None,
    cluster: str = "",
) -> Client:
    """Connect to the embedded engine in directory `store`, or to the server at `url`.

    url: `http(s)://user@host:port/database`; port 8123 (8443 with https), user and database `default` when
    left out; a user who only reads needs `readonly = 2`, which lets settings pass. timeout: seconds until a
    request to a server is given up. ca: PEM file of who signs the certificate of an https server.
    cluster: name of that which the server is a replica of; empty: of none. Blocks; raises StoreError.
    """
    if (store is None) == (url is None):
        raise StoreError("name either a store directory or the URL of a ClickHouse server")
    return _embedded(store) if store is not None else _server(url or "", password, timeout, ca, cluster)


def _embedded(store: Path) -> Client:
    try:
        import chdb  # noqa: F401 - 290 MB, only for those who use it
    except ImportError:
        raise StoreError(
            "the embedded ClickHouse is not installed: pip install 'reform-pulse[embedded]'"
        ) from None
    try:
        store.mkdir(parents=True, exist_ok=True)
        _heed_owner(store)
        return clickhouse_connect.get_client(interface="chdb", path=str(store), settings=SETTINGS)
    except ProgrammingError as error:
        raise StoreError(_why_closed(store, error)) from error
    except (ClickHouseError, OSError) as error:
        raise StoreError(f"cannot open the store {store}: {_cause(error)}") from error


def _heed_owner(store: Path) -> None:
    """Keep root out of another user's store: even questions write there what that user cannot change."""
    if os.geteuid() != 0:
        return
    owner = store.stat().st_uid
    with tempfile.TemporaryFile(dir=store) as ours:  # some file systems give every file one owner
        if os.fstat(ours.fileno()).st_uid == owner:
            return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"#{owner}"
    raise StoreError(
        f"the store {store} belongs to user {name}, who could not change what root writes there: "
        f"run this as that user, `sudo -u '{name}' ...`"
    )


def _why_closed(store: Path, error: Exception) -> str:
    other = re.search(r"already initialized with path '([^']*)'", str(error))
    if other:
        return f"cannot open the store {store}: this process already uses {other[1]}, and may use only one"
    holder = _holder(store)
    if "EmbeddedServer" in str(error) and holder:
        return (
            f"the store {store} is in use by process {holder}, and only one process may open it: ask the "
            "HTTP API of the running `reform-pulse up`, or stop that process first"
        )
    return f"cannot open the store {store}: {_cause(error)}"


def _holder(store: Path) -> str:
    """The process that the engine's own lock file names."""
    try:
        found = re.search(r"PID: (\d+)", (store / "status").read_text(encoding="utf-8"))
    except OSError:
        return ""
    return found[1] if found and Path("/proc", found[1]).exists() else ""


def _server(url: str, password: str, timeout: float, ca: Path | None, cluster: str) -> Client:
    try:
        parts = urlsplit(url)
        port = parts.port or (8443 if parts.scheme == "https" else 8123)
    except ValueError:  # which would repeat what may be a piece of a password
        raise StoreError("the address of ClickHouse is none: http(s)://user@host:port/db") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise StoreError(
            f"`{parts.scheme}://{parts.hostname or ''}` is no ClickHouse URL: http(s)://user@host:port/db"
        )
    if parts.password:
        raise StoreError(
            "the address of ClickHouse has a password in it, where process lists and logs show it: "
            "leave it out, and set REFORM_PULSE_CLICKHOUSE_PASSWORD"
        )
    if ca is not None and not ca.is_file():
        raise StoreError(f"setting `clickhouse_ca` names {ca}, and there is no such file")
    with trouble("connect"):
        return clickhouse_connect.get_client(
            interface=parts.scheme,
            host=parts.hostname,
            port=port,
            username=unquote(parts.username or "default"),
            password=password,
            database=parts.path.strip("/") or "default",
            connect_timeout=timeout,
            send_receive_timeout=timeout,
            ca_cert=str(ca) if ca else None,
            # A session would stay locked by a request that was given up, and refuse its repetition.
            autogenerate_session_id=False,
            settings=SERVER_SETTINGS | (_replicated(timeout) if cluster else {}),
        )


def _replicated(timeout: float) -> dict[str, Any]:
    # The server must not wait for other replicas longer than we wait for it.
    return CLUSTER_SETTINGS | {"insert_quorum_timeout": int(timeout * 1000)}


@contextmanager
def trouble(action: str) -> Iterator[None]:
    """Turn what the client raises into StoreError: "ClickHouse could not <action>: <cause>"."""
    try:
        yield
    except (ClickHouseError, HTTPError, OSError) as error:
        raise StoreError(f"ClickHouse could not {action}: {_cause(error)}") from error


def _cause(error: Exception) -> str:
    """The first line, without the rest of a long message, which may quote data; the same each time."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    if "CERTIFICATE_VERIFY_FAILED" in first:
        return (
            "its certificate must name its address, and be signed by an authority that setting "
            f"`clickhouse_ca` names: {first[first.find('CERTIFICATE_VERIFY_FAILED') :][:LONGEST_CAUSE]}"
        )
    return re.sub(r"/?\?query_id=[0-9a-f-]+", "/", first)[:LONGEST_CAUSE]


class Clients:
    """One client per thread, opened when a thread first asks; all closed together."""

    def __init__(self, open_client: Callable[[], Client]) -> None:
        self._open = open_client
        self._own = threading.local()
        self._all: list[Client] = []
        self._lock = threading.Lock()

    def here(self) -> Client:
        """The calling thread's client; raises StoreError when it cannot be opened."""
        client: Client | None = getattr(self._own, "client", None)
        if client is None:
            client = self._own.client = self._open()
            with self._lock:
                self._all.append(client)
        return client

    def close(self) -> None:
        """Close every client; afterwards a process may open another embedded store."""
        with self._lock:
            opened, self._all = self._all, []
        self._own = threading.local()
        for client in opened:
            client.close()
