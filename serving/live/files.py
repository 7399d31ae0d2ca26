"""The page's files, as they were built: `static/`, read once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class File:
    """A file to send; tag: its ETag, of the content alone."""

    body: bytes
    kind: str
    tag: str


def files(folder: Path = FOLDER) -> Mapping[str, File]:
    """All files by name. Raises OSError, and KeyError for a file of a kind that the page has no use for."""
    return {path.name: _file(path) for path in sorted(folder.iterdir())}


def _file(path: Path) -> File:
    body = path.read_bytes()
    return File(body, KINDS[path.suffix], f'"{hashlib.sha256(body).hexdigest()[:24]}"')
