"""What all tests share: brokers, the rule that nothing may be skipped in CI, reproducible property tests."""

import os
from collections.abc import Generator, Iterator
from typing import TypeVar

import pytest
from confluent_kafka import KafkaException
from hypothesis import settings

from streams.broker import Broker
from tests.brokers import ApacheKafka, missing

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
NO_SKIP = "REFORM_PULSE_NO_SKIP"
# Folders whose tests run real processes, the slowest first.
SLOW = ("faults", "e2e", "operate", "security", "alerts", "deploy", "docs", "gateway", "transport")

# The same examples everywhere, and no deadline: a busy machine is no failure.
# `--hypothesis-profile=explore` looks for new ones.
settings.register_profile("ci", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, max_examples=2_000)
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long`: the long versions of some tests, instead of the short ones."""
    parser.addoption("--long", action="store_true", help="run only the tests marked `long`")


def pytest_configure(config: pytest.Config) -> None:
    """Declare our markers."""
    config.addinivalue_line("markers", "embedded_cannot(reason): strict xfail on the embedded broker")
    config.addinivalue_line("markers", "long: takes minutes; runs with --long, and only then")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: tests with real processes wait a third of the time."""
    return (os.cpu_count() or 1) * 3 // 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose by length and put the slow files first, so that no core is idle while the last of them runs.

    And turn `embedded_cannot` into a strict xfail.

    The day the broker learns what it cannot, the test says so.
    """
    long = [item for item in items if item.get_closest_marker("long")]
    short = [item for item in items if item not in long]
    chosen, left = (long, short) if config.getoption("--long") else (short, long)
    items[:] = sorted(chosen, key=_place)
    config.hook.pytest_deselected(items=left)
    for item in items:
        marker = item.get_closest_marker("embedded_cannot")
        call = getattr(item, "callspec", None)
        if marker and call and call.params.get("broker") == "embedded":
            failures = (AssertionError, KafkaException)  # a test that is broken itself stays broken
            item.add_marker(pytest.mark.xfail(strict=True, raises=failures, reason=marker.args[0]))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test where everything must run."""
    report = yield
    return _no_skip(report)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Fail a file that skips itself where everything must run."""
    report = yield
    return _no_skip(report)


def _place(item: pytest.Item) -> int:
    folder = item.path.parent.name
    return SLOW.index(folder) if folder in SLOW else len(SLOW)


def _no_skip(report: Report) -> Report:
    if report.outcome == "skipped" and not hasattr(report, "wasxfail") and os.environ.get(NO_SKIP) == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped although {NO_SKIP}=1: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def embedded_broker() -> Iterator[Broker]:
    """Give the embedded broker, one for the whole run: choose names of topics and groups that are yours."""
    with Broker() as broker:
        yield broker


@pytest.fixture(scope="session")
def apache_kafka() -> Iterator[ApacheKafka]:
    """Give a real Apache Kafka, one for the whole run; skips where Java or Maven is missing."""
    if reason := missing():
        pytest.skip(reason)
    with ApacheKafka() as broker:
        yield broker


@pytest.fixture(scope="session", params=["embedded", "kafka"])
def broker(request: pytest.FixtureRequest) -> Broker | ApacheKafka:
    """Give each of the two brokers in turn; both have `bootstrap`."""
    name = {"embedded": "embedded_broker", "kafka": "apache_kafka"}[request.param]
    found: Broker | ApacheKafka = request.getfixturevalue(name)
    return found


@pytest.fixture(scope="session")
def best_broker(request: pytest.FixtureRequest) -> Broker | ApacheKafka:
    """Give a real Apache Kafka where it can run, else the embedded broker: for tests that take their time."""
    found: Broker | ApacheKafka = request.getfixturevalue("embedded_broker" if missing() else "apache_kafka")
    return found
