"""Figures per unit: a line per agency, under a sum per level of government, and the sum of all."""

from collections.abc import Iterator, Mapping

from schemas.selection import By
from serving.kpis import kpi_rows
from serving.reports.setting import ORDER, ROMAN, Setting
from serving.reports.table import Cell, Line, columns, share

COLUMNS = columns(
    ("", ("TT", "Cơ quan, đơn vị")),
    ("Hồ sơ TTHC", ("Tiếp nhận",)),
    ("Hồ sơ TTHC đã giải quyết", ("Tổng số", "Trước và đúng hạn", "Tỷ lệ", "Trễ hạn")),
    ("Hồ sơ TTHC đang giải quyết", ("Tổng số", "Quá hạn")),
    ("Khảo sát hài lòng", ("Số phiếu", "Hài lòng")),
    ("Văn bản điện tử", ("Phát hành", "Ký số", "Tỷ lệ")),
    ("Phản ánh, kiến nghị", ("Đến hạn hoặc đã trả lời", "Trả lời đúng hạn")),
)
READ = {
    "received": ("online_dossier_rate", "denominator"),
    "ended": ("on_time_rate", "denominator"),
    "on_time": ("on_time_rate", "numerator"),
    "late": ("apology_rate", "denominator"),
    "pending": ("dossiers_pending", "numerator"),
    "overdue": ("dossiers_overdue", "numerator"),
    "rated": ("satisfaction_rate", "denominator"),
    "satisfied": ("satisfaction_rate", "numerator"),
    "issued": ("document_signed_rate", "denominator"),
    "signed": ("document_signed_rate", "numerator"),
    "asked": ("feedback_on_time_rate", "denominator"),
    "answered": ("feedback_on_time_rate", "numerator"),
}
"""Each number, the figure of the catalogue that has it, and on which side."""

Numbers = dict[str, int]


def by_unit(setting: Setting) -> dict[str, Numbers]:
    """The numbers of each agency in the scope that has any; '' for what states no agency."""
    names = tuple(dict.fromkeys(figure for figure, _ in READ.values()))
    found: dict[str, Numbers] = {}
    rows = kpi_rows(
        *(setting.catalogue, setting.counts, setting.period, setting.now),
        scope=setting.scope,
        by=By.AGENCY,
        names=names,
    )
    for row in rows:
        ours = found.setdefault(row.key or "", dict.fromkeys(READ, 0))
        for name, (figure, side) in READ.items():
            if figure == row.kpi:
                ours[name] = int(getattr(row, side) or 0)
    return found


def lines(setting: Setting, units: Mapping[str, Numbers]) -> Iterator[Line]:
    """By level, the sum first, then the agencies by their codes; last the sum of all."""
    levels = [level for level in ORDER if any(setting.level(code) == level for code in units)]
    for roman, level in zip(ROMAN, levels, strict=False):
        ours = {code: n for code, n in sorted(units.items()) if setting.level(code) == level}
        yield Line((roman, level, *cells(summed(ours))), strong=True)
        for number, (code, n) in enumerate(ours.items(), 1):
            yield Line((str(number), setting.named(code), *cells(n)))
    yield Line(("", "Tổng cộng", *cells(summed(units))), strong=True)


def summed(units: Mapping[str, Numbers]) -> Numbers:
    """The numbers of several agencies together."""
    return {name: sum(n[name] for n in units.values()) for name in READ}


def cells(n: Numbers) -> tuple[Cell, ...]:
    """The columns after the name."""
    return (
        *(n["received"], n["ended"], n["on_time"], share(n["on_time"], n["ended"]), n["late"]),
        *(n["pending"], n["overdue"], n["rated"], n["satisfied"]),
        *(n["issued"], n["signed"], share(n["signed"], n["issued"]), n["asked"], n["answered"]),
    )
