"""Keeps the logs of Faust and aiokafka readable: a message that repeats is passed once in a while.

Without it a broker that is down makes them write dozens of lines a second.
"""

import logging
import time

_EVERY_SECONDS = 10.0
_LIBRARIES = ("aiokafka", "faust", "mode")


class Once(logging.Filter):
    """Passes a message (logger, level, text before formatting) once per period, with the number held back."""

    def __init__(self, seconds: float = _EVERY_SECONDS) -> None:
        super().__init__()
        self._seconds = seconds
        self._seen: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Decide on one record; adds `(n more)` to the text when some were held back."""
        key = (record.name, record.levelno, str(record.msg))
        since, held = self._seen.get(key, (float("-inf"), 0))
        now = time.monotonic()
        if now - since < self._seconds:
            self._seen[key] = (since, held + 1)
            return False
        self._seen[key] = (now, 0)
        if held:
            record.msg, record.args = f"{record.getMessage()} ({held} more)", None
        return True


_once = Once()


def quiet() -> None:
    """Apply the filter to the libraries' loggers, and leave out what they say below WARNING.

    A filter acts on its own logger only, not on its children, so each one gets it. May be called twice.
    """
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in _LIBRARIES:
            logging.getLogger(name).addFilter(_once)
    for library in _LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)
