"""A steady load on broker, worker and ClickHouse: does the worker grow, and how fresh are the counts?

    python -m bench.soak [--minutes 15] [--rate 5000] [--dossiers 100000] [--warm-up MINUTES]

Apache Kafka where Java is, else the embedded broker; ClickHouse is the embedded engine in this process behind
the HTTP front of the tests; the worker is a process of its own with its default settings. Afterwards
`verify` recounts everything. Prints one JSON document; exit code 1 when something was lost, counted twice, or
left behind.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import clickhouse_connect
import numpy as np

from bench.soak.feed import Feed
from bench.soak.probes import AGENCY, Probes
from bench.soak.sampler import Sample, Sampler, slope
from streams.broker import Broker
from streams.settings import PREFIX
from tests.brokers import ApacheKafka, missing
from tests.clickhouse_front import Front
from tests.e2e import metrics
from tests.stores import embedded

CATCH_UP_SECONDS = 180.0
COUNT = "SELECT sum(value) FROM counts_hourly_current WHERE measure = 'tasks_assigned'"
SHOWN = {"agency": AGENCY, "measure": "tasks_assigned", "window": "24h"}
GROWING = ("mebibytes", "threads", "descriptors", "tasks")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--rate", type=int, default=5_000, help="events a second")
    parser.add_argument("--dossiers", type=int, default=100_000)
    parser.add_argument("--warm-up", type=float, help="minutes left out of the slopes; default: a third")
    chosen = parser.parse_args()
    warm_up = chosen.minutes / 3 if chosen.warm_up is None else chosen.warm_up
    client: Any = embedded().client
    with Broker() if missing() else ApacheKafka() as broker, Front(client.path) as front:
        found = soak(broker.bootstrap, front.url, chosen)
        found["broker"] = type(broker).__name__
        found |= summary(found.pop("samples"), warm_up * 60)
        if not found["left"]:  # a worker that was ended in a checkpoint is repaired by the next one
            found["different"] = verify(front.url)
    print(json.dumps(found, indent=1))
    return int(bool(found["left"] or found["different"]))


def soak(kafka: str, url: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """Run the load; all figures but those of the slopes."""
    port = metrics.free_port()
    asking = clickhouse_connect.get_client(dsn=url)
    probes = Probes(
        kafka,
        clickhouse=(lambda: asking.query(COUNT).result_rows[0][0], 0.05),
        prometheus=(lambda: shown(port), 0.5),
    )
    feed = Feed(kafka, chosen.rate, chosen.dossiers)
    with worker(kafka, url, port) as pid:
        sampler = Sampler(pid, lambda name: metrics.total(port, name))
        parts = (sampler, feed, probes)
        for part in parts:
            part.start()
        begun = time.monotonic()
        time.sleep(chosen.minutes * 60)
        feed.stop()
        rate = feed.sent / (time.monotonic() - begun)
        done = caught_up(port, feed.sent)
        probes.stop()
        sampler.stop()
    return {
        "events": feed.sent,
        "events_per_second": round(rate),
        "dossiers": chosen.dossiers,
        "left": feed.sent - done if done < feed.sent else 0,
        "freshness_seconds": {name: percentiles(found) for name, found in probes.freshness.items()},
        "samples": sampler.samples,
    }


@contextmanager
def worker(kafka: str, url: str, port: int) -> Iterator[int]:
    """A worker that is ready; its process id."""
    names = {"kafka": kafka, "metrics_port": port, "log_level": "WARNING"}
    env = os.environ | {f"{PREFIX}{name.upper()}": str(value) for name, value in names.items()}
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "streams", "worker", "--clickhouse", url]
        process = subprocess.Popen(command, env=env, cwd=folder)
        try:
            while metrics.health(port, "ready")[0] != 200:
                assert process.poll() is None, "the worker ended"
                time.sleep(0.1)
            yield process.pid
        finally:
            process.terminate()
            process.wait()


def caught_up(port: int, sent: int) -> int:
    """Wait until all is folded; returns how many events were, of those and of the probes."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while time.monotonic() < deadline:
        done = metrics.samples(port, "reform_pulse_events_folded_total").get('{topic="reform.dossiers"}', 0)
        if done >= sent and not metrics.total(port, "reform_pulse_pending_events"):
            break
        time.sleep(0.2)
    return int(done)


def shown(port: int) -> float:
    labels = ",".join(f'{name}="{value}"' for name, value in SHOWN.items())
    return metrics.samples(port, "reform_pulse_measure").get(f"{{{labels}}}", 0)


def summary(samples: list[Sample], warm_up: float) -> dict[str, Any]:
    """Slopes and ends after the warm-up."""
    steady = [sample for sample in samples if sample.seconds >= warm_up]
    ends = {name: [getattr(steady[0], name), getattr(steady[-1], name)] for name in GROWING}
    rising = {name: round(slope(steady, name), 3) for name in GROWING}
    return {"first_and_last": ends, "a_minute": rising, "greatest_lag": max(sample.lag for sample in steady)}


def percentiles(seconds: list[float]) -> dict[str, float]:
    p50, p99, most = np.percentile(seconds, [50, 99, 100])
    return {"p50": round(p50, 2), "p99": round(p99, 2), "max": round(most, 2), "probes": len(seconds)}


def verify(url: str) -> int:
    """How many states and cells differ."""
    command = [sys.executable, "-m", "streams", "verify", "--clickhouse", url, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tempfile.gettempdir(), check=False)
    if not done.stdout:
        raise RuntimeError(f"verify: {done.stderr}")
    return int(json.loads(done.stdout)["different"])


if __name__ == "__main__":
    sys.exit(main())
