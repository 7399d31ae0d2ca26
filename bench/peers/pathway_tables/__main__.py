"""Pathway: tables and groupby; all of it in its Rust engine, Python only receives the changed counts.

A register of a dossier is the maximum over (time, value), so duplicates and late events change nothing;
counts are two groupbys over the dossiers. A commit every second. Recovery by snapshots of its input every
10 s; its other way, snapshots of operators, asks for a licence key. The run begins when the graph starts,
since Python hears nothing of the first event.
"""

from functools import partial
from typing import Any

import pathway as pw

from bench.options import Options
from bench.peers.common import Finish
from bench.peers.job import Counts
from bench.peers.table import MEASURES

TEXTS = ("agency", "channel", "service_level", "paid_channel")
FORMAT = "%Y-%m-%dT%H:%M:%S%z"
COMMIT_MS = 1_000
UNSET = ""
NEVER = "1970-01-01T00:00:00+0000"


class Record(pw.Schema):
    subject: str
    type: str
    time: str
    agency: str | None = pw.column_definition(default_value=None)
    channel: str | None = pw.column_definition(default_value=None)
    service_level: str | None = pw.column_definition(default_value=None)
    fee_due: bool | None = pw.column_definition(default_value=None)
    paid_channel: str | None = pw.column_definition(default_value=None)
    received_at: str | None = pw.column_definition(default_value=None)
    ended_at: str | None = pw.column_definition(default_value=None)
    due_at: str | None = pw.column_definition(default_value=None)


PATHS = {name: f"/{name}" for name in ("subject", "type", "time")} | {
    name: f"/data/{name}" for name in Record.column_names() if name not in ("subject", "type", "time")
}


def day(text: Any) -> Any:
    """Vietnamese days since 1970."""
    return (text.dt.strptime(FORMAT).dt.timestamp(unit="s") + 7 * 3600) // 86_400


def dossiers(records: pw.Table) -> pw.Table:
    """One row per dossier: the last value of each column."""
    this, kind = pw.this, lambda name: pw.this.type == f"vn.reform.dossier.{name}.v1"
    version = this.time.dt.strptime(FORMAT).dt.timestamp(unit="s")
    own = pw.coalesce
    stated = records.select(
        this.subject,
        version=version,
        agency=this.agency,
        channel=own(this.channel, pw.if_else(kind("submitted"), "online", None)),
        service_level=this.service_level,
        fee_due=this.fee_due,
        paid_channel=own(this.paid_channel, pw.if_else(kind("fee_refunded"), UNSET, None)),
        received_at=own(this.received_at, pw.if_else(kind("received"), this.time, None)),
        ended_at=own(this.ended_at, pw.if_else(kind("ended"), this.time, None)),
        due_at=this.due_at,
        voided=kind("voided"),
    )
    names = (*TEXTS, "received_at", "ended_at", "due_at")
    registers = {name: _register(stated, name, UNSET) for name in names}
    last = stated.groupby(this.subject).reduce(
        fee_due=pw.reducers.max(_register(stated, "fee_due", False)),
        voided=pw.reducers.max(this.voided),
        **{name: pw.reducers.max(register) for name, register in registers.items()},
    )
    return last.select(this.voided, **{name: this[name].get(1) for name in (*names, "fee_due")}).filter(
        ~this.voided
    )


def _register(stated: pw.Table, name: str, unset: Any) -> Any:
    value = stated[name]
    return pw.if_else(
        value.is_none(), pw.make_tuple(-1.0, unset), pw.make_tuple(stated.version, pw.coalesce(value, unset))
    )


def received(states: pw.Table) -> pw.Table:
    this = pw.this
    number = partial(pw.cast, int)
    online = this.channel == "online"
    rows = states.filter(this.received_at != UNSET).select(
        this.agency,
        day=day(this.received_at),
        online=number(online),
        online_full=number(online & (this.service_level == "full")),
        paid_online=number(
            this.fee_due & ((this.paid_channel == "portal") | (this.paid_channel == "gateway"))
        ),
    )
    return rows.groupby(this.agency, this.day).reduce(
        this.agency,
        this.day,
        received=pw.reducers.count(),
        online=pw.reducers.sum(this.online),
        online_full=pw.reducers.sum(this.online_full),
        paid_online=pw.reducers.sum(this.paid_online),
    )


def ended(states: pw.Table) -> pw.Table:
    this = pw.this
    rows = states.filter(this.ended_at != UNSET).select(this.agency, day=day(this.ended_at), due=this.due_at)
    promised = pw.if_else(this.due == UNSET, NEVER, this.due)
    due = pw.if_else(this.due == UNSET, this.day, day(promised))
    timely = rows.select(this.agency, this.day, on_time=pw.cast(int, this.day <= due))
    return timely.groupby(this.agency, this.day).reduce(
        this.agency, this.day, ended=pw.reducers.count(), on_time=pw.reducers.sum(this.on_time)
    )


class Output:
    """Takes the changed counts, and ends when those of the last event have come."""

    def __init__(self, finish: Finish) -> None:
        self._finish = finish
        self._ended: dict[str, int] = {}
        self._last: int | None = None

    def counted(self, key: object, row: dict[str, Any], time: int, is_addition: bool) -> None:
        del key, time
        cell = row["agency"], row["day"]
        cells = self._finish.counts.cells.setdefault(cell, [0] * len(MEASURES))
        for number, name in enumerate(MEASURES):
            if name in row:
                cells[number] += row[name] if is_addition else -row[name]
        self._finish.counts.changed.add(cell)

    def progressed(self, key: object, row: dict[str, Any], time: int, is_addition: bool) -> None:
        del key
        if is_addition:
            self._finish.take(row["events"] - self._finish.taken)
            if row["events"] >= self._finish.options.events:
                self._last = time

    def time_ended(self, name: str, time: int) -> None:
        self._ended[name] = time
        self._finish.write()
        if self._last is not None and len(self._ended) == 3 and min(self._ended.values()) >= self._last:
            self._finish.end()


def main() -> None:
    options = Options.read()
    finish = Finish(options, Counts())
    output = Output(finish)
    records = pw.io.kafka.read(
        {"bootstrap.servers": options.kafka, "group.id": options.group, "auto.offset.reset": "earliest"},
        options.topic,
        schema=Record,
        format="json",
        json_field_paths=PATHS,
        autocommit_duration_ms=COMMIT_MS,
        name="dossiers",
    )
    states = dossiers(records)
    for name, table in (("received", received(states)), ("ended", ended(states))):
        pw.io.subscribe(table, output.counted, on_time_end=partial(output.time_ended, name), name=name)
    total = records.reduce(events=pw.reducers.count())
    pw.io.subscribe(total, output.progressed, on_time_end=partial(output.time_ended, "total"), name="total")
    persistence = None
    if options.recovery:
        persistence = pw.persistence.Config(
            pw.persistence.Backend.filesystem(options.folder / "pathway"),
            snapshot_interval_ms=10_000,
        )
    finish.begin()
    pw.run(monitoring_level=pw.MonitoringLevel.NONE, persistence_config=persistence)


main()
