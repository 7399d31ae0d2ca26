"""The news that the server is about to stop: for answers that would go on for ever.

A server waits for the requests that are open before it tells the application; a stream has to hear earlier.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from starlette.applications import Starlette


class Ending:
    """Tells those who listen that the server stops. Belongs to the event loop of the server."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[], None]] = []

    @classmethod
    def of(cls, app: Starlette) -> "Ending":
        """The one of an application, made at the first call."""
        if not hasattr(app.state, "ending"):
            app.state.ending = cls()
        return cast("Ending", app.state.ending)

    @contextmanager
    def told(self, listener: Callable[[], None]) -> Iterator[None]:
        """Have it called when the server begins to stop."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def begin(self) -> None:
        """Tell all who listen."""
        for listener in list(self._listeners):
            listener()
