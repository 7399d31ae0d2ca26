"""`serve` and `keys` as processes: keys made by command, events in by HTTP, no open door to the world."""

import re
import signal
from collections.abc import Iterator

import httpx
import pytest

from streams.broker import Broker
from tests.e2e.program import Program, Running
from tests.e2e.test_up import children, wait_until_gone
from tests.gateway.door import EVENT, STRUCTURED
from tests.gateway.written import Written

KEYS = ("--keys", "keys.json")


@pytest.fixture
def kafka() -> Iterator[str]:
    """Give a broker of our own: nobody else makes or deletes its topics."""
    with Broker() as broker:
        yield broker.bootstrap


def address(running: Running) -> str:
    """Where it listens."""
    running.until(lambda: "http://" in running.output)
    return re.findall(r"http://\S+", running.output)[0]


def post(place: str, key: str) -> int:
    headers = {"content-type": STRUCTURED, "authorization": f"Bearer {key}"}
    return httpx.post(f"{place}/v1/events", json=EVENT, headers=headers, timeout=60).status_code


def test_keys_by_command_and_events_by_http(alone: Program, kafka: str) -> None:
    made = ("keys", "create", "one-stop", "--source", "/h51", "--agency", "H51", *KEYS)
    rotated = ("keys", "rotate", "one-stop", "--overlap", "12h", *KEYS)
    (old,) = alone.run_all(made)
    served = alone.start("serve", "--only", "gateway", "--port", "0", "--kafka", kafka, *KEYS, partitions=1)
    place, old = address(served), old.strip()
    assert post(place, old) == 202
    new = alone.run(*rotated).strip()
    assert (post(place, old), post(place, new)) == (202, 202)
    listed = alone.run_all(
        ("keys", "revoke", "one-stop", "--key", old.split("_")[1], *KEYS), ("keys", "list", *KEYS)
    )
    assert (post(place, old), post(place, new)) == (401, 202)
    assert listed[1].startswith("one-stop: sender; source /h51; agency H51\n")
    assert new.split("_", 2)[2] not in listed[1]
    assert httpx.get(f"{place}/health").json() == {"status": "ok"}
    written = Written(kafka)
    assert len(written.events()) == 4
    written.close()
    assert served.stop() == 0, served.output
    assert "Traceback" not in served.output


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_up_opens_the_same_door(alone: Program, how: signal.Signals) -> None:
    machine = alone.start("up", "--data", "data", http_port=0)
    place = address(machine).removesuffix("/")
    assert httpx.get(place).headers["content-type"].startswith("text/html")  # the board comes first
    assert post(place, "-") == 202
    machine.until(lambda: "sự kiện/events 1 " in machine.output)
    broker = children(machine)
    assert broker
    assert machine.stop(how) == 0, machine.output
    wait_until_gone(broker)
    assert "Traceback" not in machine.output
    rows = alone.run("kpis", "--store", "data/clickhouse", "--period", "2022-07", "--format", "csv")
    assert re.search(r"online_dossier_rate.*,1,1,1", rows)


WRONG = {
    ("serve", "--host", "0.0.0.0"): "0.0.0.0 can be reached from other machines, and there are no API keys",  # noqa: S104
    ("serve", "--keys", "none.json"): "none.json",
    ("serve", "--port", "0", "--host", "192.0.2.1", *KEYS): "cannot listen on 192.0.2.1",
    ("keys", "list", "--keys", "none.json"): "there is no file none.json; `keys create` makes it",
    ("keys", "list"): "say which file of keys",
    ("keys", "create", "x", *KEYS): "a sender needs --source and --agency",
    ("keys", "create", "x", "--role", "viewer", *KEYS): "say what it may see",
    ("keys", "create", "X Y", "--role", "viewer", "--agency", "*", *KEYS): "name",
    ("keys", "rotate", "two", *KEYS): "there is no client `two`",
    ("keys", "rotate", "one", "--overlap", "soon", *KEYS): "--overlap `soon`: write 30m, 12h or 7d",
    ("keys", "revoke", "one", "--key", "0", *KEYS): "`one` has no key `0`",
}


def test_wrong_use_is_one_line_and_exit_code_2(alone: Program) -> None:
    alone.run_all(("keys", "create", "one", "--role", "viewer", "--agency", "*", *KEYS))
    for (words, message), (code, out, errors) in zip(WRONG.items(), alone.try_all(*WRONG), strict=True):
        assert (code, out, errors.count("\n")) == (2, "", 1), f"{words}: {code}\n{out}\n{errors}"
        assert message in errors, f"{words}: {errors}"
