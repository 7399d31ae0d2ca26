"""The commands of docs/connect-a-source.md are run one after the other, as they stand, in an empty folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
ENGLISH, VIETNAMESE = DOCS / "connect-a-source.md", DOCS / "connect-a-source.vi.md"


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)


def test_a_newcomer_gets_what_the_page_promises(tmp_path: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(blocks(ENGLISH, "sh"))],
        cwd=tmp_path,
        env=os.environ | {"PATH": path, "COLUMNS": "120"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    promised = [line.strip() for block in blocks(ENGLISH, "text") for line in block.splitlines()]
    assert len(promised) == 4
    for line in promised:
        assert line in done.stdout + done.stderr


def test_both_languages_say_the_same_commands() -> None:
    assert blocks(ENGLISH, "sh") == blocks(VIETNAMESE, "sh")
