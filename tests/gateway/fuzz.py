"""`python -m tests.gateway.fuzz [--number 100000] [--seed 0]`: mutated payloads for each mode of the gateway.

Examples of the contract, changed at random: values replaced, taken away or moved, of one in ten the bytes.
Whatever comes of it must be an event that reads the same when read again, a refusal, or a problem: nothing
else may be raised.
"""

import argparse
import json
import random
import time
from collections import Counter
from typing import Any
from urllib.parse import quote

from schemas.batch import Item
from schemas.contract import TYPES
from schemas.event import read
from schemas.examples import of_type, refused
from schemas.refusal import Refusal
from sources.gateway.modes import Mode, read_request
from tests.strategies import NOW
from web.problem import Problem

EXAMPLES = [*refused(), *(each for type_ in TYPES for each in of_type(type_))]
EVENTS = [each["event"] for each in EXAMPLES if "event" in each]
RECORDS = [json.dumps(event, ensure_ascii=False).encode() for event in EVENTS]
Request = tuple[list[tuple[bytes, bytes]], bytes]


ODD = (
    "",
    " ",
    "0912345678",
    "a@b.vn",
    "Tối mật",
    "x" * 201,
    "01/07/2022",
    None,
    True,
    1e999,
    10**30,
    [],
    {},
    [[{}]],
)


def changed(dice: random.Random, event: dict[str, Any]) -> dict[str, Any]:
    """An event with some values replaced, taken away, or moved to other names."""
    result = json.loads(json.dumps(event))
    for _ in range(dice.choice((0, 0, 1, 1, 2))):
        place = result.get("data") if dice.random() < 0.6 else result
        if isinstance(place, dict) and place:
            name = dice.choice(list(place))
            value = place.pop(name)
            if dice.random() < 0.7:
                place[name] = dice.choice(ODD)
            elif dice.random() < 0.5:
                place[dice.choice(("agency", "colour", "do_mat", "due_at", name + "0912345678"))] = value
    return result


def spoilt(dice: random.Random, record: bytes) -> bytes:
    """A record of one in ten with some bytes changed."""
    text = bytearray(record)
    for _ in range(dice.randrange(1, 3) if text and dice.random() < 0.1 else 0):
        start = dice.randrange(len(text) or 1)
        end = start + dice.randrange(1, 12)
        match dice.randrange(4):
            case 0:
                text[start:end] = bytes([dice.randrange(256)])
            case 1:
                del text[start:end]
            case 2:
                text[start:start] = text[start:end]
            case 3:
                text[start:end] = dice.choice(RECORDS)[start : start + dice.randrange(40)]
    return bytes(text)


def record(dice: random.Random) -> bytes:
    """An event as JSON, more or less."""
    text = json.dumps(changed(dice, dice.choice(EVENTS)), ensure_ascii=dice.random() < 0.5)
    return text.replace("Infinity", "1e999").encode()


def request(dice: random.Random, mode: Mode) -> Request:
    """A request of a mode; a batch has ten events."""
    if mode is Mode.BATCHED:
        return [], spoilt(dice, b"[" + b" ,".join(record(dice) for _ in range(10)) + b"]")
    if mode is Mode.STRUCTURED:
        return [], spoilt(dice, record(dice))
    event = changed(dice, dice.choice(EVENTS))
    headers = [(b"content-type", b"application/json")]
    for name, value in event.items():
        if name not in ("data", "datacontenttype"):
            headers.append((f"ce-{name}".encode(), spoilt(dice, quote(str(value)).encode())))
    body = json.dumps(event["data"]).replace("Infinity", "1e999").encode() if "data" in event else b""
    return headers, spoilt(dice, body)


def outcome(mode: Mode, headers: list[tuple[bytes, bytes]], body: bytes) -> Counter[str]:
    """What came of a request."""
    try:
        results = read_request(mode, headers, body, NOW)
    except Problem as problem:
        return Counter({problem.kind.code: 10})
    for result in results:
        if isinstance(result, Item):
            assert read(result.record, NOW) == result.event
    return Counter(r.reason.code if isinstance(r, Refusal) else "accepted" for r in results)


def main() -> None:
    """Run it for each mode."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for mode in Mode:
        found, began = Counter[str](), time.monotonic()
        dice = random.Random(options.seed)  # noqa: S311 - to be repeated, not to be secret
        while found.total() < options.number:
            found += outcome(mode, *request(dice, mode))
        took, outcomes = time.monotonic() - began, dict(found.most_common())
        print(f"{mode}: {found.total():,} payloads in {took:.0f} s: {outcomes}", flush=True)


if __name__ == "__main__":
    main()
