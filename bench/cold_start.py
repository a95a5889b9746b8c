"""A cold start of the package AWS gets, against that of the least a Chalice application can be."""

import json
import sys
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

from bench.clock import cpu_of_child, interleaved
from bench.ground import environment, stub, unpacked
from bench.lines import Line, run
from bench.requests import create_case
from infra.paths import ROOT

ROUNDS, RATIO, ZIP_MIB = 15, 1.15, 8
NOT_AT_START = (
    "duckdb",
    "pygal",
    "holidays",
    "jinja2",
    "itsdangerous",
    "moto",
    "requests",
    "pydantic",
    "numpy",
    "aws_xray_sdk",
)


def measure() -> list[Line]:
    """Unpack, check what is in the package and what a start loads, then start both in turns."""
    with tempfile.TemporaryDirectory() as name, stub() as url:
        folder = Path(name)
        path, names = unpacked(folder)
        loaded = _loaded(folder, url)
        _start(folder, url, "bare")()
        ours, bare = interleaved(ROUNDS, _start(folder, url, "ours"), _start(folder, url, "bare"))
        size = path.stat().st_size / 2**20
    return [
        Line("cold start and first case: CPU against a bare Chalice app", ours / bare, "×", RATIO),
        Line("  of which ours", ours, "s CPU"),
        Line("  of which the bare one", bare, "s CPU"),
        Line("deployment.zip", size, "MiB", ZIP_MIB),
        Line("modules in it that are not compiled", _uncompiled(names), "", 0),
        Line("modules a start must not load, loaded", _unwanted(loaded), "", 0),
        Line("modules a start loads", len(loaded)),
    ]


def _start(folder: Path, url: str, which: str) -> Callable[..., float]:
    """A start of one of the two in a fresh process, each time with a case of another name."""
    numbers = count()
    told = environment(folder, url)

    def start(*more: str) -> float:
        event = folder / f"{which}.json"
        event.write_text(json.dumps(create_case(f"{which}-{len(more)}-{next(numbers)}")), "utf-8")
        script = str(ROOT / "bench" / "children" / f"{which}.py")
        return cpu_of_child([sys.executable, "-S", script, str(event), *more], told, folder)

    return start


def _loaded(folder: Path, url: str) -> list[str]:
    out = folder / "modules.json"
    _start(folder, url, "ours")(str(out))
    return list(json.loads(out.read_text("utf-8")))


def _unwanted(loaded: list[str]) -> int:
    found = [name for name in NOT_AT_START if name in loaded]
    print("".join(f"loaded at a start: {name}\n" for name in found), end="")
    return len(found)


def _uncompiled(names: list[str]) -> int:
    """Sources without their compiled form beside them or in `__pycache__`."""
    tag = sys.implementation.cache_tag
    compiled = {name.replace("__pycache__/", "").removesuffix(".pyc").removesuffix(f".{tag}") for name in names}
    sources = [name for name in names if name.endswith(".py") and f"{name}c" not in names]
    bare = [name for name in sources if name.removesuffix(".py") not in compiled - {name}]
    pycs = sum(name.endswith(".pyc") for name in names)
    print(f"{pycs} compiled modules, {len(sources)} sources among them; not compiled: {bare}")
    return len(bare) if pycs else len(names)


if __name__ == "__main__":
    run(measure)
