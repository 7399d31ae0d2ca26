"""Columns by the names of the catalogue: KPIs, stocks, measures and dimensions, with their links."""

from dataclasses import dataclass, replace

from deploy.grafana.generate import links
from deploy.grafana.generate.field import Column, number, percent
from deploy.grafana.generate.figures import Figures

MEASURES = {
    "dossiers_received": "Hồ sơ tiếp nhận",
    "dossiers_received_online": "Hồ sơ nộp trực tuyến",
    "dossiers_ended": "Hồ sơ đã giải quyết",
    "dossiers_ended_late": "Hồ sơ giải quyết trễ hạn",
    "dossiers_received_with_fee": "Hồ sơ có nghĩa vụ tài chính",
    "dossiers_paid_online": "Hồ sơ thanh toán trực tuyến",
    "dossiers_returned": "Hồ sơ trả lại hoặc xin rút",
    "documents_issued": "Văn bản điện tử phát hành",
    "documents_signed": "Văn bản đã ký số",
    "reports_issued": "Báo cáo định kỳ",
    "reports_signed": "Báo cáo đã ký số",
}
NAME = Column("name", "Tên", width=280)
DIMENSIONS = {
    "agency": Column(
        "agency", "Cơ quan", width=160, links=(links.to(links.AGENCY, "Cơ quan này", agency="agency"),)
    ),
    "procedure": Column(
        "procedure", "Thủ tục", width=160, links=(links.to(links.OVERDUE, "Quá hạn", procedure="procedure"),)
    ),
    "field": Column("field", "Lĩnh vực", width=120),
    "name": NAME,
}
DONG = "currency:suffix: đ"


@dataclass(frozen=True, slots=True)
class Columns:
    """Looks up columns."""

    figures: Figures

    def __call__(self, *names: str) -> list[Column]:
        """The columns of these names."""
        return [self._one(name) for name in names]

    def _one(self, name: str) -> Column:
        if name in DIMENSIONS:
            return DIMENSIONS[name]
        if name in MEASURES:
            return Column(name, MEASURES[name], "locale", 0)
        if name in {kpi.name for kpi in self.figures.catalogue.kpis}:
            return percent(self.figures.kpi(name))
        if name in {amount.name for amount in self.figures.catalogue.amounts}:
            return Column(name, self.figures.amount(name).vi, DONG, 0)
        column = number(self.figures.stock(name))
        return replace(column, links=(links.to(links.OVERDUE, "Danh sách quá hạn"),))
