"""A ClickHouse whose every client is one user of deploy/clickhouse/users.d: `python -m ... DIRECTORY USER`.

The embedded engine takes a users file, but knows only its own user `default`: that one gets the profile, the
quota and the rights of the user we want. Writes its address to stdout, and serves until stdin ends. The
environment's QUERIES is another quota of queries, small enough to be used up.
"""

import os
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.clickhouse_front import Front

USERS = Path(__file__).parents[2] / "deploy" / "clickhouse" / "users.d" / "reform-pulse.xml"
SHA256 = "0" * 64


def users_of(user: str, filters: dict[str, str]) -> str:
    """The file with `default` in the user's place; filters: rows of tables that it may see."""
    root = ET.parse(USERS).getroot()  # noqa: S314
    users = root.find("users")
    assert users is not None
    wanted = users.find(user)
    assert wanted is not None, f"{USERS} has no user {user}"
    wanted.tag = "default"
    for password in users.iter("password_sha256_hex"):
        password.attrib.clear()
        password.text = SHA256
    for grants in wanted.iter("grants"):  # the embedded engine looks for tables among files
        ET.SubElement(grants, "query").text = "GRANT READ ON FILE"
    (own,) = wanted.iter("password_sha256_hex")
    own.tag, own.text = "password", ""
    for queries in root.iter("queries"):
        queries.text = os.environ.get("QUERIES", queries.text)
    if filters:
        tables = ET.SubElement(ET.SubElement(wanted, "databases"), "default")
        for table, condition in filters.items():
            ET.SubElement(ET.SubElement(tables, table), "filter").text = condition
    for section in ("profiles", "quotas"):  # a server has them in its own users.xml
        found = root.find(section)
        assert found is not None
        found.insert(0, ET.Element("default"))
    return ET.tostring(root, encoding="unicode")


def main(directory: str, user: str, *filters: str) -> None:
    """Serve; filters: `table=condition`."""
    pairs = dict(text.split("=", 1) for text in filters)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # the engine looks there for a configuration, and only then for a users file
        Path("config.xml").write_text("<clickhouse/>", encoding="utf-8")
        Path("users.xml").write_text(users_of(user, pairs), encoding="utf-8")
        with Front(f"{directory}?users_config={folder}/users.xml") as front:
            print(front.url, flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
