"""Events at a rate, and in step with the clock, with a clock of the test's own."""

from datetime import datetime, timedelta

import polars as pl

from sources.simulator.pace import at_rate, in_step

NOON = datetime(2026, 3, 2, 12)  # noqa: DTZ001 - wall clock of Vietnam


class Clock:
    def __init__(self):
        self.passed = 0.0

    def sleep(self, seconds):
        assert seconds > 0
        self.passed += seconds

    def monotonic(self):
        return self.passed

    def now(self):
        return NOON + timedelta(seconds=self.passed)


def tables(*offsets):
    at = [NOON + timedelta(seconds=second) for second in offsets]
    return [pl.DataFrame({"at": at[:2], "line": ["a", "b"]}), pl.DataFrame({"at": at[2:], "line": ["c"]})]


def test_no_more_than_the_rate():
    clock, many = Clock(), pl.DataFrame({"line": ["x"] * 1_000})
    out = [(clock.passed, batch.height) for batch in at_rate([many], 100, clock.monotonic, clock.sleep)]
    assert sum(height for _, height in out) == 1_000
    assert 9.5 <= clock.passed <= 10
    for place, (moment, _) in enumerate(out):
        assert sum(height for _, height in out[:place]) <= 100 * moment + 1e-6


def test_each_at_its_time():
    clock, out = Clock(), []
    for batch in in_step(tables(-60, 5, 7.5), clock.now, clock.sleep):
        out += [(line, clock.passed) for line in batch["line"]]
    assert [line for line, _ in out] == ["a", "b", "c"]
    assert [round(moment, 1) for _, moment in out] == [0.0, 5.0, 7.5]
