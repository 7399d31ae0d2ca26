"""The catalogue of metrics is complete, and its page is up to date."""

from pathlib import Path

from prometheus_client import REGISTRY

from streams import meter, metrics
from streams.metrics_doc import metrics_page
from streams.shard import Shard
from streams.verdict import write_verdict

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == metrics_page(), "run `make docs`"


def test_all_that_is_exported_is_declared() -> None:
    exported = {
        family.name: family for family in REGISTRY.collect() if family.name.startswith("reform_pulse")
    }
    assert exported
    for name, family in exported.items():
        declared = metrics.CATALOGUE[name]
        assert (family.type, family.documentation) == (declared.kind.value, declared.meaning)


def test_every_metric_says_what_it_means() -> None:
    for metric in metrics.CATALOGUE.values():
        assert metric.meaning.endswith("."), metric.name
        assert metric.unit, metric.name


def test_lag_of_shards_that_are_no_longer_ours_goes_away() -> None:
    def lag(partition: str) -> float | None:
        return REGISTRY.get_sample_value("reform_pulse_lag", {"topic": "t", "partition": partition})

    meter.show_lags({Shard("t", 0): 3, Shard("t", 1): 4})
    assert (lag("0"), lag("1")) == (3, 4)
    meter.show_lags({Shard("t", 1): 0})
    assert (lag("0"), lag("1")) == (None, 0)


def test_the_verdict_of_verify_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "reform_pulse.prom"
    write_verdict(file, 3, lambda: 1_700_000_000_000_000)
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert lines == ["reform_pulse_verified_time 1.7e+09", "reform_pulse_verify_differences 3.0"]
    assert list(tmp_path.iterdir()) == [file]
