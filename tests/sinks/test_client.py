"""Connecting: what goes wrong says what to do."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sinks.clickhouse.client import connect
from sinks.clickhouse.store import ClickHouseStore
from streams.checkpoint import StoreError
from tests.stores import embedded

OPEN = """
import sys
from pathlib import Path
from sinks.clickhouse.client import connect
from streams.checkpoint import StoreError
try:
    connect(store=Path(sys.argv[1]))
except StoreError as error:
    print(error)
"""


def test_a_directory_in_use_names_who_uses_it_and_how_to_ask() -> None:
    shared: Any = embedded().client
    said = subprocess.run(
        [sys.executable, "-c", OPEN, shared.path], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert "in use by process" in said
    assert "HTTP API" in said


def test_a_second_directory_in_one_process(tmp_path: Path) -> None:
    assert embedded().client
    with pytest.raises(StoreError, match="this process already uses"):
        connect(store=tmp_path)


def test_a_directory_that_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "store"
    file.touch()
    with pytest.raises(StoreError, match="cannot open the store"):
        connect(store=file)


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can open what belongs to others; run the tests as root"
)
def test_root_keeps_out_of_the_store_of_another_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 10001, 10001)
    with pytest.raises(
        StoreError, match=r"belongs to user #10001, .* run this as that user, `sudo -u '#10001'"
    ):
        connect(store=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "chdb", None)
    with pytest.raises(StoreError, match=r"pip install 'reform-pulse\[embedded\]'"):
        connect(store=tmp_path)


@pytest.mark.parametrize("url", ["http://user:hush/h@host:1", "http://host:99999", "http://[hush/db"])
def test_no_address(url: str) -> None:
    with pytest.raises(StoreError, match=r"the address of ClickHouse is none: http\(s\)://user") as refused:
        connect(url=url)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("url", ["127.0.0.1:8123", "clickhouse://host", "http://", ""])
def test_no_url(url: str) -> None:
    with pytest.raises(StoreError, match="is no ClickHouse URL"):
        connect(url=url)


def test_a_password_in_a_wrong_url_is_not_repeated() -> None:
    with pytest.raises(StoreError) as caught:
        connect(url="tcp://user:sesame@host:9000/db")
    assert "sesame" not in str(caught.value)


def test_one_or_the_other(tmp_path: Path) -> None:
    for places in ({}, {"store": tmp_path, "url": "http://127.0.0.1"}):
        with pytest.raises(StoreError, match="either a store directory or the URL"):
            connect(**places)  # type: ignore[arg-type]


def test_each_thread_has_its_client(store: ClickHouseStore) -> None:
    def mine(_: int) -> tuple[int, bool]:
        client = store.client
        return id(client), client is store.client

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(mine, range(12)))
    assert all(same for _, same in found)
    assert id(store.client) not in {number for number, _ in found}
