"""docs/operations.md has every procedure that `doctor` points to, and each names tests that exist."""

import re
from pathlib import Path

from streams.cli.doctoring.procedure import Procedure
from tests.docs.test_checkpoints import ROOT, functions

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PROCEDURES = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1 : len(Procedure) + 1]


def test_every_procedure_is_there_and_numbered() -> None:
    titles = [text.splitlines()[0] for text in PROCEDURES]
    assert titles == [f"{each.number}. {each.title}" for each in Procedure]
    assert [text for text in PROCEDURES if not re.search(r"^1\. ", text, re.MULTILINE)] == []


def test_every_procedure_was_followed_by_tests_that_exist() -> None:
    for text in PROCEDURES:
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text.partition("*Followed by*")[2])
        assert named, text.splitlines()[0]
        for file, name in named:
            assert Path(ROOT / file).is_file(), file
            assert not name or name in functions(ROOT / file), f"{file}::{name}"
