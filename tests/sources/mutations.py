"""Payloads that are samples gone wrong: values replaced, left out, moved, doubled; bytes cut and inserted.

All chance comes from a `random.Random`: Hypothesis hands in one it can shrink, the long run a seeded one.
"""

import json
import re
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from tests.sources.samples import files

ODD: tuple[Any, ...] = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1",
        "9" * 40,
        "20261301000000",
        "99991231235959",
        "00010101000000",
        "20260112093000",
    ),
    *(
        "null",
        "NaN",
        "Mật",
        "\u202e",
        "\x00",
        "a@b.vn",
        "0912345678",
        "H51",
        "000.00.00.H51",
        "²",
        "١٢",
        "1e9",
    ),
    *(None, True, False, 0, -1, 1.5, 1e300, 10**400, [], {}, [[]], [{}], {"a": {"b": []}}, "x" * 11_000),
)
SIGNS = re.compile(r"([<>;,\n])")
ROWS = 6
"""Rows of a sheet that are kept: its letterhead, its header and some records."""


def payload(random: Random, adapter: str) -> tuple[Path, bytes]:
    """A mutated payload, and the sample that it was."""
    file = random.choice(files_of(adapter))
    return file, mutated(random, file)


@cache
def files_of(adapter: str) -> tuple[Path, ...]:
    """The samples of an adapter."""
    return tuple(file for file in files() if file.parent.name == adapter)


@cache
def _content(file: Path) -> bytes:
    return file.read_bytes()


def mutated(random: Random, file: Path) -> bytes:
    """A sample with one to three changes, of its values or of its bytes."""
    content = _content(file)
    if file.suffix == ".xlsx":
        return _archive(random, content)
    if file.suffix == ".csv":
        lines = content.decode("utf-8-sig").splitlines(keepends=True)
        content = "".join([*lines[:3], *random.sample(lines[3:], min(len(lines) - 3, ROWS - 3))]).encode()
    if random.random() < 0.3:
        return _bytes(random, content)
    if file.suffix == ".json":
        return _values(random, _one_of(random, json.loads(content)))
    if file.suffix == ".ndjson":
        return _values(random, json.loads(random.choice(content.splitlines())))
    return _pieces(random, content.decode())


def _one_of(random: Random, call: Any) -> Any:
    """A call with one of its records."""
    if isinstance(call, list):
        return [random.choice(call)]
    return call | {"data": [random.choice(call["data"])]}


def _values(random: Random, value: Any) -> bytes:
    for _ in range(random.randint(1, 3)):
        value = _change(random, value)
    return json.dumps(value).encode()


def _change(random: Random, value: Any) -> Any:
    """One change, at a place chosen at random."""
    if isinstance(value, list) and value and random.random() < 0.95:
        place = random.randrange(len(value))
        return [*value[:place], _change(random, value[place]), *value[place + 1 :]]
    if not isinstance(value, dict) or not value or random.random() < 0.05:
        return _odd(random)
    name = random.choice(list(value))
    match random.randint(0, 6):
        case 0:
            return {n: v for n, v in value.items() if n != name}
        case 1:
            return value | {name: value[random.choice(list(value))]}
        case 2:
            return value | {_text(random): value[name]}
    return value | {name: _change(random, value[name])}


def _odd(random: Random) -> Any:
    return random.choice(ODD) if random.random() < 0.8 else _text(random)


def _text(random: Random) -> str:
    return "".join(chr(random.choice((random.randint(32, 126), random.randint(1, 0xD7FF)))) for _ in range(8))


def _bytes(random: Random, content: bytes) -> bytes:
    for _ in range(random.randint(1, 3)):
        start = random.randint(0, len(content))
        end = start + random.randint(0, 40)
        content = (
            content[:start]
            + bytes(random.randint(0, 255) for _ in range(random.randint(0, 6)))
            + content[end:]
        )
    return content


def _pieces(random: Random, text: str) -> bytes:
    """Pieces between signs that mean something to CSV or XML, replaced."""
    cut = SIGNS.split(text)
    for _ in range(random.randint(1, 4)):
        cut[random.randrange(len(cut))] = str(_odd(random))
    return "".join(cut).encode("utf-8", "surrogatepass")


def _archive(random: Random, content: bytes) -> bytes:
    """A part of a workbook changed, and all packed again so that sums and sizes fit; or just its bytes."""
    if random.random() < 0.3:
        return _bytes(random, content)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = random.choice(sorted(parts))
    parts[name] = random.choice((_bytes(random, parts[name]), _pieces(random, parts[name].decode())))
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return out.getvalue()
