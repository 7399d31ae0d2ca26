"""A store with the quarter of Ngã Năm, the services it offers, and the screen that looks at it."""

import json
from datetime import datetime
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from schemas.catalogue import load
from sources import nga_nam
from streams.domain import Domain
from streams.offline import Line, replay
from tests.grafana.screen import Screen
from tests.stores import emptied

PROCEDURE = "1.004946"


def service(number: int, agency: str, procedure: str) -> dict[str, Any]:
    """A procedure that an agency offers in full online."""
    data = {"agency": agency, "procedure": procedure, "field": "G03-GD10", "level": "full"}
    return {
        "specversion": "1.0",
        "id": f"service-{number}",
        "source": "/h51/portal",
        "type": "vn.reform.service.offered.v1",
        "subject": f"service-{number}",
        "time": "2022-01-03T08:00:00+07:00",
        "datacontenttype": "application/json",
        "data": data | {"eligible_full": True, "fee_due": True, "payment_integrated": number % 2 == 0},
    }


@pytest.fixture(scope="module")
def client() -> Client:
    """The quarter, replayed by the engine."""
    store = emptied()
    told: list[dict[str, Any]] = [dict(event) for event in nga_nam.events()]
    received = [e["data"] for e in told if e["type"] == "vn.reform.dossier.received.v1"]
    offered = sorted({(data["agency"], data["procedure"]) for data in received})
    told += [service(number, *place) for number, place in enumerate(offered)]
    lines = (Line("feed", number, json.dumps(event).encode()) for number, event in enumerate(told, 1))
    refused: list[Any] = []
    replay(lines, store, Domain(load()), refused.append, lambda _: None)
    assert refused == []
    return store.client


@pytest.fixture(scope="module")
def dossier(client: Client) -> str:
    """A dossier that is overdue today."""
    found = client.command(
        "SELECT min(subject) FROM dossiers_current WHERE ended_at IS NULL AND due_at < now()"
    )
    return str(found)


@pytest.fixture(scope="module", params=["$__all", nga_nam.TOWN])
def screen(request: pytest.FixtureRequest, dossier: str) -> Screen:
    """Half a year, for the province and for the town: after the feed, what is pending falls due."""
    chosen = {"agency": request.param, "period": "month", "procedure": "", "dossier": dossier}
    start = datetime.fromisoformat("2022-07-01T00:00:00+07:00")
    end = datetime.fromisoformat("2022-12-31T23:59:59.999+07:00")
    return Screen(start, end, chosen, {"agency": list(nga_nam.AGENCIES)})
