"""The same said otherwise: byte order marks, marks apart from letters, fractions, equal times."""

import json
import unicodedata

import pytest

from schemas.refusal import Reason
from sources.adapters import bind
from tests.sources.samples import KEYS, NOW, SAMPLES, bound_of

DOSSIERS = SAMPLES / "portal-dossiers" / "national.json"


def record(**fields):
    return json.loads(DOSSIERS.read_text(encoding="utf-8"))["data"][0] | fields


def dossiers(payload):
    return bound_of(DOSSIERS).adapt(payload, NOW)


def test_a_byte_order_mark_is_passed_over():
    plain = json.dumps([record()]).encode()
    assert dossiers(b"\xef\xbb\xbf" + plain).events == dossiers(plain).events != []
    assert dossiers(b"\xef\xbb\xbf").refused[0].reason is Reason.EMPTY


def test_a_file_of_lines_may_begin_with_a_byte_order_mark():
    message = " ".join((SAMPLES / "edxml" / "new.xml").read_text(encoding="utf-8").splitlines())
    for name, line in (("edxml", message), ("portal-dossiers", json.dumps([record()]))):
        adapter, line = bind(name, KEYS).adapter, line.encode()
        assert adapter.split(b"\xef\xbb\xbf" + line + b"\n" + line) == [line, line]


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("sheet/*.csv")), ids=lambda file: file.name)
def test_letters_with_their_marks_apart_are_the_same_letters(file):
    bound, text = bound_of(file), file.read_bytes().decode("utf-8-sig", "surrogateescape")
    apart = unicodedata.normalize("NFD", text).encode("utf-8", "surrogateescape")
    assert bound.adapt(apart, NOW).events == bound.adapt(file.read_bytes(), NOW).events


@pytest.mark.parametrize("first", [0, 1])
def test_two_supplements_asked_for_at_the_same_time(first):
    asked = {"NgayBoSung": "20260112140000", "NgayHenTraTruoc": "20260115170000"}
    both = [asked, asked | {"NgayTiepNhanBoSung": "20260113140000", "NgayHenTraTruoc": ""}]
    (event,) = dossiers(json.dumps([record(DanhSachHoSoBoSung=both[first:] + both[:first])]).encode()).events
    assert event["data"]["supplements"] == 2
    assert event["data"]["waiting_since"] == "2026-01-12T14:00:00+07:00"


AMOUNTS = {
    120000: (
        120000,
        120000.0,
        "120000",
        "120.000",
        "120,000",
        "120 000",
        "120.000,00",
        "120,000.00",
        "120000.0",
    ),
    None: (120.125, 0.5, "120,5", "12.00.00", "120.00.000", "-120", "12o"),
}


@pytest.mark.parametrize(
    ("amount", "read"), [(amount, read) for read, amounts in AMOUNTS.items() for amount in amounts]
)
def test_whole_numbers_and_what_is_none(amount, read):
    paid = {"MaThamChieu": "R1", "HoSo": "H51.18-220701-0001", "TrangThaiGD": "1", "SoTien": amount}
    found = bind("payments", KEYS).adapt(json.dumps(paid | {"ThoiGianGD": "20260115081500"}).encode(), NOW)
    if read is None:
        (refused,) = found.refused
        assert (refused.column, refused.reason) == ("SoTien", Reason.WRONG_VALUE)
    else:
        assert found.events[0]["data"]["amount"] == read
