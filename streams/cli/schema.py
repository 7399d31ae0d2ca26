"""`schema`: the contract for machines, on standard output."""

import json
from enum import StrEnum
from typing import Annotated, Any

import typer


class Form(StrEnum):
    """What the contract can be printed as."""

    JSONSCHEMA = "jsonschema"
    ASYNCAPI = "asyncapi"


Type = Annotated[str | None, typer.Option("--type", help="One type, e.g. vn.reform.dossier.received.v1.")]
As = Annotated[Form, typer.Option("--format", help="JSON Schema, or AsyncAPI 3 as YAML.")]
Names = Annotated[bool, typer.Option("--list", help="Only list the event types with their topics.")]


def schema(type_: Type = None, form: As = Form.JSONSCHEMA, names: Names = False) -> None:
    """Print the contract: JSON Schema of the events, or AsyncAPI 3."""
    from schemas.contract import TYPES

    if names:
        for name, kind in TYPES.items():
            typer.echo(f"{name}\t{kind.entity.topic}")
    elif type_ is not None and type_ not in TYPES:
        raise typer.BadParameter(f"no such event type: {type_}; see `schema --list`", param_hint="--type")
    elif form is Form.JSONSCHEMA:
        typer.echo(json.dumps(_json_schema(type_), indent=2, ensure_ascii=False))
    elif type_ is None:
        typer.echo(_asyncapi(), nl=False)
    else:
        raise typer.BadParameter(
            "AsyncAPI describes all types at once; leave --type out", param_hint="--type"
        )


def _json_schema(type_: str | None) -> dict[str, Any]:
    from schemas.jsonschema import all_schemas, json_schema

    return json_schema(type_) if type_ else all_schemas()


def _asyncapi() -> str:
    from schemas.asyncapi import PUBLISHED

    return PUBLISHED.read_text(encoding="utf-8")
