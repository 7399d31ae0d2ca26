"""Event templates: one event type as an expression that writes a column of JSON lines.

A template names the column of moments at which its event happens; rows whose moment is null tell nothing.
Texts are codes without quotes or backslashes, so that JSON needs no escaping.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import polars as pl

RFC3339 = "%Y-%m-%dT%H:%M:%S+07:00"


def moment(column: str) -> pl.Expr:
    """A column of wall clock times as RFC 3339."""
    return pl.col(column).dt.to_string(RFC3339)


def text(name: str, column: str = "") -> pl.Expr:
    """A column of codes."""
    return pl.concat_str(pl.lit(f'"{name}":"'), pl.col(column or name).cast(pl.String), pl.lit('"'))


def plain(name: str, column: str = "") -> pl.Expr:
    """A column of numbers or flags."""
    return pl.concat_str(pl.lit(f'"{name}":'), pl.col(column or name).cast(pl.String))


def fixed(name: str, json: str) -> pl.Expr:
    """The same JSON value in every row."""
    return pl.lit(f'"{name}":{json}')


def since(name: str, column: str = "") -> pl.Expr:
    """A column of moments that are always there."""
    return pl.concat_str(pl.lit(f'"{name}":"'), moment(column or name), pl.lit('"'))


def term(name: str, column: str = "") -> pl.Expr:
    """A column of promised times; where there is none, nothing is stated. Never the first field."""
    value = pl.concat_str(pl.lit(f',"{name}":"'), moment(column or name), pl.lit('"'))
    return value.fill_null("")


@dataclass(frozen=True)
class Template:
    """How one kind of event is told.

    at: its column of moments. mark: what tells its id from those of the entity's other events. of: what
    the subject has behind the key of the life it belongs to. fields, terms: what `data` says; a term may be
    left out.
    """

    entity: str
    name: str
    at: str
    source: str
    fields: tuple[pl.Expr, ...] = ()
    terms: tuple[pl.Expr, ...] = ()
    mark: str = ""
    of: str = ""

    @property
    def type(self) -> str:
        """The CloudEvents type."""
        return f"vn.reform.{self.entity}.{self.name}.v1"

    @cached_property
    def line(self) -> pl.Expr:
        """The event as JSON."""
        key, subject = pl.col("subject"), pl.concat_str(pl.col("subject"), pl.lit(self.of))
        partition = [pl.lit('"partitionkey":"'), key, pl.lit('",')] if self.of else []
        commas = [pl.lit(",")] * len(self.fields)
        data = [part for pair in zip(commas, self.fields, strict=True) for part in pair][1:]
        return pl.concat_str(
            pl.lit('{"specversion":"1.0","id":"'),
            subject,
            pl.lit(f'-{self.mark or self.name}","source":"{self.source}","type":"{self.type}","subject":"'),
            subject,
            pl.lit('","time":"'),
            moment(self.at),
            pl.lit('",'),
            *partition,
            pl.lit('"datacontenttype":"application/json","data":{'),
            *data,
            *self.terms,
            pl.lit("}}"),
        )

    def happens(self, start: datetime, end: datetime) -> pl.Expr:
        """Whether it happens in a span of moments."""
        return pl.col(self.at).is_between(start, end, closed="left")

    def told(self, lives: pl.DataFrame, happens: pl.Expr) -> pl.DataFrame:
        """Events of the lives for which it `happens`: `at, type, agency, key, line`."""
        return (
            lives.lazy()
            .filter(happens)
            .select(
                at=pl.col(self.at),
                type=pl.lit(self.type),
                agency=pl.col("agency"),
                key=pl.col("subject"),
                line=self.line,
            )
            .collect()
        )
