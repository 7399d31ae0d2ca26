"""The OpenAPI document says what the query API takes and answers, with an example of each.

More of it: `python -m tests.api.fuzz`, 10,000 questions.
"""

from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.api.fuzz import CHECKS, loaded

FEW = settings(max_examples=120, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> Any:
    return client.get("/openapi.json").json()


@pytest.fixture(scope="module")
def operations(client: httpx.Client) -> Any:
    return loaded(str(client.base_url))


@FEW
@given(st.data())
def test_answers_are_as_the_document_says(operations: Any, data: st.DataObject) -> None:
    case = data.draw(st.one_of([operation.as_strategy() for operation in operations]))
    case.call_and_validate(checks=CHECKS)


def test_every_parameter_and_every_answer_has_a_valid_example(document: Any) -> None:
    for path, methods in document["paths"].items():
        if not path.startswith("/v1/"):
            continue
        parameters = methods["get"].get("parameters", [])
        answers = methods["get"]["responses"]["200"]["content"]
        schemas = [each["schema"] for each in parameters]
        schemas += [each["schema"] for kind, each in answers.items() if kind in TOLD]
        for schema in schemas:
            whole = schema | {"components": document["components"]}
            shown = _examples(schema, document)
            assert shown, path
            for example in shown:
                Draft202012Validator(whole).validate(example)


def test_the_questions_shown_are_answered(client: httpx.Client, document: Any) -> None:
    """Without those that exclude each other."""
    for path, methods in document["paths"].items():
        if not path.startswith("/v1/") or path in ELSEWHERE:
            continue
        shown = {each["name"]: each["schema"]["examples"][0] for each in methods["get"].get("parameters", [])}
        for name in ("from", "to", "window", "kind", "cursor"):
            shown.pop(name, None)
        answer = client.get(path, params=shown)
        assert answer.status_code == 200, answer.text


ELSEWHERE = ("/v1/stream", "/v1/history", "/v1/kpis/as-published")
"""Without an end, or about what this store does not hold."""
TOLD = ("application/json", "text/event-stream")


def _examples(schema: Any, document: Any) -> Any:
    named = document["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {})
    return schema.get("examples") or named.get("examples")
