"""What the tests of reports share: the town of Ngã Năm, its tree and procedures, its counts in memory."""

from datetime import datetime
from functools import cache

from schemas.catalogue import load
from schemas.instant import VIETNAM
from schemas.reference.tables import BUILT_IN, Reference, gather
from serving.frame_counts import FrameCounts
from serving.reports.setting import Setting
from serving.span import named
from sources import nga_nam
from streams.memory import Memory

CATALOGUE = load()
LATER = datetime(2023, 6, 1, tzinfo=VIETNAM)


@cache
def reference() -> Reference:
    found, mistakes = gather([BUILT_IN / "provinces", BUILT_IN / "nga_nam"])
    assert mistakes == []
    return found


@cache
def feed():
    return nga_nam.scramble(nga_nam.events(), seed=1)


def counted(events, known=None) -> FrameCounts:
    memory = Memory(CATALOGUE)
    memory.fold(events)
    assert memory.refused == []
    return FrameCounts(*memory.counts(), (known or reference()).tree)


@cache
def counts() -> FrameCounts:
    return counted(feed())


def setting(period, *, held=None, agency=nga_nam.TOWN) -> Setting:
    found = held or counts()
    return Setting(CATALOGUE, found, reference(), named(period), period, LATER, agency)


def dossier(number, **data):
    """A snapshot event; times are given as 07-01, that day of 2022 at nine."""
    usual = {"agency": nga_nam.TOWN, "field": "G15-TP01", "channel": "counter"}
    return {
        "specversion": "1.0",
        "id": f"{number}",
        "source": "/hand",
        "type": "vn.reform.dossier.snapshot.v1",
        "subject": f"H51.18-220701-{number:04}",
        "time": "2022-07-20T09:00:00+07:00",
        "data": usual
        | {
            name: f"2022-{value}T09:00:00+07:00" if value and name[-3:] == "_at" else value
            for name, value in data.items()
        },
    }
