"""Every point of failure in docs/checkpoints.md names tests, and they exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "checkpoints.md").read_text(encoding="utf-8")
POINTS = re.findall(r"^- \*\*.*?(?=^- \*\*|^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
NAMED = re.findall(r"`([\w/]+\.py)::(\w+)`", PAGE)


def functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_point_of_failure_names_a_test() -> None:
    assert len(POINTS) > 20
    assert [point for point in POINTS if "::test_" not in point] == []


def test_the_named_tests_exist() -> None:
    missing = [f"{file}::{name}" for file, name in NAMED if name not in functions(ROOT / file)]
    assert missing == []


def test_every_fault_that_is_tried_is_a_point() -> None:
    tried = {
        (str(file.relative_to(ROOT)), name)
        for file in (ROOT / "tests" / "faults").glob("test_*.py")
        for name in functions(file)
        if name.startswith("test_")
    }
    assert tried - set(NAMED) == set()
