"""Hypothesis strategies for what must be refused: events with one fault, records that cannot be read.

Everything follows from the declarations, as in `tests.strategies`.
"""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from schemas.column import Kind
from schemas.contract import TYPES
from tests.strategies import DOSSIERS, Json, valid_events

PERSONAL = (
    *("079099001234", "272123456", "0912345678", "+84912345678", "84 912 345 678", "02993.621.621"),
    *("nguyenvana@gmail.com", "an.nguyen@soctrang.gov.vn"),
)
"""Made-up personal data, each refused in a text and (but for the spaced ones) as a key."""

SECRETS = ("Mật", "MẬT", "mat", "Tối mật", "TUYỆT MẬT", "toi_mat", "top secret", "Confidential")
SECRET_FIELDS = ("do_mat", "doMat", "Độ mật", "secrecy", "secret_level", "MucDoMat")
BAD_TIMES = (
    *("", "2022-07-01", "2022-07-01T08:15:00", "2022-07-01 08:15:00+07:00", "2022-07-01T08:15:00+0700"),
    *("2022-07-01T08:15+07:00", "2022-07-01T24:00:00+07:00", "2022-06-30T23:59:60Z", "2022-02-30T08:00:00Z"),
    *("2022-07-01T08:15:00+24:00", "2022-07-01T08:15:00+07:60", "2022-07-01T08:15:00.Z", "20220701081500"),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1989-12-31T23:59:59Z", "2100-01-01T00:00:00Z"),
    *("٢٠٢٢-07-01T08:15:00Z", "2022-07-01T08:15:00Z\n"),
)
BAD_VALUES: dict[Kind, tuple[Any, ...]] = {
    Kind.TEXT: ("", " H51", "H51 ", "H\n51", "x" * 201, 5, True, ["H51"], {"a": 1}, 1.5, *PERSONAL),
    Kind.KEY: ("", " a", "x" * 201, 17, [], PERSONAL[0], PERSONAL[2], PERSONAL[-1]),
    Kind.CODE: ("", "no-such-code", "FULL", 0, True, []),
    Kind.TIME: (*BAD_TIMES, 1656637200, 1656637200.0, True, {}),
    Kind.FLAG: (0, 1, 2, "true", "", "có", [], 1.0),
    Kind.INTEGER: (-1, 10**15, 10**30, True, "5", 1.0, 1.5, [], ""),
}
BAD_ENVELOPE: dict[str, tuple[Any, ...]] = {
    "specversion": ("0.3", "1.1", 1.0, None),
    "id": ("", 7, None, "x" * 201, "a@b.vn", " x"),
    "source": ("", 7, None, "/h51/ ", "mailto:an@soctrang.gov.vn", PERSONAL[0]),
    "type": ("", 7, None, "com.example.x.v1", "vn.reform.dossier.received", "vn.reform.dossier.lost.v1"),
    "subject": ("", 7, None, "x" * 201, PERSONAL[0], PERSONAL[1], PERSONAL[2], PERSONAL[6]),
    "time": (*BAD_TIMES, 1656637200, None, "2026-01-01T00:10:00.000001Z", "2030-01-01T00:00:00+07:00"),
    "partitionkey": ("", 7, PERSONAL[0], "x" * 201),
    "datacontenttype": ("text/plain", "", 1),
    "data": ("", "{}", 5, [], [{}], True),
    "data_base64": ("e30=",),
    "knativearrivaltime": ("2022-07-01T08:15:00Z",),
    "Subject": ("H51.18-220701-0001",),
}


def _wrong_envelope(draw: st.DrawFn, event: Json) -> None:
    name = draw(st.sampled_from(sorted(BAD_ENVELOPE)))
    event[name] = draw(st.sampled_from(BAD_ENVELOPE[name]))


def _torn(draw: st.DrawFn, event: Json) -> None:
    """Under another key than its entity's, or under none that is known."""
    entity, kind = TYPES[event["type"]]
    event["partitionkey"] = "H51.18-220701-0009"
    if entity.lies_with in kind.columns:
        event.setdefault("data", {})[entity.lies_with] = draw(st.sampled_from(DOSSIERS))
    elif entity.lies_with:
        del event["partitionkey"]


