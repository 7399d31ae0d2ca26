"""What harness and contenders say to each other; imports nothing, as each contender has a venv of its own."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """One run. folder: for state on disk and the counts. events: how many to take."""

    kafka: str
    topic: str
    partitions: int
    group: str
    events: int
    folder: Path
    writes: bool
    recovery: bool

    @classmethod
    def read(cls) -> "Options":
        parser = argparse.ArgumentParser()
        for name, kind in (("kafka", str), ("topic", str), ("group", str), ("folder", Path)):
            parser.add_argument(f"--{name}", type=kind, required=True)
        for name in ("partitions", "events"):
            parser.add_argument(f"--{name}", type=int, required=True)
        for name in ("writes", "recovery"):
            parser.add_argument(f"--{name}", action="store_true")
        return cls(**vars(parser.parse_args()))


def done() -> None:
    """Say that all is done, and wait until the harness has read our figures."""
    print("done", flush=True)
    sys.stdin.readline()
