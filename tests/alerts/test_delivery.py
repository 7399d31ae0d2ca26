"""The whole way: events, a real worker, a real Prometheus, a real Alertmanager, and the notification.

One agency's online rate falls against its own last four weeks; a second one's does not. Then it recovers.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from schemas.catalogue import load
from serving.alerts.files import rule_files, write
from serving.alerts.rule import Options
from streams.broker import Broker
from streams.cli.drilling.monitors import query, running
from streams.cli.drilling.webhook import Webhook
from tests.alerts.tools import need, until
from tests.e2e.kafka import Log
from tests.e2e.metrics import free_port
from tests.e2e.program import Program

ROOT = Path(__file__).parents[2]
FALLS, STAYS = "H51.18.02", "H51.18.05"
TITLE = f"Tỷ lệ hồ sơ nộp trực tuyến của {FALLS} giảm so với bốn tuần trước"
SERIAL = count(1)
PROMETHEUS = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [rules/*.yml]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{alertmanager}"]}}]}}]}}
scrape_configs:
- {{job_name: reform-pulse, static_configs: [{{targets: ["127.0.0.1:{worker}"]}}]}}
"""


def received(agency: str, number: int, online: int, ago: timedelta) -> Iterator[dict[str, object]]:
    """So many dossiers, of which so many online, one a second from so long ago on."""
    begin = datetime.now(UTC) - ago
    for place in range(number):
        serial = next(SERIAL)
        yield {
            "specversion": "1.0",
            "id": f"d{serial}",
            "source": "/h51/one-stop",
            "type": "vn.reform.dossier.received.v1",
            "subject": f"H51.18-260101-{serial:04}",
            "time": (begin + timedelta(seconds=place)).isoformat(),
            "data": {
                "agency": agency,
                "procedure": "1.004946",
                "channel": "online" if place < online else "counter",
                "service_level": "full",
            },
        }


class Stage:
    """Everything running; `send` lets things happen."""

    def __init__(self, program: Program, folder: Path, ports: list[int], webhook: Webhook) -> None:
        self._program, self._folder = program, folder
        self.webhook, self.prometheus = webhook, ports[0]

    def send(self, *events: Iterator[dict[str, object]]) -> None:
        file = self._folder / f"events-{next(SERIAL)}.ndjson"
        file.write_text("".join(json.dumps(event) + "\n" for group in events for event in group))
        self._program.run("send", file)

    def dossiers(self, agency: str, number: int) -> None:
        """Wait until Prometheus knows so many dossiers of today."""
        asked = f'reform_pulse:kpi:denominator{{kpi="online_dossier_rate",agency="{agency}",window="24h"}}'
        until(
            lambda: [float(r["value"][1]) for r in query(self.prometheus, asked)] == [number],
            lambda: (query(self.prometheus, asked), query(self.prometheus, "up")),
        )


@pytest.fixture
def stage(embedded_broker: Broker, tmp_path: Path) -> Iterator[Stage]:
    prometheus, alertmanager = need("prometheus", "prometheus-alertmanager")
    log = Log(embedded_broker.bootstrap, "alerts")
    log.clear()
    ports = [free_port() for _ in range(3)]
    config = (ROOT / "deploy" / "alertmanager" / "alertmanager.yml").read_text(encoding="utf-8")
    for patience, quick in (
        ("group_wait: 30s", "group_wait: 1s"),
        ("group_interval: 5m", "group_interval: 1s"),
    ):
        config = config.replace(patience, quick)
    write(tmp_path / "rules", rule_files(load(), options=Options(interval="1s", hold="0s")))
    (tmp_path / "prometheus.yml").write_text(PROMETHEUS.format(alertmanager=ports[1], worker=ports[2]))
    with ExitStack() as stack:
        webhook = stack.enter_context(Webhook())
        (tmp_path / "alertmanager.yml").write_text(config.replace("http://127.0.0.1:9099", webhook.url))
        program = Program(tmp_path, kafka=log.bootstrap, group=log.group)
        stack.callback(program.close)
        program.start("worker", "--store", "store", metrics_port=ports[2], gauge_seconds=0.5)
        for name, words in (
            ("alertmanager", (alertmanager, "--cluster.listen-address=", f"--storage.path={tmp_path}/am")),
            ("prometheus", (prometheus, f"--storage.tsdb.path={tmp_path}/tsdb")),
        ):
            port = ports[0] if name == "prometheus" else ports[1]
            config_file = f"--config.file={tmp_path / name}.yml"
            listen = f"--web.listen-address=127.0.0.1:{port}"
            stack.enter_context(running(tmp_path / f"{name}.log", *words, config_file, listen))
        yield Stage(program, tmp_path, ports, webhook)


def test_a_falling_rate_is_told_in_vietnamese(stage: Stage) -> None:
    weeks = timedelta(days=10)
    stage.send(received(FALLS, 300, 240, weeks), received(STAYS, 300, 240, weeks))
    stage.send(received(FALLS, 20, 16, timedelta(minutes=5)), received(STAYS, 20, 16, timedelta(minutes=5)))
    stage.dossiers(FALLS, 20)
    assert not stage.webhook.of("KpiFallen", "firing")

    stage.send(received(FALLS, 60, 3, timedelta(minutes=5)))
    until(lambda: stage.webhook.of("KpiFallen", "firing", agency=FALLS), lambda: stage.webhook.got)
    told = stage.webhook.of("KpiFallen", "firing", kpi="online_dossier_rate")
    assert {path for path, _ in told} <= {"/agency/H51.18", "/office"}
    alert = told[0][1]
    assert alert["annotations"]["summary"] == TITLE
    assert "trong 24 giờ qua của cơ quan H51.18.02 là 23.75%" in alert["annotations"]["description"]
    assert alert["annotations"]["runbook_url"] == "docs/runbooks/kpi-fallen.md"
    assert {a["labels"]["agency"] for _, a in told} == {FALLS}

    stage.send(received(FALLS, 400, 400, timedelta(minutes=10)))
    until(
        lambda: stage.webhook.of("KpiFallen", "resolved", agency=FALLS, kpi="online_dossier_rate"),
        lambda: stage.webhook.got,
    )
    assert not stage.webhook.of("KpiFallen", "firing", agency=STAYS)
