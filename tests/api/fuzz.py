"""`python -m tests.api.fuzz URL [--number 10000] [--seed 0]`: questions made from the OpenAPI document.

Every answer must be one that the document describes; a server error ends the run with the question.
"""

import argparse
import time
from collections import Counter
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def loaded(address: str) -> list[Any]:
    """The operations of the query API; not the stream, whose answer does not end."""
    api = schemathesis.openapi.from_url(f"{address.rstrip('/')}/openapi.json")
    found = [result.ok() for result in api.get_all_operations()]
    return [each for each in found if each.path.startswith("/v1/") and each.path != "/v1/stream"]


def main() -> None:
    """Ask that many questions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("address", metavar="URL")
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    operations, statuses, began = loaded(options.address), Counter[int](), time.monotonic()
    few = settings(
        max_examples=options.number, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )

    @seed(options.seed)
    @few
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        case = data.draw(st.one_of([operation.as_strategy() for operation in operations]))
        statuses[case.call_and_validate(checks=CHECKS).status_code] += 1

    ask()
    told = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
    print(f"{statuses.total():,} questions in {time.monotonic() - began:.0f} s; answers {told}")


if __name__ == "__main__":
    main()
