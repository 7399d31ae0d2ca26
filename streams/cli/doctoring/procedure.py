"""The procedures of docs/operations.md that a finding points to; a test holds their numbers and titles."""

from enum import Enum


class Procedure(Enum):
    """Number, Vietnamese and English title of each, as the page has them."""

    INSTALL = (1, "Cài đặt", "Install")
    UPGRADE = (2, "Nâng cấp", "Upgrade")
    BACKUP = (3, "Sao lưu và khôi phục", "Backup and restore")
    REBUILD = (4, "Tính lại", "Rebuild")
    PARTITIONS = (5, "Thêm phân vùng", "Add partitions")
    MOVE = (6, "Chuyển sang cụm mới", "Move to a new cluster")
    KEYS = (7, "Đổi khóa", "Rotate keys")
    DISK = (8, "Đĩa đầy", "Disk full")
    LAG = (9, "Tồn đọng", "Lag")
    OFFSET = (10, "Mất vị trí đọc", "Offset out of range")
    PARTS = (11, "Quá nhiều phần", "Too many parts")
    CLOCK = (12, "Đồng hồ sai", "Clock wrong")
    VERIFY = (13, "Đối chiếu", "Verify")

    @property
    def number(self) -> int:
        """Its number on the page."""
        return self.value[0]

    @property
    def title(self) -> str:
        """Its heading, Vietnamese first."""
        return f"{self.value[1]} / {self.value[2]}"

    def __str__(self) -> str:
        return f"xem/see docs/operations.md, {self.number}. {self.title}"
