"""The figures of a unit's report on administrative reform (domain, section 9.4): per agency, and tasks.

The official statistic annex was not found; the columns are the figures that such reports state, after that
of the town of Ngã Năm for the third quarter of 2022. Reasons, and what is no number, are for the writer.
"""

from collections.abc import Iterator

from schemas.selection import By
from serving.kpis import kpi_rows
from serving.reports.setting import Setting
from serving.reports.table import Check, Line, Report, Table, columns, share
from serving.reports.units import COLUMNS, Numbers, by_unit, lines

TASK_COLUMNS = columns(("", ("TT", "Nhiệm vụ", "Được giao", "Hoàn thành", "Tỷ lệ")))
KINDS = {"plan": "Nhiệm vụ theo kế hoạch cải cách hành chính", "inspection": "Kiểm tra cải cách hành chính"}
ENDED = "Đã giải quyết = trước và đúng hạn + trễ hạn / ended = on time + late"


def quarterly(setting: Setting) -> Report:
    """The figures for an agency and a period."""
    units = by_unit(setting)
    return Report(
        form="Phụ lục số liệu",
        title="SỐ LIỆU BÁO CÁO CẢI CÁCH HÀNH CHÍNH",
        subtitle="Figures of the report on administrative reform, per unit",
        reporter=setting.reporter,
        period=setting.heading,
        unit="",
        tables=(
            Table("Kết quả theo cơ quan, đơn vị", COLUMNS, tuple(lines(setting, units))),
            Table("Nhiệm vụ", TASK_COLUMNS, tuple(_tasks(setting))),
        ),
        notes=setting.notes,
        checks=(ended_adds_up(setting, units),),
    )


def ended_adds_up(setting: Setting, units: dict[str, Numbers]) -> Check:
    """What was ended on time and late is all that was ended, in each unit."""
    broken = (code for code, n in units.items() if n["ended"] != n["on_time"] + n["late"])
    return Check(ENDED, tuple(setting.named(code) for code in broken))


def _tasks(setting: Setting) -> Iterator[Line]:
    """Tasks assigned in the period, by kind, with how many of them are done."""
    rows = kpi_rows(
        *(setting.catalogue, setting.counts, setting.period, setting.now),
        scope=setting.scope,
        by=By.KIND,
        names=("task_done_rate",),
    )
    for number, row in enumerate(rows, 1):
        assigned, done = int(row.denominator or 0), int(row.numerator)
        name = KINDS.get(row.key or "", row.key or "Không rõ loại")
        yield Line((str(number), name, assigned, done, share(done, assigned)))
