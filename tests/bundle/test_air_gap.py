"""The whole bundle, made and installed for real, in a network namespace with no route."""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.brokers import missing

SCRIPT = Path(__file__).with_name("air_gap.sh")
ALONE = ("unshare", "--net")


@pytest.mark.long
@pytest.mark.timeout(3_000)
def test_a_bundle_is_installed_where_there_is_no_network(tmp_path: Path) -> None:
    if reason := missing():
        pytest.skip(reason)
    programs = [name for name in ("unshare", "ip") if shutil.which(name) is None]
    if programs or subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("a network namespace is needed; on Debian as root: apt install util-linux iproute2")
    from deploy.bundle.build import build

    archive = build(tmp_path)
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    archive.unlink()
    work = tmp_path / "work"
    work.mkdir()
    # Not the environment's own Python, whose packages would help.
    python = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    words = ["sh", SCRIPT, archive.with_suffix(""), work, python]
    done = subprocess.run([*ALONE, *map(str, words)], capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "LỖI/BAD" not in done.stdout.rpartition("=== Doctor")[2]
    assert "stored and recounted agree" in done.stdout
