"""Bad habits of real sync jobs, detected and counted: traps, and a product's bad-data list (domain, 5.2).

A habit is counted, not refused, where the record still tells a truth. What lies in the future is refused by
the contract itself.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping

from sources.fields import Fields
from sources.portal.words import CODE

Read = Mapping[str, str | None]

FAKE = re.compile(r"0*1?|(\d)\1+")
"""`000000001`, `111111111`: what is typed where a number must be."""


def habits(fields: Fields, read: Read) -> Counter[str]:
    """The habits that one dossier's record shows. `read`: what was understood of it, by our columns."""
    return Counter(name for name, shows in RULES.items() if shows(fields, read))


def _status_rewritten(fields: Fields, read: Read) -> bool:
    return _ended_without_date(fields, read) and read["waiting_since"] is not None


def _ended_without_date(_: Fields, read: Read) -> bool:
    return read["status"] in ("ended", "returned") and read["ended_at"] is None


def _counter_marked(_: Fields, read: Read) -> bool:
    return read["paid_channel"] == "portal" and read["channel"] == "counter"


def component_as_result(fields: Fields) -> bool:
    """Whether every result file is the file of a component."""
    components = {_link(item, "DuongDanTaiTepTin") for item in fields.list("TaiLieuNop")} - {""}
    results = {_link(item, "DuongDanTepTinKetQua") for item in fields.list("DanhSachGiayToKetQua")} - {""}
    return bool(results) and results <= components


def _link(item: Fields, name: str) -> str:
    return item.text(name)


def _code_date_differs(fields: Fields, read: Read) -> bool:
    code = fields.text("MaHoSo")
    days = {(read[name] or "")[2:10].replace("-", "") for name in ("submitted_at", "received_at")} - {""}
    return bool(CODE.fullmatch(code)) and bool(days) and code.split("-")[1] not in days


def _ended_before(_: Fields, read: Read) -> bool:
    ended, received = read["ended_at"], read["received_at"]
    return ended is not None and received is not None and ended < received


RULES: dict[str, Callable[[Fields, Read], bool]] = {
    "status_rewritten": _status_rewritten,
    "counter_marked_paid_online": _counter_marked,
    "component_as_result": lambda fields, _: component_as_result(fields),
    "code_shape": lambda fields, _: not CODE.fullmatch(fields.text("MaHoSo")),
    "code_date_differs": _code_date_differs,
    "fake_identity": lambda fields, _: (
        bool(fields.text("SoGiayToChuHoSo")) and bool(FAKE.fullmatch(fields.text("SoGiayToChuHoSo")))
    ),
    "received_without_date": lambda _, read: (
        read["status"] not in ("submitted", "refused", None) and read["received_at"] is None
    ),
    "ended_without_date": _ended_without_date,
    "supplement_without_list": lambda _, read: (
        read["status"] == "supplement" and read["waiting_since"] is None
    ),
    "ended_before_received": _ended_before,
    "online_for_offline_service": lambda _, read: (
        read["channel"] == "online" and read["service_level"] == "info"
    ),
    "agency_by_name": lambda fields, _: (
        bool(fields.text("DonViXuLy")) and fields.agency("DonViXuLy", "") is None
    ),
}
