"""An errand: a call of a sink that the engine repeats until it succeeds. Health asks about it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Errand:
    """The call that is under way, if one is; read from any thread, written in the event loop.

    tries: how many were begun, or came a step further, since the start. out: whether one is under way.
    trouble: why the last one failed, "" when it did not.
    """

    tries: int = 0
    out: bool = False
    trouble: str = ""

    def begin(self) -> None:
        """Try."""
        self.tries += 1
        self.out = True

    def step(self) -> None:
        """It came further: of many requests one is answered. Called from the thread that works."""
        self.tries += 1

    def fail(self, why: str) -> None:
        """It failed, and will be tried again."""
        self.trouble = why

    def end(self) -> None:
        """It succeeded, or nobody waits for it any more."""
        self.out = False
        self.trouble = ""
