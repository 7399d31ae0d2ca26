"""A seeded bug: a mistake that the engine is built to be without, as a patch over the real classes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

Patch = AbstractContextManager[Any]


@dataclass(frozen=True)
class Bug:
    """about: what it does wrong. seeded: the engine has it within this context.

    first: where to begin to look; the seeds before it are known to show nothing.
    """

    about: str
    seeded: Callable[[], Patch]
    first: int = 0


BUGS: dict[str, Bug] = {}


def bug(about: str, first: int = 0) -> Callable[[Callable[[], Patch]], Callable[[], Patch]]:
    """Enter a patch under the name of the function that makes it."""

    def named(seeded: Callable[[], Patch]) -> Callable[[], Patch]:
        BUGS[seeded.__name__] = Bug(about, seeded, first)
        return seeded

    return named


class Both:
    """Two patches as one."""

    def __init__(self, *patches: Patch) -> None:
        self._patches = patches

    def __enter__(self) -> None:
        for each in self._patches:
            each.__enter__()

    def __exit__(self, *error: Any) -> None:
        for each in reversed(self._patches):
            each.__exit__(*error)
