"""The agency tree: a province, its departments, and its communes directly below it.

Two levels, as since 1 July 2025 (domain, section 7): no districts. The province's code is that of Sóc Trăng;
all other codes, and the names of communes, are made up from syllables that are common there.
"""

from itertools import product
from typing import NamedTuple

PROVINCE = "H51"
DEPARTMENTS = (
    "Sở Tư pháp",
    "Sở Xây dựng",
    "Sở Tài chính",
    "Sở Nội vụ",
    "Sở Y tế",
    "Sở Giáo dục và Đào tạo",
    "Sở Công Thương",
    "Sở Nông nghiệp và Môi trường",
    "Sở Khoa học và Công nghệ",
    "Sở Văn hóa, Thể thao và Du lịch",
    "Sở Dân tộc và Tôn giáo",
    "Sở Ngoại vụ",
    "Thanh tra tỉnh",
    "Ban Quản lý các khu công nghiệp",
    "Văn phòng Đăng ký đất đai",
    "Trung tâm Phục vụ hành chính công",
)
FIRST = "Vĩnh Tân Mỹ Long Phú Hòa An Thạnh Đại Lâm Bình Châu Lịch Trường Thới Kế Nhơn Gia Liêu Ngọc"
SECOND = "Quới Long Bình Hưng Lợi Thành Phước Hải Ngãi Tân Trị Đông Tây Thuận Hội Sách Khánh Phong"
FEWEST, MOST = 3, 360
WARDS = 5  # every fifth commune is a ward
FIRST_COMMUNE = 21


class Agency(NamedTuple):
    """A node of the tree."""

    code: str
    name: str
    level: str
    parent: str


def tree(number: int) -> list[Agency]:
    """A province of `number` agencies, from FEWEST to MOST; raises ValueError."""
    if not FEWEST <= number <= MOST:
        raise ValueError(f"a province of {number} agencies; it may have {FEWEST} to {MOST}")
    below = number - 1
    departments = min(len(DEPARTMENTS), max(1, below // 5))
    return [
        Agency(PROVINCE, "Ủy ban nhân dân tỉnh", "province", ""),
        *(_department(n) for n in range(departments)),
        *(_commune(n) for n in range(below - departments)),
    ]


def _department(number: int) -> Agency:
    return Agency(f"{PROVINCE}.{number + 1:02}", DEPARTMENTS[number], "department", PROVINCE)


def _commune(number: int) -> Agency:
    pairs = [f"{a} {b}" for b, a in product(SECOND.split(), FIRST.split()) if a != b]
    kind = "Phường" if number % WARDS == 0 else "Xã"
    return Agency(f"{PROVINCE}.{number + FIRST_COMMUNE}", f"{kind} {pairs[number]}", "commune", PROVINCE)
