"""The payment platform: a row of the transaction table for each thing that happens to a payment."""

from collections.abc import Iterator

import polars as pl

from sources.simulator.formats.lives import Lives
from sources.simulator.formats.writer import PEOPLE, line, stamp

STATES = {"requested": "3", "failed": "4", "settled": "1"}
METHODS = {"portal": "truc-tuyen", "gateway": "truc-tuyen", "transfer": "chuyen-khoan", "cash": "tien-mat"}


class Payments:
    """Callbacks joined with the transaction table, which knows the dossier."""

    def __init__(self) -> None:
        self._lives = Lives("payment")

    def heard(self, events: pl.DataFrame) -> Iterator[bytes]:
        """A record for each step."""
        for life, step, _ in self._lives.hear(events):
            now = life.now
            yield line(
                {
                    "HoSo": now.get("dossier", life.subject.removesuffix("-P1")),
                    "MaThamChieu": life.subject,
                    "SoTien": str(now.get("amount", "")),
                    "LoaiHinhThanhToan": METHODS.get(str(now.get("channel")), ""),
                    "ThongTinGiaoDich": PEOPLE["name"],
                    "HoTenNguoiNop": PEOPLE["name"],
                    "SoCMNDNguoiNop": PEOPLE["number"],
                    "MaDonVi": now.get("agency", life.agency),
                    "TrangThaiGD": STATES.get(step.name, ""),
                    "TrangThai": "Hoàn phí" if step.name == "refunded" else "",
                    "ThoiGianGD": stamp(step.time),
                }
            )

    def finish(self) -> Iterator[bytes]:
        """Nothing: all was sent."""
        yield from ()
