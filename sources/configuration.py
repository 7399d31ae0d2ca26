"""How a source system's records are to be read: a TOML file per source system, on top of the adapter's own.

    source = "/h22/one-stop"
    [codes.status]                # their code = our word; a table replaces the built-in one as a whole
    "0" = "submitted"
    [codes.agency]
    "UBND xã Vĩnh Quới" = "H51.22"

Everything that differs between vendors is in such files, nothing of it in code.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.suggestion import hint


class ConfigurationError(ValueError):
    """A configuration cannot be used; the message names file, place and mend."""


class Configuration(BaseModel):
    """What every adapter has.

    source: the CloudEvents source of its events. codes: per table, their code to ours. leave_out: columns
    that another source of the same dossiers knows better, and that this one is not to state. version: which
    time its statements carry: `milestone`, the latest time in the record, or `arrival`, when it was sent; the
    latter for senders that take things back (see docs/connect-a-source.md).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    tables: ClassVar[Mapping[str, frozenset[str] | None]] = {"agency": None}
    """The code tables that there are, with the words of ours; None: any."""

    adapter: str = ""
    source: str = Field(pattern=r"^/[a-z0-9/_.-]+$", max_length=200)
    codes: dict[str, dict[str, str]] = {}
    leave_out: frozenset[str] = frozenset()
    version: Literal["milestone", "arrival"] = "milestone"

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        for name, words in self.codes.items():
            known = self._words(name)
            wrong = [word for word in words.values() if known is not None and word not in {*known, ""}]
            if wrong:
                raise ValueError(f"codes.{name}: `{wrong[0]}` is none of {', '.join(sorted(known or ()))}")
        return self

    def _words(self, table: str) -> frozenset[str] | None:
        """Our words of a code table; None: any. Raises ValueError for a table that there is not."""
        if table not in self.tables:
            raise ValueError(f"there is no code table `{table}`; {hint(table, self.tables)}")
        return self.tables[table]

    def code(self, table: str, value: str) -> str | None:
        """Our word for their code; None when the table lacks it. Spellings are compared by `fold`."""
        return self._folded.get(table, {}).get(fold(value))

    @cached_property
    def _folded(self) -> dict[str, dict[str, str]]:
        return {name: {fold(k): v for k, v in table.items()} for name, table in self.codes.items()}

    @classmethod
    def read(cls, file: Path, below: Mapping[str, Any] | None = None) -> Self:
        """Read a file, laid over the values `below`. Raises ConfigurationError."""
        return cls.of(table(file), file.name, below)

    @classmethod
    def of(cls, values: Mapping[str, Any], name: str, below: Mapping[str, Any] | None = None) -> Self:
        """Check values, laid over those `below`. Raises ConfigurationError."""
        try:
            return cls.model_validate(_over(below or {}, values))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise ConfigurationError(f"{name}: {place}: {first['msg']}") from None


def table(file: Path) -> dict[str, Any]:
    """A TOML file as it is. Raises ConfigurationError."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError:
        raise ConfigurationError(f"there is no configuration file {file}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file.name}: this is no TOML: {error}") from None


def fold(text: str) -> str:
    """One spelling of a code: no blanks around or doubled, one case, letters and their marks in one sign."""
    return unicodedata.normalize("NFC", " ".join(text.split())).casefold()


def _over(below: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values over others; code tables one by one, each as a whole."""
    own = values.get("codes", {})
    codes = {**below.get("codes", {}), **own} if isinstance(own, dict) else own
    return {**below, **values, "codes": codes}
