"""Digests in ClickHouse: written once a day, read back, and set beside what has come since."""

# ruff: noqa: S608 - only declared names go into the text; what users give is bound

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
from clickhouse_connect.driver.client import Client

from schemas.digest import Shown, Since, Taken
from schemas.instant import VIETNAM
from schemas.measure import Measure
from schemas.selection import Days, Scope, Selection
from sinks.clickhouse import reference, scope
from sinks.clickhouse.client import trouble
from sinks.clickhouse.frames import insert

CORRECTIONS = ("corrected", "voided", "snapshot")
EVER = date(1970, 1, 1)
SHOWN = ("agency", "kpi", "version", "rule", "numerator", "denominator", "value")
REACHED = """
    SELECT p.topic AS topic, p.`partition` AS `partition`, e.identity AS identity,
        max(p.next_offset) AS next_offset
    FROM progress AS p INNER JOIN epochs AS e ON e.topic = p.topic AND e.epoch = p.epoch
    WHERE (p.topic, p.epoch) IN (SELECT topic, epoch FROM current_epochs) GROUP BY ALL
"""
SINCE = """
    SELECT countIf(NOT correction AND before), countIf(correction), countIf(NOT correction AND NOT before)
    FROM
    (
        SELECT e.time < fromUnixTimestamp({{end:Int64}}) AS before,
            splitByChar('.', CAST(e.type AS String))[4] IN {{corrections:Array(String)}} AS correction
        FROM events AS e FINAL
        INNER JOIN
        (
            SELECT topic, `partition`, next_offset FROM digest_reached
            WHERE day = {{day:Date}} AND taken_at = {{taken_at:DateTime64(3, 'UTC')}}
        ) AS reached ON e.topic = reached.topic AND e.`partition` = reached.`partition`
        WHERE e.entity = {{entity:String}} AND e.offset >= reached.next_offset
            AND e.subject IN (SELECT subject FROM {table}_current WHERE {inside})
    )
"""
OTHER_LOGS = """
    SELECT count() FROM digest_reached
    WHERE day = {day:Date} AND taken_at = {taken_at:DateTime64(3, 'UTC')} AND topic = {topic:String}
        AND identity NOT IN (
            SELECT identity FROM epochs WHERE (topic, epoch) IN (SELECT topic, epoch FROM current_epochs)
        )
"""
BELOW = (
    "SELECT descendant, valid_from, valid_to FROM agency_closure "
    "WHERE version = {{{0}:UInt32}} AND ancestor = {{agency:String}}"
)
TREES = f"SELECT count() FROM (({BELOW.format('one')}) EXCEPT ({BELOW.format('other')}))"


def taken(client: Client, day: date) -> Taken | None:
    """The digest of a day; None: there is none. Raises StoreError."""
    with trouble("look for a digest"):
        rows = client.query(
            "SELECT day, first_at, reference FROM digests_current WHERE day = {day:Date}",
            parameters={"day": day},
        ).result_rows
    return Taken(day, rows[0][1].replace(tzinfo=UTC), int(rows[0][2])) if rows else None


def days(client: Client, around: date) -> list[date]:
    """The three days nearest to one of which there is a digest. Raises StoreError."""
    with trouble("look for digests"):
        rows = client.query(
            "SELECT day FROM digests_current ORDER BY abs(day - {day:Date}), day LIMIT 3",
            parameters={"day": around},
        ).result_rows
    return sorted(row[0] for row in rows)


