"""What the browser does to a query before it sends it: `$__conditionalAll`, then variables.

As `src/data/CHDatasource.ts` of the ClickHouse data source 4.20.0 has it; ad-hoc filters are not ported: our
dashboards have none.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.grafana.brackets import brackets
from tests.grafana.macros import Asked, expand

ALL = "$__all"
VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$(\w+)")
NAMED = re.compile(r"(?<=\$\{)\w+(?=\})|(?<=\$)\w+")
Value = str | Sequence[str]


@dataclass(frozen=True)
class Screen:
    """What a dashboard knows when it asks: its time range, the interval, the variables.

    options: all values of a variable, for when all are chosen.
    """

    start: datetime
    end: datetime
    variables: Mapping[str, Value] = field(default_factory=dict)
    options: Mapping[str, Sequence[str]] = field(default_factory=dict)
    interval: timedelta = timedelta(minutes=1)

    def sql(self, text: str) -> str:
        """The statement that reaches ClickHouse."""
        asked = Asked(self.start, self.end, self.interval)
        return expand(_replace(_conditional(text, self), self), asked)


def _conditional(text: str, screen: Screen) -> str:
    """`$__conditionalAll(condition, $variable)`: the condition, or 1=1 when all or nothing is chosen."""
    name = "$__conditionalAll"
    while (at := text.rfind(f"{name}(")) >= 0:
        arguments, end = brackets(text, at + len(name), quotes=False)
        if len(arguments) != 2:
            return text
        variable = NAMED.search(arguments[1].strip())
        value = screen.variables.get(variable[0], "") if variable else "chosen"
        phrase = "1=1" if value in ("", ALL, [ALL], (ALL,)) else arguments[0]
        text = text.replace(text[at:end], phrase, 1)
    return text


def _replace(text: str, screen: Screen) -> str:
    """Variables in the text; an unknown name is left."""

    def one(match: re.Match[str]) -> str:
        name = match[1] or match[3]
        if name not in screen.variables:
            return match[0]
        value = screen.variables[name]
        if value == ALL:
            value = screen.options[name]
        return _formatted(value, match[2])

    return VARIABLE.sub(one, text)


def _formatted(value: Value, form: str | None) -> str:
    values = [value] if isinstance(value, str) else list(value)
    if form == "sqlstring":
        return ",".join("'" + item.replace("'", "''").replace('"', '\\"') + "'" for item in values)
    if form == "singlequote":
        return ",".join("'" + item.replace("'", "\\'") + "'" for item in values)
    if form in ("raw", None) and isinstance(value, str):
        return value
    if form is None:
        return "'" + "','".join(values) + "'"
    raise NotImplementedError(form)
