"""The official figures of the town of Ngã Năm, third quarter of 2022 (S3; domain, section 1), as data.

Each names the KPI row of ours that must equal it: for scope `communes`, the sum over the communes.
"""

from dataclasses import dataclass
from typing import Literal

from sources.nga_nam.offices import AGENCIES, COMMUNES, TOWN

PERIOD = ("2022-07-01", "2022-10-01")
"""The quarter, end exclusive."""


@dataclass(frozen=True)
class Figure:
    """One figure; None is what the report does not state and what we need not compare."""

    vi: str
    en: str
    kpi: str
    scope: Literal["town", "communes", "all"]
    numerator: int | None
    denominator: int | None
    percent: float | None = None
    kind: str | None = None
    """Only for tasks: the row of `--by kind`."""

    @property
    def agencies(self) -> tuple[str, ...]:
        """The agencies to sum over, each with `self_only`."""
        return {"town": (TOWN,), "communes": COMMUNES, "all": AGENCIES}[self.scope]


PUBLISHED = (
    Figure("Hồ sơ tiếp nhận (thị xã)", "Received, town", "online_dossier_rate", "town", None, 1_730),
    Figure(
        "Giải quyết đúng hạn (thị xã)", "Ended on time, town", "on_time_rate", "town", 1_551, 1_553, 99.87
    ),
    Figure("Giải quyết trễ hạn (thị xã)", "Ended late, town", "apology_rate", "town", None, 2),
    Figure("Đang giải quyết (thị xã)", "Pending, town", "dossiers_pending", "town", 177, None),
    Figure("Đang giải quyết quá hạn (thị xã)", "Pending overdue, town", "dossiers_overdue", "town", 0, None),
    Figure("Hồ sơ tiếp nhận (xã)", "Received, communes", "online_dossier_rate", "communes", None, 15_780),
    Figure(
        *("Giải quyết đúng hạn (xã)", "Ended on time, communes", "on_time_rate", "communes"),
        *(15_775, 15_776, 99.99),
    ),
    Figure("Giải quyết trễ hạn (xã)", "Ended late, communes", "apology_rate", "communes", None, 1),
    Figure("Đang giải quyết (xã)", "Pending, communes", "dossiers_pending", "communes", 4, None),
    Figure(
        "Đang giải quyết quá hạn (xã)", "Pending overdue, communes", "dossiers_overdue", "communes", 0, None
    ),
    Figure("Nhiệm vụ hoàn thành", "Plan tasks done", "task_done_rate", "all", 15, 25, 60.0, "plan"),
    Figure("Kiểm tra hoàn thành", "Inspections done", "task_done_rate", "all", 5, 8, 62.5, "inspection"),
    Figure("Khảo sát hài lòng", "Survey, satisfied", "satisfaction_rate", "all", 200, 200, 100.0),
)
