"""Static files of others that the desk's pages use: copied from a locked package into ours, never committed."""

import hashlib
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from infra.deploy.build_log import BuildLog
from infra.paths import BUILD, ROOT

REQUIREMENTS = ROOT / "requirements-static.txt"
COPIED = {"django_htmx/static/django_htmx/htmx-4.min.js": "chalicelib/adapters/desk/static/htmx.js"}
"""Files of the package, and where they lie in ours. The package's Python code is not shipped."""


def static_files(log: BuildLog) -> Mapping[str, bytes]:
    """The files by their paths in the zip. They are fetched again only when the locked package changes."""
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    folder = BUILD / f"static-{digest}"
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=BUILD) as name:
            unfinished = Path(name) / "files"
            pip = (sys.executable, "-m", "pip", "install", "--no-deps", "--no-compile", "--require-hashes")
            log.run([*pip, "--target", str(unfinished), "-r", str(REQUIREMENTS)], "pip could not fetch static files")
            unfinished.rename(folder)
    return {target: (folder / source).read_bytes() for source, target in COPIED.items()}
