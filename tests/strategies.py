"""Hypothesis strategies for the contract: valid events, and records as bytes; faulty ones: tests.mutations.

Subjects, sources and times are few, so that events meet: on one entity, at one time, in another order.
Everything follows from the declarations, so a new column or event type is covered as soon as it is declared.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from schemas.column import Column, Kind
from schemas.contract import TYPES, Declared
from schemas.instant import to_microseconds

Json = dict[str, Any]

NOW = to_microseconds(datetime(2026, 1, 1, tzinfo=UTC))
"""Give this to `read` as `now`: every valid event lies before it."""

DOSSIERS = ("H51.18-220701-0001", "H51.18-220701-0002", "000.00.01.H26-260930-0012")
SUBJECTS = {
    "dossier": DOSSIERS,
    "document": ("H51.18,2022/07/01,12/BC-UBND", "000000000012345678", "văn-bản-3"),
    "payment": ("DVCQG-2207010001234", "PAY/1"),
    "service": ("H51.18/1.004946", "H51.18/2.000815"),
    "feedback": ("PAKN-20220701-77", "pakn 78"),
    "task": ("KH-152/2022/3", "t"),
}
SOURCES = ("/h51/one-stop", "/h51/documents", "https://dichvucong.soctrang.gov.vn/dong-bo")
TEXTS = {
    "agency": ("H51.18", "H51.18.02", "000.18.29.H51", "H37.02.02"),
    "receiving_agency": ("H51.18.02", "H51"),
    "procedure": ("1.004946", "2.000815", "1.004946.000.00.00.H51"),
    "field": ("G03-GD10", "G09-TP03"),
    "reason": ("loi-he-thong", "nhap sai"),
}
ODD_TEXTS = (
    *("0", "null", "đ", "Sở Tư pháp", "𝄞", 'a"b', "a\\b", "a,b", "{}", "a\u2044b"),
    *("x" * 200, "ậ" * 200),
)
INTEGERS = (0, 1, 2, 3, 90, 35_000, 10**15 - 1)
OFFSETS = (420, 420, 420, 0, -300, 345, 840, -1439)
FRACTIONS = ("", "", "", ".0", ".5", ".123", ".999999", ".000001", ".123456789")
MINUTES = tuple(range(0, 3 * 24 * 60, 240))
FIRST_MINUTE = datetime(2022, 7, 1, tzinfo=UTC)
EDGES = ("1990-01-01T00:00:00Z", "2099-12-31T23:59:59.999999Z", "2100-01-01T06:59:59+07:00")


@st.composite
def times(draw: st.DrawFn) -> str:
    """RFC 3339 times of a few instants in July 2022, in many spellings."""
    offset = draw(st.sampled_from(OFFSETS))
    moment = FIRST_MINUTE + timedelta(minutes=draw(st.sampled_from(MINUTES)))
    local = moment.astimezone(timezone(timedelta(minutes=offset)))
    zone = f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"
    if not offset:
        zone = draw(st.sampled_from(("Z", "z", "+00:00", "-00:00")))
    text = f"{local:%Y-%m-%dT%H:%M:%S}{draw(st.sampled_from(FRACTIONS))}{zone}"
    return text.replace("T", draw(st.sampled_from("TTTt")))


def _texts(name: str) -> st.SearchStrategy[str]:
    short = st.text("abđH51.-_/ 𝄞\"\\'", min_size=1, max_size=8).filter(lambda s: s == s.strip())
    usual = st.sampled_from(TEXTS.get(name, ("a", "b")))
    return st.one_of(usual, usual, st.sampled_from(ODD_TEXTS), short)


def values(column: Column) -> st.SearchStrategy[Any]:
    """Valid values of a column, null aside."""
    match column.kind:
        case Kind.CODE:
            return st.sampled_from(column.codes)
        case Kind.FLAG:
            return st.booleans()
        case Kind.INTEGER:
            return st.sampled_from([n for n in INTEGERS if n >= column.least])
        case Kind.TIME if column.ahead:
            return st.one_of(times(), times(), st.sampled_from(EDGES))
        case Kind.TIME:
            return times()
        case Kind.KEY:
            return st.sampled_from(DOSSIERS)
        case _:
            return _texts(column.name)


@st.composite
def _data(draw: st.DrawFn, kind: Declared) -> Json:
    entity, event = kind
    chosen = draw(st.lists(st.sampled_from(event.columns), unique=True)) if event.columns else []
    data = {}
    for name in chosen:
        column = entity.by_name[name]
        null = column.clearable and draw(st.integers(0, 4)) == 0
        data[name] = None if null and name not in event.required else draw(values(column))
    for extra in event.extras:
        if extra.name in event.required or draw(st.booleans()):
            data[extra.name] = draw(values(extra))
    for name in event.required:
        if name not in data:
            data[name] = draw(values(entity.by_name[name]))
    return data


@st.composite
def _events(draw: st.DrawFn, types: Sequence[str]) -> Json:
    type_ = draw(st.sampled_from(types))
    kind = TYPES[type_]
    event: Json = {
        "specversion": "1.0",
        "source": draw(st.sampled_from(SOURCES)),
        "type": type_,
        "subject": draw(st.sampled_from(SUBJECTS[kind.entity.name])),
        "time": draw(times()),
        "data": draw(_data(kind)),
    }
    if kind.entity.name == "payment":
        # A payment lies with its dossier; one code for both, else its states would split over shards.
        event["partitionkey"] = draw(st.sampled_from(DOSSIERS))
        if event["data"].get("dossier"):
            event["data"]["dossier"] = event["partitionkey"]
    elif draw(st.booleans()):
        event["partitionkey"] = event["subject"]
    if draw(st.booleans()):
        event["datacontenttype"] = "application/json"
    if draw(st.integers(0, 9)) == 0:
        event["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        event["dataschema"] = "https://reform.example.vn/schemas/v1"
    if not event["data"] and draw(st.booleans()):
        del event["data"]
    return _identified(event)


def _identified(event: Json) -> Json:
    """An id of the content: the same event keeps its id, two events never share one."""
    digest = hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()
    return {"id": digest[:16] if digest[-1] in "01234567" else str(int(digest[:10], 16)), **event}


def valid_events(entity: str | None = None) -> st.SearchStrategy[Json]:
    """Valid CloudEvents as dicts, of any event type (of one entity, if named)."""
    return _events([t for t, kind in TYPES.items() if entity in (None, kind.entity.name)])


def event_streams(entity: str | None = None, *, max_size: int = 30) -> st.SearchStrategy[list[Json]]:
    """Lists of valid events in any order, with duplicates now and then."""
    events = st.lists(valid_events(entity), min_size=1, max_size=max_size)
    return events.flatmap(lambda some: st.permutations([*some, *some[: len(some) // 3]]))


@st.composite
def records(draw: st.DrawFn, entity: str | None = None) -> bytes:
    """Valid events as bytes, in many spellings of JSON."""
    event = draw(valid_events(entity))
    keys = draw(st.permutations(sorted(event)))
    spacing = draw(st.sampled_from(((",", ":"), (", ", ": "), (" ,\t", " : "))))
    text = json.dumps({k: event[k] for k in keys}, ensure_ascii=draw(st.booleans()), separators=spacing)
    return (draw(st.sampled_from(("", " ", "\r\n"))) + text).encode()
