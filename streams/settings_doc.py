"""`docs/settings.md`, from the class of the settings: `make docs` writes it, a test holds it to the code."""

from collections.abc import Iterable, Mapping
from typing import get_args

from annotated_types import Ge, Gt, Le, Lt
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from streams.settings import PREFIX, Settings

_INTRODUCTION = f"""\
# Settings

<!-- Generated from streams/settings.py by `make docs`; change it there. -->

A setting comes from an environment variable, else from a secret file, else from a TOML file, else it has its
default. The TOML file is `reform-pulse.toml` in the working directory, or the one that `{PREFIX}SETTINGS`
names. A name in it that is none of these is an error. Passwords belong into secret files or the environment:
the folder that `{PREFIX}SECRETS` names, such as `/run/secrets`, may have a file for each setting, named as
its environment variable in small letters: `{PREFIX.lower()}clickhouse_password`.

| in the file | environment variable | type | default | meaning |
|---|---|---|---|---|
"""
_TYPES = {"str": "text", "int": "integer", "float": "number", "SecretStr": "secret", "Path": "path"}
_SIGNS = {Ge: "≥", Gt: ">", Le: "≤", Lt: "<"}
_BOUNDS = {Ge: "ge", Gt: "gt", Le: "le", Lt: "lt"}


def settings_page(fields: Mapping[str, FieldInfo] = Settings.model_fields) -> str:
    """Return the page as Markdown: one row for each setting, in the order of the class."""
    return _INTRODUCTION + "".join(_row(name, field) for name, field in fields.items())


def _row(name: str, field: FieldInfo) -> str:
    cells = (f"`{name}`", f"`{PREFIX}{name.upper()}`", _type(field), _default(field), field.description or "")
    return f"| {' | '.join(cells)} |\n"


def _type(field: FieldInfo) -> str:
    kinds = get_args(field.annotation) or (field.annotation,)
    (name,) = (kind.__name__ for kind in kinds if kind is not type(None))
    return ", ".join([_TYPES[name], *_limits(field.metadata)])


def _limits(metadata: Iterable[object]) -> list[str]:
    return [
        f"{sign} {getattr(limit, _BOUNDS[kind])}"
        for limit in metadata
        for kind, sign in _SIGNS.items()
        if isinstance(limit, kind)
    ]


def _default(field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return "none" if value in (None, "") else f"`{value}`"


if __name__ == "__main__":
    print(settings_page(), end="")
