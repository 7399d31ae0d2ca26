"""Why an event is refused: a reason code, the field, and texts that a clerk understands.

Vietnamese first, English second. The offending value is only ever kept masked: a dead letter must not
repeat personal data.
"""

import re
from collections.abc import Mapping
from enum import Enum

MASK_LENGTH = 40
FIELD_NAME = re.compile(r"(?:data\.)?[A-Za-z_]{1,40}[0-9]{0,2}")
"""Names that may be repeated: an identifier with hardly a digit. A sender chooses the names of its fields."""


class Reason(Enum):
    """Reason codes with their Vietnamese and English texts; `{field}` is the offending field."""

    EMPTY = (
        "Bản tin rỗng. Hãy gửi lại sự kiện CloudEvents đầy đủ.",
        "The record is empty. Send a whole CloudEvents event.",
    )
    NOT_JSON = (
        "Không đọc được JSON. Kiểm tra dấu ngoặc, dấu phẩy và mã hoá UTF-8.",
        "This is not valid JSON. Check brackets, commas and that the text is UTF-8.",
    )
    TOO_LARGE = (
        "Bản tin lớn hơn 64 KiB. Mỗi bản tin chỉ gồm một sự kiện với các trường trong hợp đồng dữ liệu.",
        "The record is larger than 64 KiB. A record is one event with the contract's fields.",
    )
    DUPLICATE_FIELD = (
        "Trường “{field}” xuất hiện hai lần trong cùng một đối tượng JSON. Mỗi trường chỉ ghi một lần.",
        "The field `{field}` occurs twice in one JSON object. Write each field once.",
    )
    NOT_AN_EVENT = (
        "Không phải một sự kiện CloudEvents (phải là một đối tượng JSON).",
        "This is not a CloudEvents event (it must be one JSON object).",
    )
    SECRET = (
        "Có dấu chỉ độ mật. Văn bản mật không được gửi vào hệ thống này; nội dung không được lưu lại.",
        "It carries a secrecy mark. Secret papers must not be sent here; the content was not kept.",
    )
    MISSING = ("Thiếu trường bắt buộc “{field}”.", "The required field `{field}` is missing.")
    UNKNOWN_FIELD = (
        "Trường “{field}” không có trong hợp đồng dữ liệu cho loại sự kiện này. Hãy bỏ hoặc sửa tên trường.",
        "The field `{field}` is not in the contract for this event type. Remove it or mend its name.",
    )
    FOREIGN_TYPE = (
        "Loại sự kiện phải bắt đầu bằng “vn.reform.”.",
        "The event type must begin with `vn.reform.`.",
    )
    UNKNOWN_TYPE = (
        "Không có loại sự kiện này trong hợp đồng dữ liệu. Xem danh sách bằng lệnh “reform-pulse schema”.",
        "The contract has no such event type. `reform-pulse schema` lists them.",
    )
    UNKNOWN_VERSION = (
        "Phiên bản của loại sự kiện chưa được hỗ trợ; hiện dùng v1.",
        "This version of the event type is not supported; the present one is v1.",
    )
    WRONG_TYPE = (
        "Trường “{field}” sai kiểu dữ liệu (chuỗi, số nguyên, đúng/sai).",
        "The field `{field}` has the wrong type (string, whole number, true or false).",
    )
    WRONG_VALUE = (
        "Giá trị của trường “{field}” không hợp lệ hoặc không có trong bảng mã.",
        "The value of `{field}` is not allowed or not in its code table.",
    )
    BAD_TIME = (
        "Thời điểm ở trường “{field}” phải theo RFC 3339 và có múi giờ, ví dụ 2022-07-01T08:15:00+07:00.",
        "The time in `{field}` must be RFC 3339 with an offset, such as 2022-07-01T08:15:00+07:00.",
    )
    FUTURE_TIME = (
        "Thời điểm ở trường “{field}” muộn hơn hiện tại quá 10 phút. Kiểm tra đồng hồ máy gửi.",
        "The time in `{field}` is more than 10 minutes in the future. Check the sender's clock.",
    )
    NOT_CLEARABLE = (
        "Trường “{field}” không thể xoá trắng (null).",
        "The field `{field}` cannot be cleared with null.",
    )
    PERSONAL_DATA = (
        "Trường “{field}” giống dữ liệu cá nhân (số định danh, số điện thoại, thư điện tử). "
        "Hãy bỏ hoặc mã hoá một chiều trước khi gửi.",
        "The field `{field}` looks like personal data (identity number, phone number, e-mail address). "
        "Remove it, or send a keyed hash.",
    )
    WRONG_TOPIC = (
        "Sự kiện nằm sai chủ đề Kafka so với loại của nó.",
        "The event lies in the wrong Kafka topic for its type.",
    )

    UNREADABLE = (
        "Không đọc được bản tin theo định dạng của nguồn này. Kiểm tra tệp có đầy đủ và đúng định dạng.",
        "This cannot be read as the source's format. Check that it is whole and of the right format.",
    )
    SOURCE_TIME = (
        "Thời điểm ở trường “{field}” không đúng dạng đã khai báo, "
        "ví dụ 20260115081500 hoặc 15/01/2026 08:15.",
        "The time in `{field}` is in none of the declared forms, such as 20260115081500 or 15/01/2026 08:15.",
    )
    NO_COLUMN = (
        "Không thấy cột “{field}” ở dòng tiêu đề. Kiểm tra tên cột trong tệp ánh xạ.",
        "There is no column `{field}` in the header row. Check its name in the mapping file.",
    )

    @property
    def code(self) -> str:
        """The name in dead letters and metrics."""
        return self.name.lower()

    def vi(self, field: str) -> str:
        """Say it in Vietnamese."""
        return str(self.value[0]).format(field=field)

    def en(self, field: str) -> str:
        """Say it in English."""
        return str(self.value[1]).format(field=field)


class Refusal(Exception):  # noqa: N818 - a verdict, not an accident
    """An event was refused; `field` and `value` are already safe to store."""

    def __init__(self, reason: Reason, field: str = "", value: object = None) -> None:
        self.reason = reason
        silent = reason is Reason.SECRET
        self.field = "" if silent else named(field)
        self.value = "" if silent else mask(value)
        super().__init__(f"{reason.vi(self.field)} / {reason.en(self.field)}")


def named(field: str) -> str:
    """A field's name, masked unless it is a plain identifier."""
    if FIELD_NAME.fullmatch(field):
        return field
    return f"data.{mask(field[5:])}" if field.startswith("data.") else mask(field)


def mask(value: object) -> str:
    """Keep the shape of a value and nothing of its content: "0912 a@b" becomes "9999 x@x".

    Of containers only the kind is kept, and of signs only those that are safe on a terminal and in a log.
    """
    text = _text(value)
    shape = "".join(map(_shape, text[:MASK_LENGTH]))
    return shape + ("…" if len(text) > MASK_LENGTH else "")


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return "{…}"
    if isinstance(value, list | tuple):
        return "[…]"
    # Python will not spell whole numbers beyond 4,300 digits.
    small = isinstance(value, bool | float) or (isinstance(value, int) and value.bit_length() <= 64)
    return str(value) if small else "9" * (MASK_LENGTH + 1)


def _shape(sign: str) -> str:
    if sign == "…":
        return sign
    if sign.isdigit():
        return "9"
    if sign.isalpha():
        return "x"
    return sign if sign.isascii() and sign.isprintable() else "?"
