"""The dashboards as documents: generated, complete, laid out without overlap, linked to what exists."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from deploy.grafana.generate.__main__ import texts
from tests.grafana.dashboards import FOLDER, dashboards
from tests.grafana.screen import VARIABLE

EVERY = dashboards()
BUILT_IN = re.compile(r"__\w+")
PROVISIONING = FOLDER / "provisioning"


@pytest.fixture(params=EVERY)
def dashboard(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = EVERY[request.param]
    return found


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def test_generating_again_gives_what_is_checked_in() -> None:
    assert {path.name: path.read_text() for path in (FOLDER / "dashboards").iterdir()} == texts()


def test_the_check_of_the_command_agrees() -> None:
    subprocess.run(
        [sys.executable, "-m", "deploy.grafana.generate", "--check"], check=True, cwd=FOLDER.parent.parent
    )


def test_names_zone_and_refresh(dashboard: dict[str, Any]) -> None:
    assert EVERY[dashboard["uid"]] is dashboard
    assert dashboard["timezone"] == "Asia/Ho_Chi_Minh"
    assert dashboard["refresh"] == "30s"
    assert dashboard["editable"] is False
    assert {"agency", "period"} <= {variable["name"] for variable in dashboard["templating"]["list"]}


def test_panels_have_ids_of_their_own_and_do_not_overlap(dashboard: dict[str, Any]) -> None:
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


def test_panels_say_what_they_show_and_what_nothing_looks_like(dashboard: dict[str, Any]) -> None:
    for panel in dashboard["panels"]:
        assert panel["title"]
        if panel["type"] != "row":
            assert panel["description"]
            assert panel["fieldConfig"]["defaults"]["noValue"] == "–"
            assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])


def test_the_data_sources_are_provisioned(dashboard: dict[str, Any]) -> None:
    text = (PROVISIONING / "datasources" / "reform-pulse.yaml").read_text()
    known = {source["uid"]: source["type"] for source in yaml.safe_load(text)["datasources"]}
    for panel in dashboard["panels"]:
        for part in [panel, *panel.get("targets", [])] if panel["type"] != "row" else ():
            assert known[part["datasource"]["uid"]] == part["datasource"]["type"]


def test_the_folder_is_provisioned_and_read_only() -> None:
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards" / "reform-pulse.yaml").read_text())["providers"]
    assert provider["allowUiUpdates"] is False


def test_variables_that_are_used_exist(dashboard: dict[str, Any]) -> None:
    known = {variable["name"] for variable in dashboard["templating"]["list"]}
    for text in strings(dashboard["panels"]):
        for match in VARIABLE.finditer(text):
            name = match[1] or match[3]
            assert name in known or BUILT_IN.match(name), text


def test_links_lead_to_dashboards_that_have_the_variables(dashboard: dict[str, Any]) -> None:
    links = [text for text in strings(dashboard["panels"]) if text.startswith("/d/")]
    for link in links:
        target = EVERY[urlsplit(link).path.removeprefix("/d/")]
        known = {variable["name"] for variable in target["templating"]["list"]}
        passed = [name.removeprefix("var-") for name, _ in parse_qsl(urlsplit(link).query) if "var-" in name]
        assert set(passed) <= known
    tags = [tag for link in dashboard["links"] for tag in link["tags"]]
    assert tags == ["reform-pulse"] == dashboard["tags"]
