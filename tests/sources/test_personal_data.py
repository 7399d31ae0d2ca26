"""Everything about people is dropped at this edge: each field of the list is fed, none is found behind it."""

import json
import logging
from datetime import UTC, datetime

import pytest

from schemas.refusal import Refusal
from sinks.dead_letters import to_json as letter_json
from sources.adapter import Bound
from sources.cloudevent import to_json
from sources.converted import Converted
from streams.dead_letter import DeadLetter
from streams.shard import Shard
from tests.sources.samples import NOW, SAMPLES, bound_of

PEOPLE = {
    "ChuHoSo": "Nguyễn Thị Xuân Quỳnh",
    "SoGiayToChuHoSo": "079185012345",
    "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "079185054321"}],
    "MaDoiTuong": "TECHID-77aa31",
    "Email": "xuanquynh@thu.example",
    "Fax": "02993822345",
    "SoDienThoai": "0987 654 321",
    "DiaChi": "12/3 Hẻm Hoa Sữa",
    "DiaChiNguoiNop": "45 Ngõ Bằng Lăng",
    "HoTenNguoiNop": "Lưu Quang Vũ",
    "SoCMND": "271234567",
    "SoCMNDNguoiNop": "271234568",
    "Ip": "203.0.113.77",
    "TKThuHuong": "1900999888777",
    "TenTKThuHuong": "Tài khoản Vũ Mẫu",
    "MaNganHang": "NH-RIENG",
    "eForm": {"hoTen": "Mai Hoa Vũ", "sdt": "0355123456"},
    "TenTepDinhKem": "don-cua-ba-xuan-quynh.pdf",
    "DuongDanTaiTepTin": "https://tep.example/xuan-quynh",
    "DuongDanBienLai": "https://bienlai.example/quang-vu",
    "TrichYeuHoSo": "Khai sinh cho cháu Lưu Quỳnh Thơ",
    "NoiDungBoSung": "Gọi cho bà Xuân Quỳnh",
    "GhiChu": "Bà ấy hẹn chiều quay lại",
    "ThongTinKhac": "Hàng xóm của ông Vũ",
    "ThongTinTra": "Ông Vũ nhận thay",
    "ThongTinGiaoDich": "VU CHUYEN TIEN LE PHI",
    "NguoiXuLy": "Trần Cán Bộ",
    "ChucDanh": "Chuyên viên Mai",
    "NoiDungXuLy": "Chuyển chị Mai giải quyết",
    "NguoiYeuCauBoSung": "Phạm Yêu Cầu",
    "NguoiTiepNhanBoSung": "Phạm Tiếp Nhận",
    "StaffInfo": {"Staff": "Đỗ Văn Thư", "Mobile": "0911222333"},
    "FullName": "Bùi Ký Tên",
    "Subject": "Giải quyết đơn của ông Đoàn Tụng",
    "Content": "Nội dung đơn của ông Đoàn Tụng",
    "PAKN": "Phản ánh của chị Sáu",
    "NgaySinh": "19850417",
    "MaXacThuc": "hash-of-secret",
}
DOSSIER = "H51.21-260112-7788"
SAMPLE_PEOPLE = (
    "Nguyễn Văn Mẫu",
    "096099012345",
    "0912345678",
    "mau@example.vn",
    "Lê Thị Mẫu",
    "Trần Thị Mẫu",
)


def words(value):
    """Every text in a value, and its parts that are long enough to tell something."""
    if isinstance(value, dict):
        return [word for part in value.values() for word in words(part)]
    if isinstance(value, list):
        return [word for part in value for word in words(part)]
    return [value] if len(value) > 1 else []


ALL = [word for value in PEOPLE.values() for word in words(value)]


def leaks(result: Converted, bound: Bound, caplog) -> list[str]:
    """What is found of people in all that leaves the adapter."""
    letters = [
        DeadLetter.of(
            Shard("reform.raw.x", 0),
            1,
            bound.configuration.source,
            Refusal(r.reason, r.column, r.value),
            datetime.now(UTC),
        )
        for r in result.refused
    ]
    told = "\n".join(
        [
            *(to_json(event).decode() for event in result.events),
            *(f"{r} {r.column} {r.value}" for r in result.refused),
            *(letter_json(letter).decode() for letter in letters),
            *map(str, result.noticed),
            *map(str, result.understood),
            *map(str, result.totals),
            caplog.text,
        ]
    )
    return [word for word in (*ALL, *SAMPLE_PEOPLE, DOSSIER) if word in told]


