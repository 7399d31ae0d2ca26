"""`python -m tests.sources.fuzz [--number N] [--seed S] [ADAPTER...]`: mutated payloads, 100,000 per adapter.

Ends with exit code 1 and the payload when an adapter raises, lets a person's number or name through, or says
nothing at all. The same seed gives the same payloads.
"""

import argparse
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random

from sources.adapter import Bound
from sources.adapters import ADAPTERS
from sources.cloudevent import to_json
from sources.converted import Converted
from tests.sources.mutations import payload
from tests.sources.samples import NOW, bound_of

PEOPLE = (b"096099012345", b"mau@example.vn", b"0912345678", "Nguyễn Văn Mẫu".encode())
QUIET = ("edxml", "debezium")
"""Formats in which a payload may well say nothing: a status message, another table's change."""


def hold(file: Path, content: bytes) -> Converted:
    """The property, of one payload in the place of a sample."""
    bound, result = _bound(file), Converted()
    for part in bound.adapter.split(content):
        result.add(bound.adapt(part, NOW))
    told = b"".join(map(to_json, result.events)) + "".join(map(str, result.refused)).encode()
    assert not any(person in told for person in PEOPLE)
    if result.rows and bound.adapter.name not in QUIET:
        assert result.events or result.refused or result.totals
    return result


@cache
def _bound(file: Path) -> Bound:
    return bound_of(file)


def main() -> int:
    """Run it; returns the exit code."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("adapters", nargs="*", metavar="ADAPTER")
    options.add_argument("--number", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    for adapter in chosen.adapters or ADAPTERS:
        random, seen = Random(chosen.seed), Counter[str]()  # noqa: S311
        start = time.process_time()
        for number in range(chosen.number):
            file, content = payload(random, adapter)
            try:
                result = hold(file, content)
            except Exception as error:
                print(f"{adapter}, {file.name}, payload {number}: {error!r}\n{content!r}", file=sys.stderr)
                raise
            seen["events"] += bool(result.events)
            seen["refused"] += bool(result.refused)
        print(
            f"{adapter}: {chosen.number:,} payloads in {time.process_time() - start:.0f} s of CPU;"
            f" {seen['events']:,} gave events, {seen['refused']:,} a refusal, none raised",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