def _without(draw: st.DrawFn, event: Json) -> None:
    del event[draw(st.sampled_from(("specversion", "id", "source", "type", "subject", "time")))]


def _wrong_version(draw: st.DrawFn, event: Json) -> None:
    event["type"] = event["type"][:-1] + draw(st.sampled_from(("2", "0", "10", "")))


def _wrong_value(draw: st.DrawFn, event: Json) -> None:
    entity, kind = TYPES[event["type"]]
    column = draw(st.sampled_from([*(entity.by_name[n] for n in kind.columns), *kind.extras] or [None]))
    if column is None:
        return _unknown_field(draw, event)
    late = ("2026-01-01T00:10:00.000001Z",) if column.kind is Kind.TIME and not column.ahead else ()
    low = (column.least - 1,) if column.kind is Kind.INTEGER else ()
    nulls = () if column.clearable and column not in kind.extras else (None,)
    event.setdefault("data", {})[column.name] = draw(
        st.sampled_from((*BAD_VALUES[column.kind], *nulls, *late, *low))
    )
    return None


def _unknown_field(draw: st.DrawFn, event: Json) -> None:
    name = draw(st.sampled_from(("ho_ten", "Agency", "subject", "", "a.b", "SoDienThoai", "đ", "0912345678")))
    event.setdefault("data", {})[name] = draw(st.sampled_from((None, 1, "x", {"a": [1]}, *PERSONAL)))


def _secret(draw: st.DrawFn, event: Json) -> None:
    mark = {draw(st.sampled_from(SECRET_FIELDS)): 1} if draw(st.booleans()) else {}
    mark = mark or {draw(st.sampled_from(("agency", "kind", "x"))): draw(st.sampled_from(SECRETS))}
    place = draw(st.sampled_from(("envelope", "data", "nested")))
    if place == "envelope":
        event.update(mark)
    else:
        event.setdefault("data", {}).update(mark if place == "data" else {"x": [{"y": mark}]})


def _missing_field(draw: st.DrawFn, event: Json) -> None:
    required = TYPES[event["type"]].event.required
    if not required:
        return _unknown_field(draw, event)
    del event["data"][draw(st.sampled_from(required))]
    return None


MUTATIONS: tuple[Callable[[st.DrawFn, Json], None], ...] = (
    *(_wrong_envelope, _torn, _without, _wrong_version, _wrong_value, _wrong_value, _unknown_field),
    *(_secret, _missing_field),
)


@st.composite
def mutated_events(draw: st.DrawFn, entity: str | None = None) -> Json:
    """Events with one fault each: `read` refuses every one of them at NOW."""
    event = json.loads(json.dumps(draw(valid_events(entity))))
    draw(st.sampled_from(MUTATIONS))(draw, event)
    return event


@st.composite
def broken_records(draw: st.DrawFn) -> bytes:
    """Records that are no JSON object, or JSON that two readers could read in two ways."""
    text = json.dumps(draw(valid_events()), ensure_ascii=False).encode()
    cut, open_ = text[: draw(st.integers(0, len(text) - 1))], text[:-1]
    whole = (
        b"",
        b" ",
        b"null",
        b"[]",
        b"5",
        b'"x"',
        b"{",
        b"\x00",
        b"\xff\xfe",
        b"[" * 500,
        b"{'id':1}",
        cut,
    )
    around = (b"[" + text + b"]", text + b"]", text + text, text + b"// ok", b"\xef\xbb\xbf" + text)
    numbers = (open_ + b',"x":NaN}', open_ + b',"x":-Infinity}', open_ + b',"x":01}')
    encodings = (text.decode().encode("utf-16"), open_ + b',"x":"\\ud800"}', open_ + b',"x":"\xff"}')
    twice = (b'{"id":"079099001234",' + text[1:], open_ + b',"time":"2022-07-01T08:15:00Z"}')
    return draw(st.sampled_from((*whole, *around, *numbers, *encodings, *twice)))