def planted(record):
    """A record with all of it: in the format's own fields, as fields of no format, and in every list."""
    full = record | PEOPLE
    for name, value in record.items():
        if isinstance(value, list) and name not in PEOPLE:
            full[name] = [item | PEOPLE for item in value] or [dict(PEOPLE)]
    return full


def records(adapter):
    sample = {
        "portal-dossiers": "portal-dossiers/national.json",
        "portal-progress": "portal-progress/steps.json",
        "portal-totals": "portal-totals/january.json",
        "payments": "payments/transactions.json",
    }[adapter]
    file = SAMPLES / sample
    call = json.loads(file.read_text(encoding="utf-8"))
    return bound_of(file), call["data"] if isinstance(call, dict) else call


@pytest.mark.parametrize("adapter", ["portal-dossiers", "portal-progress", "portal-totals", "payments"])
def test_nothing_about_people_leaves_a_json_adapter(adapter, caplog):
    caplog.set_level(logging.DEBUG)
    bound, found = records(adapter)
    code = "HoSo" if adapter == "payments" else "MaHoSo"
    good = [planted(record) | {code: DOSSIER} for record in found]
    payload = json.dumps({"madonvi": "H51.21", "data": good}).encode()

    result = bound.adapt(payload, NOW)

    assert result.events or result.totals
    assert leaks(result, bound, caplog) == []


@pytest.mark.parametrize("adapter", ["portal-dossiers", "portal-progress", "portal-totals", "payments"])
def test_people_in_the_wrong_field_are_refused_and_masked(adapter, caplog):
    """Every text about people in the place of every field that is read."""
    caplog.set_level(logging.DEBUG)
    bound, found = records(adapter)
    free = {"MaHoSo", "HoSo", "MaThamChieu"}
    for name in found[0]:
        for text in ("Nguyễn Thị Xuân Quỳnh", "079185012345", "xuanquynh@thu.example", "0987 654 321"):
            for value in (text, [{"x": text}], {text: text}, [text]):
                result = bound.adapt(json.dumps([found[0] | {name: value}]).encode(), NOW)
                assert leaks(result, bound, caplog) == [], (name, value)
                assert name in free or result.events or result.refused or result.totals


def test_nothing_about_people_leaves_the_axis(caplog):
    caplog.set_level(logging.DEBUG)
    file = SAMPLES / "edxml" / "new.xml"
    text = file.read_text(encoding="utf-8")
    texts = iter(ALL * 3)
    for name in (
        "Email",
        "Telephone",
        "OrganName",
        "OrganAdd",
        "Subject",
        "FullName",
        "Staff",
        "Mobile",
        "Department",
    ):
        start, end = f"<edXML:{name}>", f"</edXML:{name}>"
        text = text.replace(start, f"{start}{next(texts)} ") if start in text and end in text else text
    bound = bound_of(file)
    result = bound.adapt(text.encode(), NOW)
    assert len(result.events) == 2
    assert leaks(result, bound, caplog) == []


@pytest.mark.parametrize("name", ["one-stop.csv", "documents.csv"])
def test_nothing_about_people_leaves_a_sheet(name, caplog):
    caplog.set_level(logging.DEBUG)
    file = SAMPLES / "sheet" / name
    bound = bound_of(file)
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    sign = ";" if ";" in lines[-2] else ","
    header = next(n for n, line in enumerate(lines) if line.count(sign) > 3)
    people = sign.join(text.replace(sign, " ") for text in ALL)
    names = sign.join(f"c{n}" for n in range(len(ALL)))
    planted_lines = [
        line + sign + (names if n == header else people) if n >= header else line
        for n, line in enumerate(lines)
    ]
    result = bound.adapt("\n".join(planted_lines).encode(), NOW)
    assert result.events
    assert leaks(result, bound, caplog) == []


def test_nothing_about_people_leaves_a_table(caplog):
    caplog.set_level(logging.DEBUG)
    file = SAMPLES / "debezium" / "changes.ndjson"
    bound = bound_of(file)
    change = json.loads(file.read_text(encoding="utf-8").splitlines()[0])
    change["payload"]["after"] |= PEOPLE | {"code": DOSSIER}
    result = bound.adapt(json.dumps(change).encode(), NOW)
    assert len(result.events) == 1
    assert leaks(result, bound, caplog) == []
