"""The command `report`, on a real store."""

import io
import json

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from serving.reports.kinds import REPORTS
from sinks.clickhouse.reference import load as load_reference
from streams.cli.main import app
from tests.naive import fill
from tests.reports.places import CATALOGUE, dossier, reference
from tests.stores import emptied


@pytest.fixture(scope="module")
def directory():
    store = emptied()
    load_reference(store.client, reference())
    right = dossier(1, received_at="07-01", due_at="07-08", ended_at="07-15", outcome="granted")
    wrong = dossier(2, received_at="08-10", due_at="08-18", ended_at="08-01", outcome="granted")
    fill(store, CATALOGUE, [json.dumps(event).encode() for event in (right, wrong)])
    return store.client.path


def run(directory, *arguments):
    options = ("--store", directory, "--now", "2023-01-01T00:00:00+07:00")
    return CliRunner().invoke(app, ["report", *arguments, *map(str, options)])


def test_markdown_on_standard_output(directory):
    done = run(directory, "II.06", "--period", "2022-07", "--agency", "H51.18")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "Đơn vị báo cáo: Thị xã Ngã Năm" in done.stdout
    assert (
        "|  | **Tổng cộng** | **1** | **0** | **1** | **0** | **1** | **0** | **0** | **1** |" in done.stdout
    )


def test_a_file(directory, tmp_path):
    file = tmp_path / "form.xlsx"
    done = run(directory, "II.06", "--period", "2022-07-admin", "--output", str(file))
    assert done.exit_code == 0
    assert "3 = 7 + 11: đúng / holds" in done.stdout
    (sheet,) = load_workbook(io.BytesIO(file.read_bytes()))
    assert [c.value for c in sheet["A"][:6]][-1] == (
        "Kỳ báo cáo tháng 07/2022, từ ngày 15/06/2022 đến ngày 14/07/2022"
    )


def test_what_does_not_fit_together_ends_with_1(directory):
    done = run(directory, "II.06", "--period", "2022-08")
    assert done.exit_code == 1
    assert "3 = 4 + 5 + 6: SAI / FAILS" in done.stdout


def test_the_list():
    done = CliRunner().invoke(app, ["report", "--list"])
    assert [line.split()[0] for line in done.stdout.splitlines()] == [*REPORTS]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("II.08", "--period", "2022-07"), "`II.08` is none of II.06, II.07b, quarterly, monthly"),
        (("II.06", "--period", "2022-07", "--output", "x.pdf"), "must end with .md, .xlsx, .docx"),
        (("II.06",), "say which period"),
        (("II.06", "--period", "2024-07"), "begins on 01/07/2024: nothing to report yet"),
    ],
)
def test_wrong_use(directory, arguments, said):
    done = run(directory, *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
