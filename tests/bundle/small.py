"""A bundle with a small program in place of 400 MB of wheels and jars; all else is the real one's."""

import hashlib
import zipfile
from pathlib import Path

from deploy.bundle.build import checksums, lay_out

NAME, VERSION = "reform_pulse", "0.0.1"
WHEEL = {
    "small.py": "import os\ndef main():\n    print(os.environ['REFORM_PULSE_SETTINGS'])\n",
    f"{NAME}-{VERSION}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {VERSION}\n",
    f"{NAME}-{VERSION}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{NAME}-{VERSION}.dist-info/entry_points.txt": "[console_scripts]\nreform-pulse=small:main\n",
    f"{NAME}-{VERSION}.dist-info/RECORD": "",
}


def small_bundle(folder: Path) -> Path:
    """Make it in a folder."""
    lay_out(folder)
    wheel = folder / "wheels" / f"{NAME}-{VERSION}-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in WHEEL.items():
            archive.writestr(name, text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (wheel.parent / "requirements.txt").write_text(f"{NAME}=={VERSION} --hash=sha256:{digest}\n")
    checksums(folder)
    return folder
