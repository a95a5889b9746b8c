"""The static files of the desk's pages: ours, and htmx, which packaging copies beside them.

A file's address has the hash of its content, so browsers may keep it for ever.
"""

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@cache
def _named() -> dict[str, Path]:
    """The files by the name in their address, `<stem>.<hash><suffix>`."""
    files = sorted(path for path in FOLDER.iterdir() if path.suffix in TYPES)
    return {f"{path.stem}.{_digest(path)}{path.suffix}": path for path in files}


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset_path(name: str) -> str:
    """The address of a file below `/desk/assets/`, from its plain name. A checkout that is not packaged has no htmx:
    the address leads nowhere then, and the pages work as they do without scripts."""
    if not (FOLDER / name).exists():
        return name
    return f"{Path(name).stem}.{_digest(FOLDER / name)}{Path(name).suffix}"


@cache
def read_asset(named: str) -> tuple[str, str] | None:
    """A file by the name in its address: its text and media type; None when there is no such file, or no longer."""
    path = _named().get(named)
    return (path.read_text("utf-8"), TYPES[path.suffix]) if path else None
