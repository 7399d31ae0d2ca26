"""A correction of refused events as a TOML file: what to drop, rename, translate and set, in this order.

    drop = ["data.colour"]

    [rename]
    "data.co_quan" = "data.agency"

    [values."data.channel"]
    "truc tuyen" = "online"

    [set]
    "data.service_level" = "full"

A name is that of an attribute, or `data.` and that of a field.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

Name = Annotated[str, StringConstraints(pattern=r"^(data\.)?[^.]+$")]
Value = str | int | bool
DATA = "data"


class CorrectionError(ValueError):
    """A file that is no correction; the message says where."""


class Correction(BaseModel):
    """What to do with the fields of an event; without anything it leaves them as they are."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    drop: list[Name] = Field(default_factory=list)
    rename: dict[Name, Name] = Field(default_factory=dict)
    values: dict[Name, dict[str, Value]] = Field(default_factory=dict)
    set: dict[Name, Value] = Field(default_factory=dict)

    def applied(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields corrected; what is given stays as it is. A value that is no text is not translated."""
        flat = _flat(fields)
        for name in self.drop:
            flat.pop(name, None)
        for old, new in self.rename.items():
            if old in flat:
                flat[new] = flat.pop(old)
        for name, table in self.values.items():
            value = flat.get(name)
            if isinstance(value, str):
                flat[name] = table.get(value, value)
        return _nested(flat | self.set)


def load(path: Path) -> Correction:
    """Read a file; raises CorrectionError, OSError."""
    try:
        return Correction.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise CorrectionError(f"{path}: {place}: {first['msg']}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CorrectionError(f"{path}: {error}") from None


def _flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with those of `data` beside the others; a `data` that is no object stays as it is."""
    data = fields.get(DATA)
    if not isinstance(data, Mapping):
        return dict(fields)
    return {**{k: v for k, v in fields.items() if k != DATA}, **{f"{DATA}.{k}": v for k, v in data.items()}}


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    top = {name: value for name, value in flat.items() if not name.startswith(f"{DATA}.")}
    data = {name[len(DATA) + 1 :]: value for name, value in flat.items() if name.startswith(f"{DATA}.")}
    return {**top, DATA: data} if data else top
