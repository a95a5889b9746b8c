"""What a package is made of, as one digest: as long as it stands, the package need not be made again."""

import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.paths import ROOT

INPUTS = ("app.py", "chalicelib", ".chalice/config.json", "infra/deploy", "infra/paths.py")
"""Our code, its settings, and what packages it: the template is made by the modules of `infra/deploy`."""
REQUIREMENTS = "requirements*.txt"
"""What is shipped, the layers, and the versions of Chalice and botocore that package (`requirements-dev.txt`)."""
DEFAULT_REGION = "us-east-1"


def region() -> str:
    """The region that Chalice packages for; it wants one, although nothing in the package depends on it."""
    return os.environ.get("AWS_DEFAULT_REGION", DEFAULT_REGION)


def digest_inputs(stage: str, root: Path = ROOT) -> str:
    """The digest of all that the package of a stage depends on."""
    digest = hashlib.sha256(f"{stage} {region()} {sys.version}".encode())
    for path in sorted(_files(root)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"\n{path.relative_to(root).as_posix()} {content}".encode())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    yield from root.glob(REQUIREMENTS)
    for name in INPUTS:
        paths = [root / name, *(root / name).rglob("*")]
        yield from (path for path in paths if path.is_file() and path.suffix != ".pyc")
