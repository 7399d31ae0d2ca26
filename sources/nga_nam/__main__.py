"""`python -m sources.nga_nam > events.ndjson`: the feed as NDJSON CloudEvents."""

import argparse
import json
import signal
import sys

from sources.nga_nam import SEED, events, scramble


def main() -> None:
    """Write the feed to standard output."""
    parser = argparse.ArgumentParser(prog="python -m sources.nga_nam", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="another seed, another quarter (%(default)s)")
    parser.add_argument("--scramble", action="store_true", help="5 %% twice and 10 %% late on the way in")
    options = parser.parse_args()
    found = events(options.seed)
    for event in scramble(found, options.seed) if options.scramble else found:
        line = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        sys.stdout.buffer.write(line.encode() + b"\n")


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` has seen enough
    main()
