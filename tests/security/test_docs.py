"""docs/security.md says what the program does: the rights of each role at Kafka."""

from pathlib import Path

import pytest

from schemas.contract import TOPICS
from streams.access import ROLES, rights
from streams.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "security.md").read_text(encoding="utf-8")


def row(role: str) -> str:
    """The role's line in the table: what it is for, and names by operations; the contract's topics as one."""
    named: dict[tuple[str, ...], list[str]] = {}
    for right in rights(Settings()):
        if right.role == role:
            name = (
                "the contract's topics"
                if right.name in TOPICS
                else f"`{right.name}{'*' if right.prefix else ''}`"
            )
            text = f"group {name}" if right.resource == "GROUP" else name
            names = named.setdefault(right.operations, [])
            names.extend([] if text in names else [text])
    told = "; ".join(f"{' '.join(operations)}: {', '.join(names)}" for operations, names in named.items())
    return f"| `{role}` | {ROLES[role]} | {told} |"


@pytest.mark.parametrize("role", ROLES)
def test_the_rights_of_each_role(role: str) -> None:
    assert row(role) in PAGE.splitlines(), row(role)


if __name__ == "__main__":
    print("\n".join(map(row, ROLES)))
