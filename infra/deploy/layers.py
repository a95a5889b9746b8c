"""The Lambda layers: libraries that only one function needs, built from their locked requirements."""

import hashlib
import sys
import tempfile
from pathlib import Path

from infra.deploy.archive import NOT_SHIPPED, write_zip
from infra.deploy.build_log import BuildLog
from infra.paths import BUILD, ROOT

LAYERS = {"analytics": "Nights", "pictures": "Evidence", "mail": "Mail", "insights": "Insights"}
"""Each layer, and the one function that has it."""
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def build_layer(layer: str, architecture: str, log: BuildLog) -> Path:
    """The zip of a layer for an architecture; built again only when its requirements change."""
    requirements = ROOT / f"requirements-{layer}.txt"
    made_of = f"{architecture} {PYTHON} {NOT_SHIPPED.pattern}".encode()
    digest = hashlib.sha256(requirements.read_bytes() + made_of).hexdigest()[:16]
    path = BUILD / f"{layer}-{digest}.zip"
    if not path.exists():
        with tempfile.TemporaryDirectory() as name:
            command = _install(requirements, architecture, Path(name) / "python")
            log.run(command, f"pip could not build the layer {layer}")
            _pack(Path(name), path)
    return path


def _install(requirements: Path, architecture: str, target: Path) -> list[str]:
    machine = MACHINES[architecture]
    tags = ("manylinux_2_26", "manylinux_2_17", "manylinux2014")
    return [
        *(sys.executable, "-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary=:all:"),
        *(f"--platform={tag}_{machine}" for tag in tags),
        *(f"--python-version={PYTHON}", "--target", str(target), "-r", str(requirements)),
    ]


def _pack(folder: Path, path: Path) -> None:
    files = [file for file in folder.rglob("*") if file.is_file() and not NOT_SHIPPED.search(file.as_posix())]
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".part")
    write_zip(unfinished, folder, files)
    unfinished.replace(path)
