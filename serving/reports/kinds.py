"""Which reports there are, and the files they can be written to."""

from collections.abc import Callable, Mapping

from serving.reports.handled import handled
from serving.reports.markdown import markdown
from serving.reports.monthly import monthly
from serving.reports.paper import paper
from serving.reports.procedures import procedures
from serving.reports.quarterly import quarterly
from serving.reports.setting import Setting
from serving.reports.table import Report
from serving.reports.workbook import workbook

REPORTS: Mapping[str, tuple[Callable[[Setting], Report], str]] = {
    "II.06": (handled, "Tình hình, kết quả giải quyết TTHC – dossiers handled, 13 columns"),
    "II.07b": (procedures, "Số lượng TTHC theo cấp – procedures by level, 14 columns"),
    "quarterly": (quarterly, "Số liệu báo cáo CCHC theo đơn vị – figures of the reform report per unit"),
    "monthly": (monthly, "Báo cáo Chủ tịch UBND – figures beside period before and target, who is behind"),
}
WRITERS: Mapping[str, Callable[[Report], bytes]] = {
    ".md": lambda report: markdown(report).encode(),
    ".xlsx": workbook,
    ".docx": paper,
}
"""By the file's ending."""
