"""Puts the bundle together under dist/: wheels, Kafka, units, the installer, and checksums of it all."""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

from deploy.bundle.wheels import PROJECT, ROOT, fetch
from tests.brokers import class_path

HERE = Path(__file__).parent
SYSTEMD = ROOT / "deploy" / "systemd"


def build(target: Path = ROOT / "dist") -> Path:
    """Make the archive; its path."""
    name = f"{PROJECT}-{version(PROJECT)}-{platform()}"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as work:
        folder = Path(work) / name
        _wheels(folder / "wheels")
        lay_out(folder)
        shutil.copytree(class_path(), folder / "kafka" / "jars")
        checksums(folder)
        archive = target / f"{name}.tar"
        with tarfile.open(archive, "w") as tar:  # wheels and jars are compressed already
            tar.add(folder, name)
    print(f"{archive}: {archive.stat().st_size / 1e6:,.0f} MB")
    return archive


def platform() -> str:
    """What the wheels are for: `linux-x86_64-python3.11`."""
    system = os.uname()
    return f"{system.sysname.lower()}-{system.machine}-python{python()}"


def python() -> str:
    """The version that the wheels are for."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def lay_out(folder: Path) -> None:
    """Copy all that is text: installer, settings, units."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("install.sh", "reform-pulse", "README.md", "LICENSE"):
        source = HERE / name if (HERE / name).exists() else ROOT / name
        shutil.copy(source, folder / name)
    shutil.copytree(HERE / "kafka", folder / "kafka")
    shutil.copytree(HERE / "etc", folder / "etc")
    shutil.copytree(SYSTEMD, folder / "systemd")
    (folder / "python-version").write_text(f"{python()}\n", encoding="utf-8")


def checksums(folder: Path) -> None:
    """Write SHA256SUMS, as `sha256sum --check` reads it."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    lines = [f"{_sha256(file)}  {file.relative_to(folder)}\n" for file in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _wheels(folder: Path) -> None:
    folder.mkdir(parents=True)
    locked = fetch(folder)
    hatchling = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(hatchling, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
    (own,) = folder.glob(f"{PROJECT.replace('-', '_')}-*.whl")
    line = f"{PROJECT}=={version(PROJECT)} --hash=sha256:{_sha256(own)}\n"
    (folder / "requirements.txt").write_text(locked + line, encoding="utf-8")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
