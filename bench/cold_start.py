"""A cold start of the deployed package, against a cold start of a minimal Chalice application."""

import json
import sys
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

from bench.support.clock import cpu_of_child, interleaved
from bench.support.figures import Figure, run
from bench.support.lambda_setup import lambda_environment, run_stub, unpack_package
from bench.support.requests import create_case
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
    "boto3",
    "botocore.session",
    "urllib3",
)


def measure() -> list[Figure]:
    """Unpack the package, check its files and the modules that a start loads, then start both applications in turns."""
    with tempfile.TemporaryDirectory() as name, run_stub() as url:
        folder = Path(name)
        path, names = unpack_package(folder)
        loaded = _loaded(folder, url)
        _start(folder, url, "bare")()
        ours, bare = interleaved(ROUNDS, _start(folder, url, "ours"), _start(folder, url, "bare"))
        size = path.stat().st_size / 2**20
    return [
        Figure("cold start and first case: CPU against a bare Chalice app", ours / bare, "×", RATIO),
        Figure("  of which ours", ours, "s CPU"),
        Figure("  of which the bare one", bare, "s CPU"),
        Figure("deployment.zip", size, "MiB", ZIP_MIB),
        Figure("modules in it that are not compiled", _uncompiled(names), "", 0),
        Figure("modules a start must not load, loaded", _unwanted(loaded), "", 0),
        Figure("modules a start loads", len(loaded)),
    ]


def _start(folder: Path, url: str, which: str) -> Callable[..., float]:
    """A function that starts one of the two applications in a new process, with a new case each time."""
    numbers = count()
    environment = lambda_environment(folder, url)

    def start(*more: str) -> float:
        event = folder / f"{which}.json"
        event.write_text(json.dumps(create_case(f"{which}-{len(more)}-{next(numbers)}")), "utf-8")
        script = str(ROOT / "bench" / "children" / f"{which}.py")
        return cpu_of_child([sys.executable, "-S", script, str(event), *more], environment, folder)

    return start


def _loaded(folder: Path, url: str) -> list[str]:
    out = folder / "modules.json"
    _start(folder, url, "ours")(str(out))
    return list(json.loads(out.read_text("utf-8")))


def _unwanted(loaded: list[str]) -> int:
    unwanted = [name for name in NOT_AT_START if name in loaded]
    print("".join(f"loaded at a start: {name}\n" for name in unwanted), end="")
    return len(unwanted)


def _uncompiled(names: list[str]) -> int:
    """The number of sources without a compiled file beside them or in `__pycache__`."""
    tag = sys.implementation.cache_tag
    compiled = {name.replace("__pycache__/", "").removesuffix(".pyc").removesuffix(f".{tag}") for name in names}
    sources = [name for name in names if name.endswith(".py") and f"{name}c" not in names]
    uncompiled = [name for name in sources if name.removesuffix(".py") not in compiled - {name}]
    pycs = sum(name.endswith(".pyc") for name in names)
    print(f"{pycs} compiled modules, {len(sources)} sources among them; not compiled: {uncompiled}")
    return len(uncompiled) if pycs else len(names)


if __name__ == "__main__":
    run(measure)
