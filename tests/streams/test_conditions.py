"""Every condition that the catalogue takes can be counted by the stream, and means what it means there."""

from pathlib import Path

import polars as pl
import pytest

from schemas.catalogue import load
from tests.streams.folding import Json, cells, folded, recounted

DOSSIER = (
    "agency != receiving_agency",
    "agency = receiving_agency OR channel = 'online'",
    "agency LIKE 'H51.18%' AND NOT voided",
    "length(agency) > 3",
    "COALESCE(field, procedure) = 'G09-TP03'",
    "CASE WHEN fee_due THEN channel ELSE service_level END = 'online'",
    "agency >= 'H51.18'",
    "channel IN ('online', 'postal') AND field IS NULL",
    "supplements + 1 > 1 OR date(due_at) <= date(received_at)",
    "true",
)


def received(number: int, **data: object) -> Json:
    return {
        "specversion": "1.0",
        "id": f"{number}",
        "source": "/h51/one-stop",
        "type": "vn.reform.dossier.received.v1",
        "subject": f"H51.18-220701-{number:04d}",
        "time": "2022-07-01T08:15:00+07:00",
        "data": data,
    }


EVENTS = [
    received(1),
    received(2, agency="H51.18", receiving_agency="H51.18", channel="online", fee_due=True),
    received(3, agency="H51.18", receiving_agency="H51", field="G09-TP03", channel="online"),
    received(4, agency="H51", receiving_agency="H51", procedure="G09-TP03", service_level="full"),
    received(5, agency="H37.02.02", channel="postal", due_at="2022-06-30T23:59:59+07:00"),
]


@pytest.mark.parametrize("where", DOSSIER)
def test_a_condition_counts_what_it_says(where: str, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(f'[[measure]]\nname = "own"\nentity = "dossier"\nat = "received_at"\nwhere = "{where}"\n')
    catalogue = load(own)
    counts = folded(EVENTS, catalogue=catalogue).cubes()
    assert cells(counts) == recounted(EVENTS, catalogue)
    assert counts[1].filter(pl.col("measure") == "own")["value"].sum() > 0


def test_an_entity_may_be_counted_without_a_condition(tmp_path: Path) -> None:
    """Its only measure reads no column."""
    own = tmp_path / "own.toml"
    own.write_text('[[measure]]\nname = "services"\nentity = "service"\nat = "offered_at"\nwhere = "true"\n')
    events = [
        received(number, agency="H51") | {"type": "vn.reform.service.offered.v1"} for number in range(3)
    ]
    whole = load(own)
    alone = whole.model_copy(update={"measures": {"services": whole.measures["services"]}})
    _, daily = folded(events, catalogue=alone).counts()
    assert daily["value"].to_list() == [3]
