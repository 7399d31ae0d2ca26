"""The national portal's sync: snapshots of what changed (`DongBoHoSoMC`), steps (`CapNhatTienDoHoSoMC`)."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from sources.simulator.formats.lives import Life, Lives
from sources.simulator.formats.writer import PEOPLE, line, stamp

CALL = 100
"""Records of one call."""

CHANNELS = {"counter": "1", "online": "2", "postal": "3"}
APPLICANTS = {"citizen": "1", "organisation": "2"}
PAID = {"portal": "1", "gateway": "2", "transfer": "3", "cash": "3"}
GIVEN_BACK = ("returned", "withdrawn")


class Dossiers:
    """A sync job: at each turn the dossiers that changed since the last."""

    def __init__(self) -> None:
        self._lives = Lives("dossier")

    def heard(self, events: pl.DataFrame) -> Iterator[bytes]:
        """Calls of some records each."""
        changed = self._lives.changed(events)
        known = [
            life for life in changed if "procedure" in life.now
        ]  # of others only the end was heard so far
        for some in _calls(known):
            records = [record(life) for life in some]
            yield line({"service": "DongBoHoSoMC", "isUpdating": "True", "madonvi": "H51", "data": records})

    def finish(self) -> Iterator[bytes]:
        """Nothing: all was sent."""
        yield from ()


def _calls(lives: list[Life]) -> Iterator[list[Life]]:
    for start in range(0, len(lives), CALL):
        yield lives[start : start + CALL]


def record(life: Life) -> dict[str, Any]:
    """A dossier as it is now."""
    now = life.now
    fee = [
        {"TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "LP", "HinhThucThu": "1", "Gia": "8000", "LoaiPhiLePhi": "1"}
    ]
    paper = {
        "TenTepDinhKem": "giay-to.pdf",
        "DuongDanTaiTepTin": "https://motcua.example/1",
        "DuocSoHoa": _yes(now, "components_digitised"),
        "DuocTaiSuDung": _yes(now, "data_reused"),
        "DuocLayTuKhoDMQG": "0",
    }
    result = {
        "TenGiayTo": "Kết quả",
        "DuongDanTepTinKetQua": "https://motcua.example/k",
        "MaGiayToKetQua": "KQ",
    }
    return {
        "MaHoSo": life.subject,
        "MaTTHC": now.get("procedure", ""),
        "MaLinhVuc": now.get("field", ""),
        "KenhThucHien": CHANNELS.get(str(now.get("channel")), ""),
        "ChuHoSo": PEOPLE["name"],
        "SoGiayToChuHoSo": PEOPLE["number"],
        "SoDienThoai": PEOPLE["phone"],
        "Email": PEOPLE["mail"],
        "LoaiDoiTuong": APPLICANTS.get(str(now.get("applicant_kind")), ""),
        "NgayNopHoSo": stamp(now.get("submitted_at")),
        "NgayTiepNhan": stamp(now.get("received_at")),
        "NgayHenTra": stamp(now.get("due_at")),
        "TrangThaiHoSo": _status(now),
        "NgayTra": stamp(now.get("returned_at")),
        "HinhThuc": "1" if now.get("return_channel") == "postal" else "0",
        "NgayKetThucXuLy": stamp(now.get("ended_at")),
        "NgayTuChoi": stamp(now.get("refused_at")),
        "DonViXuLy": now.get("agency", ""),
        "NoiNopHoSo": "1",
        "HoSoCoThanhPhanSoHoa": _yes(now, "components_digitised"),
        "TaiKhoanDuocXacThucVoiVNeID": _yes(now, "identity_verified"),
        "DuocThanhToanTrucTuyen": PAID.get(str(now.get("paid_channel")), ""),
        "TaiLieuNop": [paper],
        "DanhSachLePhi": fee if now.get("fee_due") == 2 else [],
        "DanhSachHoSoBoSung": _supplements(life),
        "DanhSachGiayToKetQua": [result] if now.get("result_file") == 2 else [],
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": PEOPLE["number"]}],
    }


def _yes(now: dict[str, Any], name: str) -> str:
    return "1" if now.get(name) == 2 else "0"  # a flag's stored form: 2 is yes


def _status(now: dict[str, Any]) -> str:
    if "ended_at" in now:
        return "7" if now.get("outcome") in GIVEN_BACK else ("10" if "returned_at" in now else "9")
    by_column = (("refused_at", "3"), ("stopped_at", "8"), ("waiting_since", "5"), ("received_at", "4"))
    return next((code for column, code in by_column if column in now), "1")


def _supplements(life: Life) -> list[dict[str, Any]]:
    backs = life.times("supplement_received")
    pairs = [
        (at, backs[n] if n < len(backs) else 0) for n, at in enumerate(life.times("supplement_requested"))
    ]
    return [
        {"NguoiYeuCauBoSung": PEOPLE["name"], "NgayBoSung": stamp(asked), "NgayTiepNhanBoSung": stamp(back)}
        for asked, back in pairs
    ]


STATUS = {
    "submitted": "1",
    "received": "2",
    "refused": "3",
    "supplement_requested": "5",
    "supplement_received": "4",
    "stopped": "8",
    "ended": "9",
    "returned": "10",
}


class Progress:
    """The steps of each dossier, as they are taken."""

    def __init__(self) -> None:
        self._lives = Lives("dossier")

    def heard(self, events: pl.DataFrame) -> Iterator[bytes]:
        """A call for each step."""
        for life, step, _ in self._lives.hear(events):
            status = STATUS.get(step.name)
            if step.states.get("outcome") in GIVEN_BACK:
                status = "7"
            if status:
                data = [{"MaHoSo": life.subject, "NguoiXuLy": PEOPLE["name"], "TrangThai": status}]
                data[0]["ThoiDiemXuLy"] = stamp(step.time)
                yield line({"service": "CapNhatTienDoHoSoMC", "madonvi": life.agency, "data": data})

    def finish(self) -> Iterator[bytes]:
        """Nothing: all was sent."""
        yield from ()
