"""The back end's macros of Grafana's ClickHouse data source 4.20.0, as `pkg/macros/macros.go` defines them.

Unknown macros are left as they are. The statement macros (`$__columns`, `$__lttb`, ...) are not ported: our
panels use none.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.grafana.brackets import MacroError, brackets


@dataclass(frozen=True)
class Asked:
    """What the back end is told beside the text: the time range and the interval."""

    start: datetime
    end: datetime
    interval: timedelta


def _seconds(moment: datetime) -> str:
    return f"toDateTime({int(moment.timestamp() // 1)})"


def _millis(moment: datetime) -> str:
    return f"fromUnixTimestamp64Milli({int(moment.timestamp() * 1000 // 1)})"


def _date(moment: datetime) -> str:
    """In UTC, as the range reaches the back end: not the Vietnamese day."""
    return f"toDate('{moment.astimezone(UTC):%Y-%m-%d}')"


def _between(column: str, literal: Callable[[datetime], str], asked: Asked) -> str:
    return f"{column} >= {literal(asked.start)} AND {column} <= {literal(asked.end)}"


def _group(column: str, period: str) -> str:
    length = re.fullmatch(r"(\d+)(s|m|h)", period.strip("'\""))
    if not length or not int(length[1]):
        raise MacroError(f"$__timeGroup: invalid interval {period}")
    seconds = int(length[1]) * {"s": 1, "m": 60, "h": 3600}[length[2]]
    return f"toStartOfInterval(toDateTime({column}), INTERVAL {seconds} second)"


def _second(asked: Asked) -> int:
    return max(int(asked.interval.total_seconds()), 1)


def _milli(asked: Asked) -> int:
    return max(int(asked.interval.total_seconds() * 1000), 1)


MACROS: dict[str, tuple[int | None, Callable[..., str]]] = {
    "timeFilter": (1, lambda s, c: _between(c, _seconds, s)),
    "timeFilter_ms": (1, lambda s, c: _between(c, _millis, s)),
    "dateFilter": (1, lambda s, c: _between(c, _date, s)),
    "dateTimeFilter": (2, lambda s, d, t: f"({_between(d, _date, s)}) AND ({_between(t, _seconds, s)})"),
    "timeFrom": (1, lambda s, c: f"{c} >= {_seconds(s.start)}"),
    "timeTo": (1, lambda s, c: f"{c} <= {_seconds(s.end)}"),
    "timeGroup": (2, lambda _, c, period: _group(c, period)),
    "timeInterval": (1, lambda s, c: f"toStartOfInterval(toDateTime({c}), INTERVAL {_second(s)} second)"),
    "timeInterval_ms": (
        1,
        lambda s, c: f"toStartOfInterval(toDateTime64({c}, 3), INTERVAL {_milli(s)} millisecond)",
    ),
    "fromTime": (None, lambda s, *_: _seconds(s.start)),
    "toTime": (None, lambda s, *_: _seconds(s.end)),
    "fromTime_ms": (None, lambda s, *_: _millis(s.start)),
    "toTime_ms": (None, lambda s, *_: _millis(s.end)),
    "interval_s": (None, lambda s, *_: str(_second(s))),
    "interval_ms": (None, lambda s, *_: str(_milli(s))),
}
MACROS["dt"] = MACROS["dateTimeFilter"]
"""Name -> number of arguments (None: they are ignored) and expansion."""


def expand(text: str, asked: Asked) -> str:
    """The statement that reaches ClickHouse; raises MacroError."""
    done = ""
    while match := re.search(r"\$__(\w+)", text):
        arguments, end = [], match.end()
        if text[end : end + 1] == "(":
            arguments, end = brackets(text, end, quotes=True)
        count, expansion = MACROS.get(match[1], (None, None))
        if expansion is None:
            done, text = done + text[: match.end()], text[match.end() :]
            continue
        arguments = [argument.strip() for argument in arguments]
        if count is not None and len(arguments) != count:
            raise MacroError(f"$__{match[1]} expected {count} argument(s), received {len(arguments)}")
        done, text = done + text[: match.start()], expansion(asked, *arguments) + text[end:]
    return done + text
