"""A transaction, from a callback, an inquiry or the transaction table, to the payment and to its dossier.

The key is `MaThamChieu`. A payment is told of many times: pending while the bank does not answer, then
settled or failed, later perhaps refunded; the same news may come twice or late. Its version is the time of
the transaction, and of two with the same second the later stage wins.

A bare callback does not name the dossier; without `HoSo` it cannot be laid beside the dossier's other
events, so it is refused, unless the configuration says how the reference holds the dossier's code.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from pydantic import field_validator

from schemas.dossier import PAYMENT_CHANNELS
from schemas.refusal import Reason
from sources.adapter import Context, convert_records, stated, unknown_fields
from sources.cloudevent import cloudevent
from sources.configuration import Configuration
from sources.converted import Converted, Drafted, Event, FieldError
from sources.fields import Fields
from sources.payload import json_of

FIELDS = frozenset(
    [
        "HoSo",
        "YeuCauThanhToan",
        "MaThamChieu",
        "SoTien",
        "LoaiHinhThanhToan",
        "MaKenhThanhToan",
        "ThongTinGiaoDich",
        "Ip",
        "TKThuHuong",
        "TenTKThuHuong",
        "LoaiPhiLePhi",
        "MaPhiLePhi",
        "TenPhiLePhi",
        "MaDonVi",
        "TenDonVi",
        "MaThuTucDVCQG",
        "MaDVCThuTucDVCQuocGia",
        "TenThuTucDVCQG",
        "TenDVCThuTucDVCQuocGia",
        "HoTenNguoiNop",
        "SoCMNDNguoiNop",
        "DiaChiNguoiNop",
        "TrangThai",
        "TrangThaiGD",
        "ThoiGianGD",
        "MaGiaoDich",
        "MaDoiTac",
        "LoaiBanTin",
        "MaLoi",
        "MaNganHang",
        "ThoiGianGDThanhCong",
        "NgayCapNhatKetQua",
        "DuongDanBienLai",
        "MaTienTe",
        "MaXacThuc",
    ]
)

STAGES = ("requested", "failed", "settled", "refunded")
"""In the order in which they beat one another at the same second."""

EXEMPT = "exempt"


class Payments(Configuration):
    """dossier_in_reference: a pattern whose group `dossier` is the dossier's code within `MaThamChieu`."""

    tables: ClassVar[Mapping[str, frozenset[str] | None]] = {
        "agency": None,
        "status": frozenset(STAGES),
        "transaction": frozenset(STAGES),
        "error": frozenset(STAGES),
        "channel": frozenset(PAYMENT_CHANNELS),
        "fee_kind": frozenset({"ordinary", EXEMPT}),
    }
    dossier_in_reference: str = ""

    @field_validator("dossier_in_reference")
    @classmethod
    def _has_group(cls, pattern: str) -> str:
        try:
            groups = re.compile(pattern).groupindex
        except re.error as error:
            raise ValueError(f"no pattern: {error}") from None
        if pattern and "dossier" not in groups:
            raise ValueError("the pattern needs a group (?P<dossier>...)")
        return pattern

    @cached_property
    def reference(self) -> re.Pattern[str]:
        """The pattern."""
        return re.compile(self.dossier_in_reference)


def convert(payload: bytes, context: Context) -> Converted:
    """One transaction or a list of them."""
    value = json_of(payload)
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        value = value["data"]
    return convert_records(enumerate(value if isinstance(value, list) else [value], 1), _draft, context)


def _draft(record: Mapping[str, Any], context: Context) -> Drafted:
    fields, configuration = Fields(record, context.configuration), context.configuration
    noticed = unknown_fields(record, FIELDS)
    reference = fields.needed("MaThamChieu", "subject")
    dossier = _dossier(fields, configuration, reference)
    owner = context.pseudonyms.of("dossier", dossier)
    subject = context.pseudonyms.of("payment", reference, belongs_to=dossier)
    if fields.code("LoaiPhiLePhi", "fee_kind") == EXEMPT:
        time, source = _time(fields, "requested"), configuration.source
        noticed["exempt"] += 1
        event = cloudevent("dossier.snapshot", source, owner, time, stated({"fee_due": False}, configuration))
        return Drafted([event], fields.origins, noticed, fields.understood)
    stage = _stage(fields)
    time = _time(fields, stage)
    channel = _channel(fields, stage)
    data = {
        "dossier": owner,
        "agency": fields.agency("MaDonVi"),
        "amount": fields.number("SoTien", "amount"),
        "channel": channel,
    }
    data = stated({name: value for name, value in data.items() if value is not None}, configuration)
    events = [cloudevent(f"payment.{stage}", configuration.source, subject, time, data, owner)]
    events += _of_the_dossier(stage, channel, configuration, owner, time)
    return Drafted(events, fields.origins, noticed, fields.understood)


def _dossier(fields: Fields, configuration: Payments, reference: str) -> str:
    code = fields.text("HoSo", "dossier")
    found = configuration.reference.search(reference) if configuration.dossier_in_reference else None
    if not code and found:
        code = found["dossier"]
    if not code:
        raise FieldError(Reason.MISSING, "HoSo")
    return code


def _stage(fields: Fields) -> str:
    """By the state of the request, else by that of the transaction, else by the error code of a callback."""
    tables = (("TrangThai", "status"), ("TrangThaiGD", "transaction"), ("MaLoi", "error"))
    read = (fields.code(name, table, "status") for name, table in tables if fields.text(name))
    stage = next((each for each in read if each), None)
    if stage is None:
        raise FieldError(Reason.MISSING, "TrangThaiGD")
    if stage not in STAGES:
        raise FieldError(Reason.WRONG_VALUE, "TrangThaiGD", stage)
    return stage


def _time(fields: Fields, stage: str) -> str:
    """When it got there: settled when the bank says so, refunded when the result was updated."""
    first = {"settled": "ThoiGianGDThanhCong", "refunded": "NgayCapNhatKetQua"}.get(stage, "ThoiGianGD")
    for name in (first, "ThoiGianGD", "NgayCapNhatKetQua"):
        if (time := fields.time(name, "time")) is not None:
            later = datetime.fromisoformat(time) + timedelta(microseconds=STAGES.index(stage))
            return later.isoformat()
    raise FieldError(Reason.MISSING, "ThoiGianGD")


def _channel(fields: Fields, stage: str) -> str | None:
    method = fields.code("LoaiHinhThanhToan", "channel", "channel")
    return method if stage in ("settled", "refunded") else None


def _of_the_dossier(
    stage: str, channel: str | None, configuration: Configuration, owner: str, time: str
) -> list[Event]:
    if stage == "settled":
        paid = stated({"paid_channel": channel} if channel else {}, configuration)
        return [cloudevent("dossier.fee_paid", configuration.source, owner, time, paid)]
    if stage == "refunded":
        return [cloudevent("dossier.fee_refunded", configuration.source, owner, time)]
    return []
