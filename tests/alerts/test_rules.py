"""The rules: generated files up to date, unit tests by promtool, a runbook for each, known measures only."""

import re
import subprocess
from datetime import date
from pathlib import Path

import pytest

from schemas.catalogue import load
from schemas.reference.calendar import RULE_A, CalendarDay, DayKind
from serving.alerts.__main__ import FOLDER, calendar
from serving.alerts.files import alerts, rule_files, write
from serving.alerts.rule import Options
from streams import metrics
from streams.cli.drilling.drills import DRILLS
from tests.alerts.tools import need

ROOT = Path(__file__).parents[2]
TESTS = sorted((ROOT / "deploy" / "prometheus" / "tests").glob("*.yml"))
ALERTMANAGER = ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
CATALOGUE = load()
NAMES = sorted({alert.name for alert in alerts(CATALOGUE)})


def run(*words: object) -> str:
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", [path.name for path in sorted(FOLDER.glob("*.yml"))])
def test_the_rule_files_are_up_to_date(name: str) -> None:
    reference = calendar()
    files = rule_files(CATALOGUE, reference.calendar, reference.hours or RULE_A)
    assert (FOLDER / name).read_text(encoding="utf-8") == files[name], "run `python -m serving.alerts`"
    assert set(files) == {path.name for path in FOLDER.glob("*.yml")}


@pytest.mark.parametrize("file", TESTS, ids=lambda path: path.stem)
def test_by_promtool(file: Path) -> None:
    (promtool,) = need("promtool")
    assert "SUCCESS" in run(promtool, "test", "rules", file)


@pytest.mark.parametrize("name", NAMES)
def test_each_alert_is_seen_to_fire_and_not_to(name: str) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in TESTS)
    found = re.findall(rf"alertname: {name}\n +exp_alerts:(?: (\[\])|\n)", text)
    assert "" in found, "never fires"
    assert found.count("[]") >= 2, "must be seen before it fires and after"


@pytest.mark.parametrize("alert", alerts(CATALOGUE), ids=lambda a: f"{a.name}-{a.labels.get('kpi', '')}")
def test_each_alert_has_a_runbook_and_speaks_vietnamese(alert) -> None:
    text = (ROOT / "docs" / "runbooks" / alert.runbook).read_text(encoding="utf-8")
    assert alert.name in text
    headings = ("## Nghĩa là gì", "## Kiểm tra", "## Cần làm", "## Diễn tập", "## In English")
    assert [heading for heading in headings if heading not in text] == []
    assert f"$ reform-pulse drill {alert.name}\n" in text
    assert re.search("[ạ-ỹ]", alert.title)
    assert re.search("[ạ-ỹ]", alert.vi)


def test_each_alert_has_a_drill() -> None:
    assert set(DRILLS) == set(NAMES)


def test_rules_use_only_what_is_exported() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yml"))
    samples = {metric.sample for metric in metrics.CATALOGUE.values()}
    assert set(re.findall(r"reform_pulse_[a-z_]+", re.sub(r"name: \w+", "", text))) <= samples
    measures = {name for m in re.findall(r'measure=~?"([a-z_|]+)"', text) for name in m.split("|")}
    assert measures <= set(CATALOGUE.measures)


def test_rules_use_only_stocks_of_the_catalogue() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yml"))
    assert set(re.findall(r'stock="([a-z_0-9]+)"', text)) <= {stock.name for stock in CATALOGUE.stocks}


def test_holidays_and_make_up_days_are_data(tmp_path: Path) -> None:
    (promtool,) = need("promtool")
    days = [
        CalendarDay(day=date(1970, 1, 2), kind=DayKind.OFF),
        CalendarDay(day=date(1970, 1, 3), kind=DayKind.MAKEUP),
    ]
    write(tmp_path, rule_files(CATALOGUE, days))
    checks = "".join(
        f"  - {{expr: 'reform_pulse:working', eval_time: {hours}h, "
        f"exp_samples: [{{labels: 'reform_pulse:working', value: {value}}}]}}\n"
        for hours, value in ((1, 1), (25, 0), (49, 1), (73, 0))
    )
    test = tmp_path / "test.yml"
    test.write_text(f"rule_files: [working_time.yml]\ntests:\n- promql_expr_test:\n{checks}")
    assert "SUCCESS" in run(promtool, "test", "rules", test)


def test_the_configurations_are_valid(tmp_path: Path) -> None:
    promtool, amtool = need("promtool", "amtool")
    run(promtool, "check", "config", ROOT / "deploy" / "prometheus" / "prometheus.yml")
    run(amtool, "check-config", ALERTMANAGER)
    write(tmp_path, rule_files(CATALOGUE, options=Options(hold="0s", interval="1s")))
    run(promtool, "check", "rules", *tmp_path.glob("*.yml"))


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        (("alertname=KpiFallen", "severity=warning", "team=business", "agency=H51.19"), "office"),
        (("alertname=KpiFallen", "team=business", "agency=H51.18.02"), "agency-h51-18,office"),
        (("alertname=KpiFallen", "team=business", "agency=H51.180"), "office"),
        (("alertname=DossiersDueSoon", "severity=info", "agency=H51.18"), "agency-h51-18,office"),
        (("alertname=NoWorker", "severity=critical", "team=technical"), "operators"),
    ],
)
def test_routes(labels: tuple[str, ...], receivers: str) -> None:
    (amtool,) = need("amtool")
    said = run(amtool, "config", "routes", "test", "--config.file", ALERTMANAGER, *labels)
    assert said.split()[-1] == receivers
