"""`DongBoHoSoMC`: each record is a dossier as it is now, and becomes one snapshot.

Its version is the latest thing that happened to it, because the format does not say when it was changed.
Columns that follow from the status are cleared where the status does not have them. Fields about people are
not read.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any

from schemas.refusal import Reason
from sources.adapter import Context, convert_records, stated, unknown_fields
from sources.cloudevent import cloudevent
from sources.converted import Converted, Drafted, FieldError
from sources.fields import Fields
from sources.portal.envelope import call_of
from sources.portal.format import DOSSIER_FIELDS
from sources.portal.habits import component_as_result, habits
from sources.portal.words import sender_of, status_of, subject_of

SERVICE = "DongBoHoSoMC"
ENDED = ("ended", "returned", "withdrawn")
MILESTONES = (
    "submitted_at",
    "received_at",
    "refused_at",
    "asked_at",
    "back_at",
    "stopped_at",
    "ended_at",
    "returned_at",
)


def convert(payload: bytes, context: Context) -> Converted:
    """One call of the service."""
    call = call_of(payload, SERVICE)
    return convert_records(call.records, partial(_draft, call.sender), context)


def _draft(sender: str, record: Mapping[str, Any], context: Context) -> Drafted:
    fields = Fields(record, context.configuration)
    status = status_of(fields, "TrangThaiHoSo")
    read = _milestones(fields, status) | _about(fields, sender, context)
    times, said = _supplements(fields, read["due_at"])
    read |= times | {"status": status}
    noticed = habits(fields, read) + unknown_fields(record, DOSSIER_FIELDS)
    happened = [read[name] for name in MILESTONES if read[name]]
    if not happened:
        raise FieldError(Reason.MISSING, "NgayTiepNhan")
    data = _data(fields, status, read) | said
    event = cloudevent(
        "dossier.snapshot",
        context.configuration.source,
        subject_of(fields, context),
        context.arrived or max(happened),
        stated(data, context.configuration),
    )
    fields.origins.setdefault("time", "NgayTiepNhan")
    return Drafted([event], fields.origins, noticed, fields.understood)


def _milestones(fields: Fields, status: str) -> dict[str, Any]:
    ended = fields.time("NgayKetThucXuLy", "ended_at")
    returned = fields.time("NgayTra", "returned_at")
    refused = fields.time("NgayTuChoi", "refused_at")
    return {
        "submitted_at": fields.time("NgayNopHoSo", "submitted_at"),
        "received_at": fields.time("NgayTiepNhan", "received_at")
        if status not in ("submitted", "refused")
        else None,
        "refused_at": (refused or ended) if status == "refused" else None,
        "stopped_at": ended if status == "stopped" else None,
        "ended_at": (ended or returned) if status in ENDED else None,
        "returned_at": returned if status in ENDED else None,
        "due_at": fields.time("NgayHenTra", "due_at"),
    }


def _about(fields: Fields, sender: str, context: Context) -> dict[str, Any]:
    agency = fields.agency("DonViXuLy") or sender_of(sender, context)
    if agency is None:
        raise FieldError(Reason.MISSING, "DonViXuLy", fields.text("DonViXuLy"))
    fields.needed("MaTTHC")
    procedure = fields.word("MaTTHC", "procedure")
    level = context.configuration.code("service_level", procedure)
    return {
        "agency": agency,
        "procedure": procedure,
        "field": fields.word("MaLinhVuc", "field") or None,
        "channel": fields.code("KenhThucHien", "channel", "channel"),
        "service_level": level,
        "applicant_kind": fields.code("LoaiDoiTuong", "applicant_kind", "applicant_kind"),
        "paid_channel": fields.code("DuocThanhToanTrucTuyen", "paid_channel", "paid_channel"),
        "return_channel": fields.code("HinhThuc", "return_channel", "return_channel"),
    }


def _supplements(fields: Fields, due: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The list of requests: times for reading on, and what is stated of them."""
    spans = [
        (item.time("NgayBoSung"), item.time("NgayTiepNhanBoSung"), item.time("NgayHenTraTruoc"))
        for item in fields.list("DanhSachHoSoBoSung")
    ]
    asked = sorted((span for span in spans if span[0]), key=itemgetter(0))
    open_since = next((since for since, back, _ in asked if back is None), None)
    backs = [back for _, back, _ in asked if back]
    minutes = [_minutes(since, back) for since, back, _ in asked if since and back]
    times = {
        "waiting_since": open_since,
        "asked_at": asked[-1][0] if asked else None,
        "back_at": max(backs, default=None),
    }
    said: dict[str, Any] = {"waiting_since": open_since, "original_due_at": asked[0][2] if asked else None}
    if asked:
        said |= {"supplements": len(asked), "waited_minutes": sum(minutes)}
    said["original_due_at"] = said["original_due_at"] or due
    return times, {
        name: value for name, value in said.items() if value is not None or name == "waiting_since"
    }


def _minutes(since: str, back: str) -> int:
    seconds = (datetime.fromisoformat(back) - datetime.fromisoformat(since)).total_seconds()
    return max(0, int(seconds)) // 60


def _data(fields: Fields, status: str, read: dict[str, Any]) -> dict[str, Any]:
    """What the snapshot states; None clears, where the status says that there is nothing."""
    known = ("agency", "procedure", "field", "channel", "service_level", "applicant_kind", "submitted_at")
    cleared = ("received_at", "refused_at", "stopped_at", "ended_at", "returned_at", "due_at")
    data = {name: read[name] for name in known if read[name] is not None} | {
        name: read[name] for name in cleared
    }
    data["outcome"] = ("withdrawn" if status == "withdrawn" else "granted") if read["ended_at"] else None
    fees = [item.number("Gia") for item in fields.list("DanhSachLePhi")]
    data["fee_due"] = any(fees)
    if read["paid_channel"]:
        data["paid_channel"] = read["paid_channel"]
    if read["ended_at"]:
        data["result_file"] = _has_result(fields)
    if read["returned_at"] and read["return_channel"]:
        data["return_channel"] = read["return_channel"]
    return data | _digitised(fields)


def _has_result(fields: Fields) -> bool:
    results = [item.text("DuongDanTepTinKetQua") for item in fields.list("DanhSachGiayToKetQua")]
    return any(results) and not component_as_result(fields)


def _digitised(fields: Fields) -> dict[str, bool]:
    papers = fields.list("TaiLieuNop")
    reused = any(
        paper.text("DuocTaiSuDung") in ("1", "2") or paper.flag("DuocLayTuKhoDMQG") for paper in papers
    )
    digitised = fields.flag("HoSoCoThanhPhanSoHoa", "components_digitised")
    return {
        "components_digitised": bool(digitised) or any(paper.flag("DuocSoHoa") for paper in papers),
        "data_reused": reused,
        "identity_verified": bool(fields.flag("TaiKhoanDuocXacThucVoiVNeID", "identity_verified")),
    }
