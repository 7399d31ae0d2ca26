"""A board under construction: the figures it shows, and panels for the usual questions about them."""

from collections.abc import Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import stat, table, timeseries
from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from deploy.grafana.generate.columns import Columns
from deploy.grafana.generate.figures import Figures
from deploy.grafana.generate.panels import big_number, chart, grid
from deploy.grafana.generate.query import Sql
from deploy.grafana.generate.sql import NAMES
from schemas.catalogue import Amount, Catalogue, Kpi, Stock

Panel = stat.Panel | table.Panel | timeseries.Panel


@dataclass(frozen=True)
class Board:
    """Adds panels to a dashboard, left to right and downwards."""

    dashboard: Dashboard
    catalogue: Catalogue

    @property
    def figures(self) -> Figures:
        """SQL over the catalogue."""
        return Figures(self.catalogue)

    @property
    def columns(self) -> Columns:
        """Columns by name."""
        return Columns(self.figures)

    def row(self, title: str) -> None:
        """A heading over the panels that follow."""
        self.dashboard.with_row(Row(title))

    def add(self, *panels: Panel) -> None:
        """Panels made by hand."""
        for panel in panels:
            self.dashboard.with_panel(panel)

    def rates(self, *names: str, span: int = 4) -> None:
        """A number per KPI or amount, over the period."""
        for name in names:
            (column,) = self.columns(name)
            self.add(big_number(column, Sql(self.figures.now(name)), self.about(name), span))

    def stocks(self, *names: str, span: int = 4) -> None:
        """A number per stock, at the end of the period."""
        for name in names:
            (column,) = self.columns(name)
            stock = self.figures.stock(name)
            text = self.figures.ahead(name) if stock.next_hours else self.figures.level(name)
            self.add(big_number(column, Sql(text), self.about(name), span))

    def trend(self, title: str, description: str, *names: str, span: int = 12) -> None:
        """KPIs, amounts and measures, bucket by bucket."""
        query = Sql(self.figures.trend(*names), "timeseries")
        self.add(chart(title, self.columns(*names), query, description, span))

    def split(self, title: str, description: str, dimension: str, *names: str, span: int = 24) -> None:
        """A table of KPIs, amounts and measures by agency, procedure, ..."""
        shown = self.columns(dimension, *(["name"] if dimension in NAMES else []), *names)
        self.add(grid(title, shown, Sql(self.figures.by(dimension, *names)), description, span))

    def about(self, name: str) -> str:
        """The English name, the legal basis and the notes of a figure."""
        figure = self._figure(name)
        target = "" if figure.target is None else f"Target {figure.target:.0%}."
        return " ".join(part for part in (f"{figure.en}.", figure.basis, target, figure.note_en) if part)

    def _figure(self, name: str) -> Kpi | Stock | Amount:
        every: Sequence[Kpi | Stock | Amount] = (
            *self.catalogue.kpis,
            *self.catalogue.stocks,
            *self.catalogue.amounts,
        )
        return max((f for f in every if f.name == name), key=lambda figure: figure.valid_from)
