"""The procedures, and the services: which agency offers which of them.

A department handles the procedures of its fields; every commune offers all commune procedures. Codes have the
shape of the national catalogue, fields that of domain section 5.3 (`G03-GD10`); both, with fees, times and
levels, are made up. How often a procedure is asked for falls with its rank (Zipf).
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sources.simulator.agencies import Agency
from sources.simulator.dice import Dice

LEVELS = ("full", "partial", "info")
LEVEL_SHARES = (0.60, 0.28, 0.12)
FIELDS = (
    ("G15-TP01", "Hộ tịch"),
    ("G15-TP02", "Chứng thực"),
    ("G17-XD05", "Hoạt động xây dựng"),
    ("G13-KH01", "Thành lập hộ kinh doanh"),
    ("G11-LD04", "Bảo trợ xã hội"),
    ("G16-YT03", "An toàn thực phẩm"),
    ("G03-GD10", "Trẻ em và giáo dục"),
    ("G02-CT06", "Lưu thông hàng hóa"),
    ("G14-TN02", "Đất đai"),
    ("G10-KC01", "Sở hữu trí tuệ"),
    ("G18-VH07", "Văn hóa cơ sở"),
    ("G19-DT01", "Công tác dân tộc"),
    ("G06-NG02", "Lãnh sự"),
    ("G09-TT01", "Giải quyết khiếu nại"),
    ("G13-KH09", "Đầu tư"),
    ("G14-TN08", "Đăng ký biện pháp bảo đảm"),
)
VERBS = ("Cấp mới", "Cấp lại", "Gia hạn", "Điều chỉnh", "Đăng ký", "Xác nhận", "Thẩm định", "Thu hồi")
COMMUNE_SHARE = 0.15
"""Near 400 of some 2,000 procedures of a province are those of communes; S3 has 139."""

DAYS = ((-1, 0.01), (0, 0.24), (1, 0.10), (3, 0.20), (5, 0.18), (10, 0.15), (15, 0.08), (20, 0.04))
"""Working days promised; -1: no promised date."""

FEES = (
    (0, 0.40),
    (2_000, 0.10),
    (8_000, 0.15),
    (15_000, 0.10),
    (75_000, 0.10),
    (100_000, 0.10),
    (500_000, 0.05),
)
ELIGIBLE = 0.4
"""Share of procedures below level `full` that could be offered at it."""
UPGRADED = 0.25
"""Share of services that are at level `partial`, could be at `full`, and get there within the run."""
WITHDRAWN = 0.01
ZIPF = 1.05

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]


class Procedure(NamedTuple):
    """One procedure; `days` is the time promised in working days, `fee` in đồng, `level` one of LEVELS."""

    code: str
    name: str
    field: int
    commune: bool
    level: int
    days: int
    fee: int
    eligible: bool


def drawn(number: int, dice: Dice) -> list[Procedure]:
    """So many procedures."""
    codes = dice.distinct(number, 12_999)
    communes = np.arange(number) < max(1, round(number * COMMUNE_SHARE))
    fields, levels = dice.pick([1.0] * len(FIELDS), number), dice.pick(LEVEL_SHARES, number)
    days, fees = (dice.pick([share for _, share in table], number) for table in (DAYS, FEES))
    verbs = dice.pick([1.0] * len(VERBS), number)
    eligible = dice.hit(ELIGIBLE, number)
    return [
        Procedure(
            f"{1 + n % 2}.{codes[n]:06}",
            f"{VERBS[verbs[n]]} ({FIELDS[fields[n]][1]}), mẫu {n + 1}",
            int(fields[n]),
            bool(communes[n]),
            int(levels[n]),
            DAYS[days[n]][0],
            FEES[fees[n]][0],
            bool(eligible[n] or levels[n] == 0),
        )
        for n in range(number)
    ]


@dataclass(frozen=True)
class Services:
    """All services as columns; `popularity` says how often each is asked for."""

    agency: Whole
    procedure: Whole
    level: Whole  # at first; an index of LEVELS
    upgraded_on: Whole  # the day of the run from which it is at level `full`
    withdrawn_on: Whole
    days: Whole
    fee: Whole
    eligible: NDArray[np.bool_]
    popularity: Numbers

    def level_on(self, day: int, chosen: Any) -> Whole:
        """Levels of chosen services on a day."""
        return np.where(self.upgraded_on[chosen] <= day, 0, self.level[chosen])


def offered(agencies: list[Agency], procedures: list[Procedure], days: int, dice: Dice) -> Services:
    """Who offers what. A day past the run: never."""
    pairs = _pairs(agencies, procedures)
    agency, procedure = pairs[:, 0], pairs[:, 1]
    number = len(pairs)
    size = np.exp(dice.normal(0.5, len(agencies))) * [
        4.0 if a.level == "department" else 1.0 for a in agencies
    ]
    ranks = np.argsort(np.argsort(dice.normal(1.0, len(procedures)))) + 1
    popularity = ranks.astype(float)[procedure] ** -ZIPF
    sums = np.bincount(agency, popularity, len(agencies))
    level = np.array([p.level for p in procedures])[procedure]
    eligible = np.array([p.eligible for p in procedures])[procedure]
    dates = dice.between(1, max(2, days), number)
    return Services(
        *(agency, procedure, level),
        upgraded_on=np.where(dice.hit(UPGRADED, number) & (level == 1) & eligible, dates, days + 1),
        withdrawn_on=np.where(dice.hit(WITHDRAWN, number), np.minimum(dates + 1, days), days + 1),
        days=np.array([p.days for p in procedures])[procedure],
        fee=np.array([p.fee for p in procedures])[procedure],
        eligible=eligible,
        popularity=popularity / sums[agency] * size[agency],
    )


def _pairs(agencies: list[Agency], procedures: list[Procedure]) -> Whole:
    departments = [n for n, a in enumerate(agencies) if a.level == "department"]
    communes = [n for n, a in enumerate(agencies) if a.level == "commune"]
    own = [(departments[p.field % len(departments)], n) for n, p in enumerate(procedures) if not p.commune]
    shared = [(agency, n) for agency in communes for n, p in enumerate(procedures) if p.commune]
    return np.array(sorted(own + shared), np.int64)
