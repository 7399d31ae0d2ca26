"""What the scale simulation draws is what the engine counts."""

import numpy as np
import polars as pl

from bench.copies import TOPIC
from bench.scale import NOTHING, PROVINCES, drawn
from schemas.catalogue import load
from streams.checkpoint import Epoch
from streams.domain import Domain
from streams.ledger import Ledger

DOSSIERS, AGENCIES, DAYS = 200, 68, 30


def test_every_drawn_dossier_is_counted_at_its_agency() -> None:
    frame = drawn(np.random.default_rng(1), DOSSIERS, AGENCIES, DAYS, 0)
    ledger = Ledger(Epoch(TOPIC, 1, "bench", 1, ""), 0, Domain(load()), 1)
    ledger.load_states("dossier", frame)
    ledger.compare(NOTHING)
    for cells in ledger.take_counts():
        for measure in ("dossiers_received", "dossiers_ended"):
            counted = cells.filter(pl.col("measure") == measure)
            assert counted["value"].sum() == DOSSIERS
            by_agency = counted.group_by(pl.col("agency").cast(pl.String)).agg(pl.col("value").sum())
            expected = frame["agency"].struct.field("value").value_counts()
            assert dict(by_agency.rows()) == dict(expected.rows())


def test_agencies_belong_to_34_provinces() -> None:
    frame = drawn(np.random.default_rng(1), 20_000, AGENCIES, DAYS, 0)
    names = frame["agency"].struct.field("value")
    assert names.n_unique() == AGENCIES
    assert names.str.split(".").list.first().n_unique() == PROVINCES
    assert frame["subject"].n_unique() == frame.height
