"""What one check has found."""

from collections.abc import Callable
from typing import NamedTuple

from streams.cli.doctoring.procedure import Procedure


class Finding(NamedTuple):
    """What was looked at, whether it is well (None: not looked at), what was seen, and where to read on."""

    what: str
    well: bool | None
    note: str
    remedy: Procedure | None = None

    def __str__(self) -> str:
        mark = {True: "tốt/well ", False: "LỖI/BAD  ", None: "chưa/skip"}[self.well]
        remedy = f" → {self.remedy}" if self.remedy and self.well is False else ""
        return f"{mark} {self.what}: {self.note}{remedy}"


def found(what: str, check: Callable[[], Finding]) -> Finding:
    """What the check finds, or what kept it from looking."""
    from schemas.catalogue import CatalogueError
    from streams.checkpoint import StoreError
    from streams.shard import Fatal

    try:
        return check()
    except (CatalogueError, StoreError, Fatal, OSError) as error:
        return Finding(what, False, str(error))


def tried(what: str, check: Callable[[], str], remedy: Procedure | None = None) -> Finding:
    """Well with what the check returns, or not with what kept it from that."""
    seen = found(what, lambda: Finding(what, True, check()))
    return seen if seen.well else seen._replace(remedy=remedy)
