"""What is overdue: by agency, by procedure, dossier by dossier, down to the events of one."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.generate import links
from deploy.grafana.generate.board import Board
from deploy.grafana.generate.columns import DIMENSIONS
from deploy.grafana.generate.cube import ZONE
from deploy.grafana.generate.field import Column
from deploy.grafana.generate.frame import dashboard, text
from deploy.grafana.generate.panels import chart, grid
from deploy.grafana.generate.query import Sql
from deploy.grafana.generate.sql import AGENCY, TODAY
from schemas.catalogue import Catalogue

PROCEDURE = "$__conditionalAll(procedure = ${procedure:sqlstring}, $procedure)"
LATE = f"dateDiff('day', toDate(due_at, '{ZONE}'), {TODAY})"
UNFINISHED = (
    "SELECT subject FROM dossiers WHERE tupleElement(ended_at, 'value') = toDateTime64(0, 6, 'UTC') "
    f"AND tupleElement(due_at, 'value') < toDateTime({TODAY}, '{ZONE}')"
)
"""Dossiers with a row that says so: a superset that spares merging the finished ones."""
LIST = (
    "SELECT subject, agency, procedure, field, channel, received_at, due_at, "
    f"{LATE} AS days_late, supplements, waiting_since, apologised_at, excused "
    f"FROM dossiers_current WHERE subject IN ({UNFINISHED}) AND received_at IS NOT NULL "
    f"AND ended_at IS NULL AND NOT voided AND toDate(due_at, '{ZONE}') < {TODAY} "
    f"AND {AGENCY} AND {PROCEDURE} "
    "ORDER BY days_late DESC, subject LIMIT 500"
)
EVENTS = (
    "SELECT time, type, source, id, simpleJSONExtractRaw(event, 'data') AS data FROM events FINAL "
    "WHERE entity = 'dossier' AND subject = ${dossier:sqlstring} ORDER BY time, id LIMIT 200"
)
FOUND = (
    Column(
        "subject", "Mã hồ sơ", width=230, links=(links.to(links.OVERDUE, "Diễn biến", dossier="subject"),)
    ),
    DIMENSIONS["agency"],
    DIMENSIONS["procedure"],
    DIMENSIONS["field"],
    Column("channel", "Kênh nộp"),
    Column("received_at", "Tiếp nhận"),
    Column("due_at", "Hẹn trả"),
    Column("days_late", "Số ngày trễ", "none", 0, ((None, "orange"), (7, "red"))),
    Column("supplements", "Lần bổ sung"),
    Column("waiting_since", "Chờ bổ sung từ"),
    Column("apologised_at", "Xin lỗi"),
    Column("excused", "Lý do"),
)
HISTORY = (
    Column("time", "Thời điểm", width=200),
    Column("type", "Sự kiện", width=280),
    Column("source", "Nguồn", width=160),
    Column("id", "Mã sự kiện", width=160),
    Column("data", "Nội dung"),
)


def board(catalogue: Catalogue) -> Dashboard:
    """Make it."""
    made = dashboard(links.OVERDUE, "Hồ sơ quá hạn", "Overdue dossiers, with drill-down to events")
    made.with_variable(text("procedure", "Thủ tục", "Procedure; empty: all"))
    made.with_variable(text("dossier", "Mã hồ sơ", "The dossier whose events are shown"))
    made_of = Board(made, catalogue)
    made_of.row("Hiện trạng")
    made_of.stocks(
        "dossiers_overdue", "dossiers_due_24h", "dossiers_waiting", "dossiers_unaccepted_overdue", span=3
    )
    made_of.rates("apology_rate", "repeat_supplement_rate", "on_time_rate", span=4)
    level = Sql(made_of.figures.level_trend("dossiers_overdue"), "timeseries")
    stock = made_of.columns("dossiers_overdue")
    made_of.add(chart("Quá hạn theo ngày", stock, level, "Overdue at each day's end", 8))
    for dimension, title in (("agency", "Theo cơ quan"), ("procedure", "Theo thủ tục")):
        query = Sql(made_of.figures.level_by(dimension, "dossiers_overdue", "dossiers_pending"))
        shown = made_of.columns(dimension, "name", "dossiers_overdue", "dossiers_pending")
        made_of.add(grid(title, shown, query, f"Overdue and pending by {dimension}", 8).height(8))
    made_of.row("Danh sách")
    made_of.add(grid("Hồ sơ đang quá hạn", FOUND, Sql(LIST), "Overdue now, latest first; 500 at most"))
    made_of.row("Diễn biến một hồ sơ")
    made_of.add(grid("Sự kiện của hồ sơ đã chọn", HISTORY, Sql(EVENTS), "All events of the chosen dossier"))
    return made
