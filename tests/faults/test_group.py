"""Workers that come, go, are lost, or stand still for longer than their session."""

import signal

import pytest

from tests.brokers import missing
from tests.clickhouse_front import Fault, Front
from tests.e2e import feed, metrics
from tests.e2e.kafka import Log
from tests.e2e.program import Program, Running

SHARDS = 20


def test_three_workers_one_leaves_and_one_is_lost(program: Program, log: Log, front: Front) -> None:
    events = feed.slice_of(40)
    parts = [events[number::4] for number in range(4)]
    ports = [metrics.free_port() for _ in range(3)]

    def start(port: int) -> Running:
        return program.start("worker", "--clickhouse", front.url, metrics_port=port)

    def held(*by: int) -> bool:
        """Whether these have all shards among them, each some."""
        shards = [metrics.total(port, "reform_pulse_shards") for port in by]
        return sum(shards) == SHARDS and all(shards)

    def sent(number: int) -> int:
        return sum(len(part) for part in parts[:number])

    log.send(parts[0])
    first = start(ports[0])
    first.until(lambda: held(ports[0]))
    second, third = map(start, ports[1:])
    log.send(parts[1])
    first.until(lambda: held(*ports))
    assert third.stop(signal.SIGKILL) == -signal.SIGKILL
    log.send(parts[2])
    first.until(lambda: held(*ports[:2]) and log.done() == sent(3))
    assert first.stop() == 0
    log.send(parts[3])
    second.until(log.beyond(len(events) - 1))
    assert second.stop() == 0
    feed.check(program, ("--clickhouse", front.url), events)


def test_a_worker_stopped_past_its_session_in_the_middle_of_a_write(
    program: Program, log: Log, front: Front
) -> None:
    """It goes on as a zombie: the insert that it was in is repeated when another owns its shards."""
    events = feed.slice_of(40)
    parts = [events[number::3] for number in range(3)]
    words = ("worker", "--clickhouse", front.url)
    zombie = program.start(*words)
    log.send(parts[0])
    zombie.until(log.beyond(len(parts[0]) - 1))

    front.fail(Fault.HANG, only="INSERT INTO counts_hourly")
    log.send(parts[1])
    zombie.until(lambda: front.met[Fault.HANG] > 0)
    zombie.process.send_signal(signal.SIGSTOP)
    other = program.start(*words)
    other.until(log.beyond(len(parts[0] + parts[1]) - 1))
    written = len(front.executed)
    zombie.process.send_signal(signal.SIGCONT)
    front.heal()
    zombie.until(lambda: any("INSERT INTO counts_hourly" in each for each in front.executed[written:]))

    log.send(parts[2])
    other.until(log.beyond(len(events) - 1))
    assert zombie.stop() == 0, zombie.output
    assert other.stop() == 0
    feed.check(program, words[1:], events)


def test_a_worker_with_a_name_is_restarted_and_the_other_never_stops(
    program: Program, log: Log, front: Front
) -> None:
    """Static membership. The embedded broker has none; its groups would be assigned anew."""
    if missing():
        pytest.skip(f"static membership: {missing()}")
    events = feed.slice_of(200)
    ports = [metrics.free_port() for _ in range(2)]

    def start(number: int) -> Running:
        named = {"group_instance": f"worker-{number}", "session_timeout": 30.0}
        return program.start("worker", "--clickhouse", front.url, metrics_port=ports[number], **named)

    def shards(number: int) -> set[str]:
        return set(metrics.samples(ports[number], "reform_pulse_lag"))

    def apart() -> bool:
        return len(shards(0)) == len(shards(1)) == SHARDS // 2 and not shards(0) & shards(1)

    first, second = start(0), start(1)
    log.send(events[::2])
    first.until(lambda: log.done() == len(events[::2]) and apart())
    its = shards(0)
    loaded = metrics.total(ports[1], "reform_pulse_last_checkpoint_time")
    assert first.stop() == 0
    first = start(0)
    first.until(lambda: shards(0) == its)
    assert metrics.total(ports[1], "reform_pulse_last_checkpoint_time") == loaded, "it was assigned anew"
    log.send(events[1::2])
    first.until(lambda: log.done() == len(events))
    assert (first.stop(), second.stop()) == (0, 0)
    feed.check(program, ("--clickhouse", front.url), events)
