"""Biểu II.07b, fourteen columns: procedures by level, and those offered at one-stop desks (domain, 9.2).

What an agency has authority over (3-6) is what the loaded procedures say is handled at its level, those
without a level everywhere. What is done at its desk (7-10) are the services it offers. No source states the
internal processes (11-14): they stay open. A sum counts a procedure once at each level.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from schemas.catalogue import Term
from schemas.instant import midnight
from schemas.selection import By
from serving.question import Question
from serving.reports.setting import LEVELS, ORDER, UNKNOWN_LEVEL, Setting
from serving.reports.table import Cell, Check, Line, Report, Table, columns
from serving.side import Side
from serving.totals import Totals

BY_LEVEL = ("Cấp tỉnh", "Cấp huyện", "Cấp xã")
COLUMNS = columns(
    ("", ("TT", "Đơn vị")),
    ("TTHC thuộc thẩm quyền giải quyết", ("Tổng số", *BY_LEVEL)),
    (
        "TTHC thực hiện theo CCMC, MCLT",
        ("Tổng số", "Tại BPMC cấp tỉnh", "Tại BPMC cấp huyện", "Tại BPMC cấp xã"),
    ),
    ("Quy trình nội bộ được ban hành", ("Tổng số", *BY_LEVEL)),
)
NOTES = (
    "Dòng tổng cộng đếm mỗi thủ tục một lần ở mỗi cấp.",
    "Cột (11)–(14): chưa có nguồn dữ liệu về quy trình nội bộ.",
)
OFFERED = ("services_offered", "-services_withdrawn")
KNOWN = "TTHC đang cung cấp đều có trong danh mục / services offered are in the list of procedures"

Pairs = set[tuple[str, str]]
"""Level and procedure."""


def procedures(setting: Setting) -> Report:
    """The form for an agency, as of the end of a period."""
    offered = _offered(setting)
    listed = _listed(setting)
    units = sorted({*_agencies(setting), *offered}, key=lambda code: (ORDER.index(setting.level(code)), code))
    lines, broken = [], []
    authority: Pairs = set()
    desks: Pairs = set()
    for number, code in enumerate(units, 1):
        level, services = setting.level(code), offered.get(code, set())
        own, desk = {(level, p) for p in listed(level)}, {(level, p) for p in services}
        if unknown := {p for _, p in desk - own}:
            broken.append(f"{setting.named(code)}: {', '.join(sorted(unknown)[:5])}")
        lines.append(_line(str(number), setting.named(code), own, desk))
        authority, desks = authority | own, desks | desk
    lines.append(_line("", "Tổng cộng", authority, desks, strong=True))
    return Report(
        form="Biểu số II.07b/VPCP/KSTT",
        title="SỐ LƯỢNG TTHC THEO CẤP GIẢI QUYẾT VÀ THỰC HIỆN THEO CƠ CHẾ MỘT CỬA, MỘT CỬA LIÊN THÔNG",
        subtitle="Administrative procedures by level, and those offered at one-stop desks",
        reporter=setting.reporter,
        period=setting.heading,
        unit="Số TTHC",
        tables=(Table("", COLUMNS, tuple(lines)),),
        notes=(*NOTES, *setting.notes),
        checks=(Check(KNOWN, tuple(broken)),),
    )


def _offered(setting: Setting) -> dict[str, set[str]]:
    """The procedures that each agency offers at the end of the period."""
    side = Side(tuple(Term.parse(name) for name in OFFERED), True, per=(By.AGENCY,))
    as_of = min(midnight(setting.period.end), setting.now)
    question = Question(setting.period, as_of, setting.scope, By.PROCEDURE)
    totals = Totals.gathered(setting.catalogue, question, setting.counts, [side])
    found: dict[str, set[str]] = defaultdict(set)
    for (procedure, agency), value in totals.of(side).items():
        if value > 0:
            found[agency].add(procedure)
    return found


def _listed(setting: Setting) -> Callable[[str], Collection[str]]:
    """The procedures in force that are handled at a level of government."""
    day = setting.last_day
    rows = [row for row in setting.reference.procedures if row.holds(day)]

    def at(level: str) -> set[str]:
        return {row.code for row in rows if row.handled_at is None or LEVELS.get(row.handled_at) == level}

    return at


def _agencies(setting: Setting) -> Iterable[str]:
    """The agencies of the tree that are in the scope on the last day."""
    day, top = setting.last_day, setting.agency
    below = {
        branch.descendant
        for branch in setting.reference.tree.branches
        if branch.ancestor == top and branch.valid_from <= day < branch.valid_to
    }
    rows = setting.reference.agencies
    alive = (row.code for row in rows if row.holds(day))
    return [code for code in alive if top is None or code in below]


def _line(number: str, name: str, own: Pairs, desk: Pairs, *, strong: bool = False) -> Line:
    nobody: tuple[Cell, ...] = (None, None, None, None)
    return Line((number, name, *_counted(own), *_counted(desk), *nobody), strong)


def _counted(pairs: Pairs) -> tuple[Cell, ...]:
    """In total and by level; what has no level is in the total alone."""
    by_level = [sum(level == each for level, _ in pairs) for each in BY_LEVEL]
    return (sum(by_level) + sum(level == UNKNOWN_LEVEL for level, _ in pairs), *by_level)
