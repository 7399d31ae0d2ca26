"""The score of Decision 766, part by part, from our own counts; never the official score."""

from datetime import date

from grafana_foundation_sdk.builders.dashboard import Dashboard

from deploy.grafana.generate import links
from deploy.grafana.generate.board import Board
from deploy.grafana.generate.field import Column
from deploy.grafana.generate.frame import dashboard
from deploy.grafana.generate.panels import grid, numbers
from deploy.grafana.generate.query import Sql
from deploy.grafana.generate.sheet import score
from schemas.catalogue import Catalogue

NAME = "decision_766_score"
NEWEST = date.max
POINTS = (
    Column("points", "Điểm", "none", 2),
    Column("attainable", "Điểm tối đa có dữ liệu", "none", 0),
    Column("maximum", "Điểm tối đa", "none", 0),
)
PARTS = (
    Column("place", "TT", width=50),
    Column("part_group", "Nhóm", width=220),
    Column("part", "Chỉ số thành phần", width=360),
    Column("basis", "Mục", width=60),
    Column("numerator", "Tử số", "locale", 0),
    Column("denominator", "Mẫu số", "locale", 0),
    Column("value", "Tỷ lệ", "percentunit", 2),
    *POINTS,
)
SHARE = Column("share", "Tỷ lệ điểm", "percentunit", 2, ((None, "red"), (0.7, "orange"), (0.9, "green")))


def board(catalogue: Catalogue) -> Dashboard:
    """Make it."""
    made = dashboard(links.SCORE, "Điểm theo Quyết định 766", "Our own computation, not the official score")
    made_of = Board(made, catalogue)
    rows = score(made_of.figures, NAME, NEWEST)
    sums = "sum(points) AS points, sum(attainable) AS attainable, sum(maximum) AS maximum"
    share = "points / nullIf(attainable, 0) AS share"
    made_of.row("Tổng hợp")
    total = f"SELECT points, attainable, maximum, {share} FROM (SELECT {sums} FROM ({rows}))"
    made_of.add(
        numbers(
            "Tổng điểm", (*POINTS, SHARE), Sql(total), "Points got, attainable where there are data, maximum"
        )
    )
    made_of.row("Theo nhóm")
    groups = (
        f"SELECT part_group, points, attainable, maximum, {share} FROM "
        f"(SELECT part_group, min(place) AS first, {sums} FROM ({rows}) GROUP BY part_group) ORDER BY first"
    )
    made_of.add(grid("Nhóm chỉ số", (PARTS[1], *POINTS, SHARE), Sql(groups), "Points by group").height(8))
    made_of.row("Chỉ số thành phần")
    made_of.add(grid("Chỉ số thành phần", PARTS, Sql(rows), "Parts; – where there are no data").height(16))
    return made
