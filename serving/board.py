"""The live board of a terminal: headline rates per agency, the speed of events, the age of the numbers.

Pure rendering: rows in, one Rich renderable or one plain line out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from serving.row import Row
from serving.written import NOTHING, count, value

HEADLINES = {
    "document_signed_rate": "Ký số\nSigned",
    "online_dossier_rate": "Trực tuyến\nOnline",
    "full_process_dossier_rate": "Toàn trình\nFull-process",
    "online_payment_rate": "TT trực tuyến\nPaid online",
    "on_time_rate": "Đúng hạn\nOn time",
    "dossiers_pending": "Đang giải quyết\nPending",
    "dossiers_overdue": "Quá hạn\nOverdue",
}

STOCKS = ("dossiers_pending", "dossiers_overdue")


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the stream is doing.

    events: folded so far. refused: sent to the dead letters. rate: events per second of late. lag: events in
    Kafka that are not durable yet. age: seconds since the numbers were last brought up to date.
    """

    events: int
    refused: int
    rate: float
    lag: int
    age: float

    def line(self) -> str:
        """One line for people, Vietnamese first."""
        return (
            f"sự kiện/events {count(self.events)} · {count(round(self.rate))}/s · "
            f"từ chối/refused {count(self.refused)} · chờ xử lý/lag {count(self.lag)} · "
            f"cập nhật/updated {self.age:.0f} s"
        )


def board(title: str, pulse: Pulse, rows: Sequence[Row], names: Mapping[str, str]) -> RenderableType:
    """The board: a line about the stream, and a row per agency. `rows` are split by agency."""
    table = Table(title=title, title_justify="left", expand=False)
    table.add_column("Cơ quan\nAgency")
    for heading in HEADLINES.values():
        table.add_column(heading, justify="right")
    for agency, cells in by_agency(rows).items():
        label = names.get(agency, agency) or NOTHING
        table.add_row(label, *(_cell(cells, kpi) for kpi in HEADLINES))
    return Group(Text(pulse.line(), style="bold"), table)


def _cell(cells: Mapping[str, Row], kpi: str) -> str:
    """A stock that has no row is empty; a rate that has none was not measured."""
    nothing = "0" if kpi in STOCKS else NOTHING
    return value(cells[kpi]) if kpi in cells else nothing


def plain_line(pulse: Pulse, rows: Sequence[Row]) -> str:
    """The same in one line, for logs: the rates over all agencies. `rows` are not split."""
    rates = [f"{HEADLINES[row.kpi].splitlines()[0]} {value(row)}" for row in rows if row.kpi in HEADLINES]
    return " · ".join([pulse.line(), *rates])


def by_agency(rows: Sequence[Row]) -> dict[str, dict[str, Row]]:
    """Rows by agency, then by KPI; agencies in the order of their codes."""
    grouped: dict[str, dict[str, Row]] = {}
    for row in sorted(rows, key=lambda row: row.key or ""):
        grouped.setdefault(row.key or "", {})[row.kpi] = row
    return grouped
