"""Several commands of the program in one process, because starting one takes two seconds.

Stdin is a JSON list of their words, stdout a JSON list of [exit code, stdout, stderr].
"""

import json
import sys

from typer.testing import CliRunner

from streams.cli.main import app


def main() -> None:
    """Run them one after the other."""
    results = [CliRunner().invoke(app, words) for words in json.load(sys.stdin)]
    json.dump([(each.exit_code, each.stdout, each.stderr) for each in results], sys.stdout)


if __name__ == "__main__":
    main()
