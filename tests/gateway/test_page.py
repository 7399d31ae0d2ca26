"""What the pages tell integrators works as it stands there."""

import re
import shlex
import textwrap
from pathlib import Path

import pytest

from sources.correction import Correction, load
from streams.cli.main import app
from tests.gateway.door import Door
from web.problem import KINDS

DOCS = Path(__file__).parents[2] / "docs"
GATEWAY = (DOCS / "gateway.md").read_text(encoding="utf-8")
LETTERS = (DOCS / "dead-letters.md").read_text(encoding="utf-8")


def blocks(text: str) -> list[str]:
    """The indented blocks of a page."""
    found = re.findall(r"(?:^    .*\n|^ *\n(?=    ))+", text, re.MULTILINE)
    return [block for each in found if (block := textwrap.dedent(each).strip())]


CURLS = [block for block in blocks(GATEWAY) if block.startswith("curl ") and "..." not in block]


@pytest.mark.parametrize("command", CURLS, ids=range(len(CURLS)))
def test_the_curl_commands_are_accepted(door: Door, command: str) -> None:
    words = shlex.split(command.replace("\\\n", " "))
    assert words[1] == "http://127.0.0.1:8080/v1/events"
    options = list(zip(words[2::2], words[3::2], strict=True))
    headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
    (body,) = [value for name, value in options if name == "-d"]
    response = door.client.post("/v1/events", content=body.encode(), headers=headers)
    assert response.status_code == 202, response.text


def test_there_is_a_command_for_each_mode_that_fits_on_a_page() -> None:
    assert len(CURLS) == 2


def test_every_status_is_explained() -> None:
    told = {
        int(status)
        for line in re.findall(r"^\| ([0-9, ]+) \|", GATEWAY, re.MULTILINE)
        for status in line.split(",")
    }
    assert told == {202, 207} | {kind.status for kind in KINDS.values()} - {404, 405, 500}


def test_the_mapping_is_one(tmp_path: Path) -> None:
    (text,) = [block for block in blocks(LETTERS) if block.startswith("drop")]
    file = tmp_path / "mapping.toml"
    file.write_text(text, encoding="utf-8")
    assert load(file) == Correction(
        drop=["data.colour"],
        rename={"data.kenh": "data.channel"},
        values={"data.channel": {"truc tuyen": "online"}},
        set={"data.service_level": "full"},
    )


@pytest.mark.parametrize("page", [GATEWAY, LETTERS])
def test_the_commands_exist(page: str) -> None:
    groups = {group.typer_instance.info.name: group.typer_instance for group in app.registered_groups}
    single = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    for line in re.findall(r"reform-pulse ([a-z-]+(?: [a-z-]+)?)", page):
        name, _, inner = line.partition(" ")
        if name in groups:
            commands = {c.name or c.callback.__name__ for c in groups[name].registered_commands if c.callback}
            assert inner in commands
        else:
            assert name in single
