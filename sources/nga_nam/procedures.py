"""What people came for: a small table of procedures.

Codes have the shape of the national catalogue and fields that of domain section 5.3 (`G03-GD10`); which
belongs to which, fees, working days and frequencies are plausible, not official. Levels are those of
Decree 42/2022 (the town's own report still said levels 3 and 4).
"""

from typing import NamedTuple


class Procedure(NamedTuple):
    """One procedure; `days` is the time promised in working days, `fee` in đồng, `weight` how frequent."""

    code: str
    field: str
    name: str
    level: str
    days: int
    fee: int
    weight: int


TOWN_PROCEDURES = (
    Procedure("1.001612", "G13-KH01", "Đăng ký thành lập hộ kinh doanh", "full", 3, 100_000, 20),
    Procedure("2.000720", "G13-KH01", "Đăng ký thay đổi nội dung hộ kinh doanh", "full", 3, 100_000, 8),
    Procedure("1.009994", "G17-XD05", "Cấp giấy phép xây dựng nhà ở riêng lẻ", "partial", 15, 75_000, 14),
    Procedure("1.004946", "G03-GD10", "Áp dụng biện pháp bảo vệ trẻ em", "partial", 5, 0, 4),
    Procedure("1.001776", "G11-LD04", "Trợ cấp xã hội hằng tháng", "partial", 10, 0, 18),
    Procedure("1.001731", "G11-LD04", "Hỗ trợ chi phí mai táng", "full", 5, 0, 9),
    Procedure("2.000815", "G15-TP02", "Chứng thực bản sao từ bản chính", "info", 0, 2_000, 20),
    Procedure("2.000635", "G15-TP01", "Cấp bản sao trích lục hộ tịch", "full", 0, 8_000, 10),
)
COMMUNE_PROCEDURES = (
    Procedure("2.000815", "G15-TP02", "Chứng thực bản sao từ bản chính", "info", 0, 2_000, 46),
    Procedure("2.000884", "G15-TP02", "Chứng thực chữ ký", "info", 0, 10_000, 10),
    Procedure("1.001193", "G15-TP01", "Đăng ký khai sinh", "full", 0, 8_000, 12),
    Procedure("1.000894", "G15-TP01", "Đăng ký kết hôn", "partial", 0, 0, 6),
    Procedure("1.000656", "G15-TP01", "Đăng ký khai tử", "full", 0, 8_000, 4),
    Procedure("1.004873", "G15-TP01", "Xác nhận tình trạng hôn nhân", "full", 3, 15_000, 9),
    Procedure("2.000635", "G15-TP01", "Cấp bản sao trích lục hộ tịch", "full", 0, 8_000, 8),
    Procedure("1.001776", "G11-LD04", "Trợ cấp xã hội hằng tháng", "partial", 10, 0, 5),
)
