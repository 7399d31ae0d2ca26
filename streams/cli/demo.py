"""The demo: the feed of a real report, and at its end the official figures beside ours."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from rich.table import Table

if TYPE_CHECKING:
    from schemas.catalogue import Catalogue
    from schemas.selection import Counts
    from sources.nga_nam import Figure

EVENTS_PER_SECOND = 12_000
PERIOD = "2022-Q3"
TITLE = "Thị xã Ngã Năm (Sóc Trăng), quý III/2022 – Q3 2022"


class Compared(NamedTuple):
    """An official figure beside ours; parts that the report does not state are None."""

    figure: "Figure"
    numerator: float | None
    denominator: float | None

    @property
    def equal(self) -> bool:
        """Whether all that the report states is what we counted."""
        pairs = ((self.figure.numerator, self.numerator), (self.figure.denominator, self.denominator))
        return all(official is None or official == ours for official, ours in pairs)


def records() -> Iterator[tuple[str, str, bytes]]:
    """The feed as it reaches Kafka, duplicated and out of order: topic, key, record."""
    from schemas.contract import declared
    from sources import nga_nam

    for event in nga_nam.scramble(nga_nam.events(), nga_nam.SEED):
        topic = declared(event["type"]).entity.topic
        yield (
            topic,
            event.get("partitionkey") or event["subject"],
            json.dumps(event, ensure_ascii=False).encode(),
        )


def feed(kafka: str, sent: Callable[[], None], stopped: Callable[[], bool]) -> None:
    """Send the feed at a pace to watch; blocks until all is acknowledged. `sent` is called once per event."""
    from sources.producer import EventProducer

    start = time.monotonic()
    with EventProducer(kafka) as producer:
        for number, (topic, key, record) in enumerate(records()):
            producer.send(topic, key, record)
            sent()
            ahead = number / EVENTS_PER_SECOND - (time.monotonic() - start)
            if ahead > 0.05:
                if stopped():
                    break
                time.sleep(ahead)


def compare(catalogue: "Catalogue", counts: "Counts", now: datetime) -> list[Compared]:
    """Our numbers for every published figure."""
    from sources.nga_nam import PUBLISHED

    return [_compared(figure, catalogue, counts, now) for figure in PUBLISHED]


def _compared(figure: "Figure", catalogue: "Catalogue", counts: "Counts", now: datetime) -> Compared:
    from schemas.selection import By, Scope
    from serving.kpis import kpi_rows
    from serving.period import calendar

    by = By.KIND if figure.kind else None
    rows = [
        row
        for agency in figure.agencies
        for row in kpi_rows(
            *(catalogue, counts, calendar(PERIOD), now),
            scope=Scope(agency, True),
            by=by,
            names=[figure.kpi],
        )
        if row.key == figure.kind
    ]
    denominators = [row.denominator for row in rows if row.denominator is not None]
    return Compared(figure, sum(row.numerator for row in rows), sum(denominators) if denominators else None)


def comparison(compared: list[Compared]) -> Table:
    """Official figures beside ours, as a table."""
    table = Table(title=f"Số liệu công bố và số liệu tính được / Published and counted\n{TITLE}")
    table.add_column("Chỉ tiêu / Figure")
    for heading in ("Công bố\nPublished", "Tính được\nCounted", ""):
        table.add_column(heading, justify="right")
    for item in compared:
        figure, stated = item.figure, item.figure.numerator is not None
        ours = (item.numerator if stated else None, item.denominator if figure.denominator else None)
        official = _figures(figure.numerator, figure.denominator)
        mark = "= đúng/equal" if item.equal else "≠ SAI/DIFFERENT"
        table.add_row(f"{figure.vi}\n{figure.en}", official, _figures(*ours), mark)
    return table


def _figures(numerator: float | None, denominator: float | None) -> str:
    from serving.written import count

    if numerator is None or denominator is None:
        return count(numerator if denominator is None else denominator)
    share = f"{100 * numerator / denominator:.2f}".replace(".", ",")
    return f"{count(numerator)} / {count(denominator)} = {share} %"
