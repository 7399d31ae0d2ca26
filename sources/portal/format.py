"""The fields of the sync services (domain, section 5.1)."""

DOSSIER_FIELDS = frozenset(
    [
        "MaHoSo",
        "MaTTHC",
        "TenTTHC",
        "MaLinhVuc",
        "TenLinhVuc",
        "SoBienNhan",
        "KenhThucHien",
        "ChuHoSo",
        "SoGiayToChuHoSo",
        "LoaiDoiTuong",
        "MaDoiTuong",
        "ThongTinKhac",
        "Email",
        "Fax",
        "SoDienThoai",
        "TrichYeuHoSo",
        "NgayNopHoSo",
        "NgayTiepNhan",
        "NgayHenTra",
        "TrangThaiHoSo",
        "NgayTra",
        "ThongTinTra",
        "HinhThuc",
        "NgayKetThucXuLy",
        "NgayTuChoi",
        "DonViXuLy",
        "GhiChu",
        "NoiNopHoSo",
        "HoSoCoThanhPhanSoHoa",
        "TaiKhoanDuocXacThucVoiVNeID",
        "DuocThanhToanTrucTuyen",
        "TaiLieuNop",
        "DanhSachLePhi",
        "DanhSachTepDinhKemKhac",
        "DanhSachHoSoBoSung",
        "DanhSachGiayToKetQua",
        "DinhDanhCHS",
        "DSKetNoiCSDL",
    ]
)

STEP_FIELDS = frozenset(
    [
        "MaHoSo",
        "NguoiXuLy",
        "ChucDanh",
        "ThoiDiemXuLy",
        "PhongBanXuLy",
        "NoiDungXuLy",
        "TrangThai",
        "NgayBatDau",
        "NgayKetThucTheoQuyDinh",
    ]
)

TOTAL_FIELDS = {
    "SoNhanTrongKy": "received",
    "SoTonKyTruoc": "carried_over",
    "TongSoXuLy": "in_all",
    "TongDaXuLy": "ended",
    "TongXuLyDungHan": "ended_on_time",
    "TongXuLyTreHan": "ended_late",
    "TongChuaXuLy": "pending",
    "TongChuaXuLyTrongHan": "pending_in_time",
    "TongChuaXuLyTreHan": "pending_late",
}
"""Counts of `DongBoThongKeHoSo`, and our words for them."""
