"""The command `schema`."""

import json

import pytest
import yaml
from typer.testing import CliRunner

from schemas.contract import TYPES
from schemas.jsonschema import all_schemas, json_schema
from streams.cli.main import app


def run(*options):
    return CliRunner().invoke(app, ["schema", *options])


def test_prints_the_json_schema_of_all_types_or_of_one():
    assert json.loads(run().stdout) == all_schemas()
    type_ = "vn.reform.document.signed.v1"
    assert json.loads(run("--type", type_).stdout) == json_schema(type_)


def test_prints_asyncapi_as_yaml():
    assert yaml.safe_load(run("--format", "asyncapi").stdout)["asyncapi"] == "3.0.0"


def test_lists_the_types():
    lines = run("--list").stdout.splitlines()
    assert [line.split("\t")[0] for line in lines] == list(TYPES)


@pytest.mark.parametrize(
    "options",
    [("--type", "vn.reform.dossier.lost.v1"), ("--format", "xml"), ("--format", "asyncapi", "--type", "x")],
)
def test_wrong_use_exits_with_2(options):
    result = run(*options)
    assert result.exit_code == 2
    assert "--" in result.output
