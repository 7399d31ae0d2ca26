"""Biểu II.06, thirteen columns: how dossiers were handled, by level and field (domain, section 9.1).

The columns 5, 9 and 12 are what remains (`handled_numbers`), so 7 = 8+9+10 and 11 = 12+13 can only break by a
negative number, which is looked for too. 3 = 4+5+6 breaks where dossiers ended before they were received,
3 = 7+11 where the stored flows do not fit together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from serving.reports.handled_numbers import Numbers, Places, numbers
from serving.reports.setting import ORDER, ROMAN, Setting
from serving.reports.table import Check, Line, Report, Table, columns
from serving.written import count

COLUMNS = columns(
    ("", ("TT", "Lĩnh vực, công việc giải quyết theo cấp")),
    ("Số hồ sơ nhận giải quyết", ("Tổng số",)),
    ("Số hồ sơ nhận giải quyết – Trong kỳ", ("Trực tuyến", "Trực tiếp, dịch vụ bưu chính")),
    ("Số hồ sơ nhận giải quyết", ("Từ kỳ trước",)),
    ("Số hồ sơ đã giải quyết", ("Tổng số", "Trước hạn", "Đúng hạn", "Quá hạn")),
    ("Số hồ sơ đang giải quyết", ("Tổng số", "Trong hạn", "Quá hạn")),
)
NOTES = (
    "Cột (9) bao gồm cả hồ sơ trả lại hoặc xin rút, và hồ sơ không có hạn trả.",
    "Cột (12) bao gồm cả hồ sơ chờ bổ sung và hồ sơ khác chưa quá hạn.",
)

RULES: Mapping[str, Callable[[Numbers], bool]] = {
    "3 = 4 + 5 + 6": lambda n: n[3] == n[4] + n[5] + n[6],
    "7 = 8 + 9 + 10": lambda n: n[7] == n[8] + n[9] + n[10],
    "11 = 12 + 13": lambda n: n[11] == n[12] + n[13],
    "3 = 7 + 11": lambda n: n[3] == n[7] + n[11],
    "không số nào âm / nothing negative": lambda n: min(n.values()) >= 0,
}


def handled(setting: Setting) -> Report:
    """The form for an agency and a period."""
    lines = list(_lines(numbers(setting)))
    return Report(
        form="Biểu số II.06/VPCP/KSTT",
        title="TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC TẠI CƠ QUAN, ĐƠN VỊ TRỰC TIẾP GIẢI QUYẾT TTHC",
        subtitle="Dossiers of administrative procedures: received, handled, pending",
        reporter=setting.reporter,
        period=setting.heading,
        unit="Số hồ sơ TTHC",
        tables=(Table("", COLUMNS, tuple(lines)),),
        notes=(*NOTES, *setting.notes),
        checks=tuple(checks(lines)),
    )


def checks(lines: Iterable[Line]) -> Iterator[Check]:
    """The form's identities over all lines."""
    found = [(line.cells[1], dict(enumerate(_whole(line), 3))) for line in lines]
    for rule, holds in RULES.items():
        yield Check(rule, tuple(f"{name}: {_told(n)}" for name, n in found if not holds(n)))


def _whole(line: Line) -> list[int]:
    return [cell for cell in line.cells[2:] if isinstance(cell, int)]


def _told(n: Numbers) -> str:
    return ", ".join(f"({column}) {count(value)}" for column, value in n.items())


def _lines(found: Places) -> Iterator[Line]:
    levels = [level for level in ORDER if any(place[0] == level for place in found)]
    for roman, level in zip(ROMAN, levels, strict=False):
        ours = {field: n for (of, field), n in sorted(found.items()) if of == level}
        yield _line(roman, level, _sum(ours.values()), strong=True)
        for number, (field, n) in enumerate(ours.items(), 1):
            yield _line(str(number), field or "Không rõ lĩnh vực", n)
    yield _line("", "Tổng cộng", _sum(found.values()), strong=True)


def _line(number: str, name: str, n: Numbers, *, strong: bool = False) -> Line:
    return Line((number, name, *(n[column] for column in range(3, 14))), strong)


def _sum(several: Iterable[Numbers]) -> Numbers:
    total = dict.fromkeys(range(3, 14), 0)
    for n in several:
        for column, value in n.items():
            total[column] += value
    return total
