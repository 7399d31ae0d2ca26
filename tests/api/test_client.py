"""A client that a generator makes from the OpenAPI document asks and reads; the generator has its own env."""

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.api.test_figures import QUARTER, get

GENERATOR = "openapi-python-client==0.29.1"
ASK = """
import json, sys
from made import Client
from made.api.query import dossiers, explain, kpis, rankings
from made.models import By, Which

client = Client(base_url=sys.argv[1], raise_on_unexpected_status=True)
page = kpis.sync(client=client, period="2022-Q3", kpi=["on_time_rate"], by=By.AGENCY)
listed = dossiers.sync(client=client, period="2022-Q3", kpi="on_time_rate", which=Which.MISSING)
why = explain.sync(client=client, period="2022-Q3", kpi="on_time_rate")
best = rankings.sync(client=client, period="2022-Q3", kpi="on_time_rate", minimum=1)
wrong = kpis.sync_detailed(client=client, period="2022-Q5")
print(json.dumps({
    "values": {row.agency: row.value for row in page.rows},
    "listed": [row["subject"] for row in listed.rows],
    "basis": why.figure.basis,
    "first": best.rows[0].rank,
    "wrong": [int(wrong.status_code), json.loads(wrong.content)["type"]],
}))
"""


def run(*command: object) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.long
def test_a_generated_client_asks_and_reads(client: httpx.Client, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", GENERATOR)
    document = tmp_path / "openapi.json"
    document.write_text(client.get("/openapi.json").text, encoding="utf-8")
    made = tmp_path / "made"
    run(
        python.with_name("openapi-python-client"),
        *("generate", "--meta", "none", "--path", document, "--output-path", made),
    )
    (tmp_path / "ask.py").write_text(ASK, encoding="utf-8")
    told = json.loads(run(python, tmp_path / "ask.py", client.base_url))
    rows = get(client, "kpis", kpi="on_time_rate", by="agency", **QUARTER).json()["rows"]
    missing = get(client, "dossiers", kpi="on_time_rate", which="missing", **QUARTER).json()["rows"]
    assert told["values"] == {row["agency"]: row["value"] for row in rows}
    assert told["listed"] == [row["subject"] for row in missing]
    assert told["basis"] == "Thông tư 01/2020/TT-VPCP, Biểu II.06"
    assert told["first"] == 1
    assert told["wrong"] == [400, "/problems/bad-request"]
