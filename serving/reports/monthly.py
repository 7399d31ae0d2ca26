"""The report to the chairman: each figure beside the period before and its target, then who fell behind."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.catalogue import Kpi, Stock, Unit
from serving.answer import Asked, answer
from serving.compare import Against, Compared
from serving.figures import choose
from serving.reference import targets_of
from serving.reports.quarterly import ended_adds_up
from serving.reports.setting import Setting
from serving.reports.table import Cell, Line, Percent, Report, Table, columns
from serving.reports.units import COLUMNS, Numbers, by_unit, cells

FIGURES = columns(("", ("TT", "Chỉ tiêu", "Kỳ này", "Kỳ trước", "Mục tiêu", "Đánh giá")))
REACHED = {True: "Đạt", False: "Chưa đạt", None: None}
BEHIND = 10
"""How many agencies are named."""


def monthly(setting: Setting) -> Report:
    """The report for an agency and a period."""
    units = by_unit(setting)
    return Report(
        form="Báo cáo Chủ tịch Ủy ban nhân dân",
        title="TÌNH HÌNH CẢI CÁCH HÀNH CHÍNH",
        subtitle="State of administrative reform, for the chairman",
        reporter=setting.reporter,
        period=setting.heading,
        unit="",
        tables=(
            Table("Chỉ tiêu chính", FIGURES, tuple(_figures(setting))),
            Table(
                "Cơ quan, đơn vị có nhiều hồ sơ quá hạn, trễ hạn nhất",
                COLUMNS,
                tuple(_behind(setting, units)),
            ),
        ),
        notes=setting.notes,
        checks=(ended_adds_up(setting, units),),
    )


def _figures(setting: Setting) -> Iterator[Line]:
    """All ratios and stocks of the catalogue that have a value, in its order."""
    period = setting.period
    figures = {c.name: c.figure for c in choose(setting.catalogue, (), period.last_day)}
    names = tuple(name for name, figure in figures.items() if isinstance(figure, (Kpi, Stock)))
    span = replace(setting.span, period=setting.period)
    asked = Asked(span, setting.now, setting.scope, None, names)
    rows = answer(
        *(setting.catalogue, setting.counts, asked),
        against=(Against.PREVIOUS, Against.TARGET),
        targets=targets_of(setting.reference),
    )
    told = [row for row in rows if isinstance(row, Compared) and row.row.value is not None]
    for number, each in enumerate(told, 1):
        row, before = each.row, each.before
        values = (row.value, before.value if before else None, each.target)
        shown = [_cell(value, row.unit) for value in values]
        yield Line((str(number), figures[row.kpi].vi, *shown, REACHED[each.on_target]))


def _cell(value: float | None, unit: Unit) -> Cell:
    if value is None:
        return None
    return Percent(value) if unit is Unit.PERCENT else int(value)


def _behind(setting: Setting, units: dict[str, Numbers]) -> Iterator[Line]:
    """The agencies with most dossiers overdue or ended late; of equals, by their codes."""
    behind = {code: n for code, n in units.items() if n["overdue"] + n["late"]}
    order = sorted(behind, key=lambda code: (-behind[code]["overdue"] - behind[code]["late"], code))
    for number, code in enumerate(order[:BEHIND], 1):
        yield Line((str(number), setting.named(code), *cells(behind[code])))
