"""An errand: a call of a sink that the engine repeats until it succeeds. Health asks about it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Errand:
    """The call that is under way, if one is; written in the event loop, read from any thread.

    tries: how many were begun since the start. out: whether one is under way. trouble: why the last one
    failed, "" when it did not.
    """

    tries: int = 0
    out: bool = False
    trouble: str = ""

    def begin(self) -> None:
        """Try."""
        self.tries += 1
        self.out = True

    def fail(self, why: str) -> None:
        """It failed, and will be tried again."""
        self.trouble = why

    def end(self) -> None:
        """It succeeded, or nobody waits for it any more."""
        self.out = False
        self.trouble = ""