def reached(client: Client) -> pl.DataFrame:
    """Up to where each log is counted now: to be read before the figures are. Raises StoreError."""
    with trouble("read the progress"):
        rows = client.query(REACHED).result_rows
    schema = {"topic": pl.String, "partition": pl.UInt32, "identity": pl.String, "next_offset": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def write(client: Client, day: date, now: datetime, logs: pl.DataFrame, figures: Sequence[Shown]) -> None:
    """Keep a digest; one of the day that was taken earlier holds. now: aware. Raises StoreError."""
    moment = pl.lit(now).dt.convert_time_zone("UTC").dt.cast_time_unit("ms")
    head = (pl.lit(day).alias("day"), moment.alias("taken_at"))
    found = reference.current(client)
    schema = {"numerator": pl.Float64, "denominator": pl.Float64, "value": pl.Float64}
    if figures:
        frame = pl.DataFrame([asdict(row) for row in figures], schema_overrides=schema)
        insert(client, "digest_figures", frame.select(*head, *SHOWN))
    insert(client, "digest_reached", logs.select(*head, pl.all()))
    insert(
        client,
        "digests",
        pl.select(*head, pl.lit(found[0] if found else 0, pl.UInt32).alias("reference")),
    )


def has(client: Client, of: Taken, agency: str) -> bool:
    """Whether figures of an agency were kept: those of the tree were, and all together. Raises StoreError."""
    if not agency:
        return True
    with trouble("look for an agency in a digest"):
        rows = client.query(
            "SELECT count() FROM agencies FINAL WHERE version = {version:UInt32} AND code = {agency:String} "
            "AND valid_from <= {day:Date} AND {day:Date} < valid_to",
            parameters={"version": of.reference, "agency": agency, "day": of.day},
        ).result_rows
    return bool(rows[0][0])


def figures(client: Client, of: Taken, agency: str, names: Sequence[str]) -> list[Shown]:
    """What was shown of an agency; names: only these figures, none: all. Raises StoreError."""
    bound = {"day": of.day, "taken_at": _moment(of), "agency": agency, "names": list(names)}
    with trouble("read a digest"):
        rows = client.query(
            f"SELECT {', '.join(SHOWN)} FROM digest_figures FINAL WHERE day = {{day:Date}} "
            "AND taken_at = {taken_at:DateTime64(3, 'UTC')} AND agency = {agency:String} "
            "AND (empty({names:Array(String)}) OR kpi IN {names:Array(String)}) ORDER BY kpi",
            parameters=bound,
        ).result_rows
    return [Shown(*row) for row in rows]


def since(
    client: Client, of: Taken, measures: Sequence[Measure], agency: str, start: date | None
) -> Since | None:
    """What came later about entities of one kind that the measures look at; None: the log was made anew.

    start: of the days, up to the digest's, that a measure's time lies in; None: all. Raises StoreError.
    """
    kind = measures[0].of
    end = int(datetime.combine(of.day + timedelta(days=1), datetime.min.time(), VIETNAM).timestamp())
    bound: dict[str, Any] = {"day": of.day, "taken_at": _moment(of), "topic": kind.topic, "end": end}
    bound |= {"entity": kind.name, "corrections": list(CORRECTIONS), "start": start or EVER}
    selection = Selection(Days(None, None), Scope(agency or None, on=of.day))
    inside = [f"({' OR '.join(_between(at) for at in sorted({m.at for m in measures}))})"]
    for text, values in scope.condition(selection, scope.knows(client, agency or None)):
        inside.append(text)
        bound.update(values)
    with trouble("count what came after a digest"):
        if client.query(OTHER_LOGS, parameters=bound).result_rows[0][0]:
            return None
        sql = SINCE.format(table=kind.table, inside=" AND ".join(inside))
        return Since(*client.query(sql, parameters=bound).result_rows[0])


def _between(at: str) -> str:
    return f"({at} < fromUnixTimestamp({{end:Int64}}) AND toDate({at}, 'Asia/Ho_Chi_Minh') >= {{start:Date}})"


def tree_changed(client: Client, of: Taken, agency: str) -> bool:
    """Whether other agencies lie below one than when the digest was taken. Raises StoreError."""
    found = reference.current(client)
    now = found[0] if found else 0
    if not agency or now == of.reference:
        return False
    both = ({"one": of.reference, "other": now}, {"one": now, "other": of.reference})
    with trouble("compare agency trees"):
        return any(
            client.query(TREES, parameters=each | {"agency": agency}).result_rows[0][0] for each in both
        )


def _moment(of: Taken) -> str:
    return of.taken_at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


class KeptDigests:
    """The digests of a database, as the API and `explain` ask for them. Raises StoreError."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def taken(self, day: date) -> Taken | None:
        """The digest of a day."""
        return taken(self._client, day)

    def days(self, around: date) -> list[date]:
        """The nearest days that have one."""
        return days(self._client, around)

    def has(self, of: Taken, agency: str) -> bool:
        """Whether figures of an agency were kept."""
        return has(self._client, of, agency)

    def figures(self, of: Taken, agency: str, names: Sequence[str]) -> list[Shown]:
        """What was shown of an agency."""
        return figures(self._client, of, agency, names)

    def since(self, of: Taken, measures: Sequence[Measure], agency: str, start: date | None) -> Since | None:
        """What came later."""
        return since(self._client, of, measures, agency, start)

    def tree_changed(self, of: Taken, agency: str) -> bool:
        """Whether other agencies lie below it."""
        return tree_changed(self._client, of, agency)
