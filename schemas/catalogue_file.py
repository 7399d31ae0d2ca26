"""Reads one catalogue file; every mistake is told with file, line and mend."""

import itertools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from schemas.figure import Amount, Figure, Kpi, Part, Score, Stock
from schemas.measure import Measure, MistakeError
from schemas.suggestion import hint

Entry = Measure | Kpi | Stock | Amount | Score | Part
SECTIONS: dict[str, type[Entry]] = {
    "measure": Measure,
    "kpi": Kpi,
    "stock": Stock,
    "amount": Amount,
    "score": Score,
    "part": Part,
}
Key = tuple[str, ...]


class CatalogueError(ValueError):
    """A mistake in a catalogue file; the message names file, line and mend."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry with where it stands: its file, and the lines from its head on."""

    entry: Entry
    path: Path
    line: int
    text: tuple[str, ...]

    @property
    def key(self) -> Key:
        """What an entry of another file must have to replace this one: section, name, valid_from."""
        section = next(name for name, model in SECTIONS.items() if model is type(self.entry))
        of = (self.entry.score,) if isinstance(self.entry, Part) else ()
        version = (str(self.entry.valid_from),) if isinstance(self.entry, Figure) else ()
        return (section, *of, self.entry.name, *version)

    def error(self, key: str, message: str) -> CatalogueError:
        """The mistake in one of its keys."""
        line = self.line + _offset(self.text, key)
        return CatalogueError(f"{self.path}, line {line}: `{self.entry.name}`: {key}: {message}")


def read(path: Path) -> dict[Key, Placed]:
    """The entries of a file; raises CatalogueError, OSError."""
    text = path.read_text(encoding="utf-8")
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: {error}") from None
    lines = text.splitlines()
    for section, found in document.items():
        if section not in SECTIONS or not isinstance(found, list):
            line = next(
                (n for n, t in enumerate(lines, 1) if re.match(rf"\s*\[*\s*{re.escape(section)}\b", t)), 1
            )
            names = [f"[[{name}]]" for name in SECTIONS]
            raise CatalogueError(
                f"{path}, line {line}: unknown section `{section}`; {hint(f'[[{section}]]', names)}"
            )
    entries: dict[Key, Placed] = {}
    for section, found in document.items():
        for (start, block), entry in zip(_blocks(lines, section), found, strict=True):
            placed = Placed(_made(section, entry, path, start, block), path, start, block)
            if placed.key in entries:
                first = entries[placed.key].line
                raise placed.error("name", f"stands at line {first} already; give one of them a valid_from")
            entries[placed.key] = placed
    return entries


def _blocks(lines: list[str], section: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Line and text of each entry of a section."""
    heads = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[\s*\w+\s*\]\]", line)] + [len(lines)]
    for start, end in itertools.pairwise(heads):
        if re.match(rf"\s*\[\[\s*{section}\s*\]\]", lines[start]):
            yield start + 1, tuple(lines[start:end])


def _made(section: str, entry: dict[str, Any], path: Path, line: int, block: tuple[str, ...]) -> Entry:
    model = SECTIONS[section]
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        key, message = _told(model, error)
        name = f"`{entry['name']}`: " if isinstance(entry.get("name"), str) else ""
        said = f"{path}, line {line + _offset(block, key)}: {name}"
        raise CatalogueError(said + (message if not key else f"{key}: {message}")) from None


def _told(model: type[Entry], error: ValidationError) -> tuple[str, str]:
    """The mistake to mend first: its key and what is wrong. An unknown key may be why another is missing."""
    errors = error.errors(include_url=False)
    first = next((e for e in errors if e["type"] == "extra_forbidden"), errors[0])
    key = str(first["loc"][0]) if first["loc"] else ""
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, MistakeError):
        return cause.key, str(cause)
    if first["type"] == "extra_forbidden":
        known = model.model_fields if len(first["loc"]) == 1 else ()
        return key, f"unknown key; {hint(key, known)}"
    if first["type"] == "missing":
        return key, "is missing"
    if first["type"] in ("literal_error", "enum"):
        expected = re.findall(r"'([^']+)'", str(first["ctx"]["expected"]))
        return key, f"`{first['input']}` is not allowed; {hint(str(first['input']), expected)}"
    return key, str(cause) if cause else first["msg"]


def _offset(block: tuple[str, ...], key: str) -> int:
    """How far below its head an entry states a key; 0 where it does not."""
    stated = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
    return next((n for n, line in enumerate(block) if key and stated.match(line)), 0)
