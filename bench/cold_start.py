"""A cold start of the deployed package and its first case, against a minimal Chalice application and against an earlier
commit: python -m bench.cold_start [--against COMMIT].

All contestants import compiled libraries, and take turns. Each start is a new process; its CPU is user and system time.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from bench.support import packages
from bench.support.clock import cpu_of_child, interleaved
from bench.support.figures import Figure, NotHere, run
from bench.support.lambda_setup import run_stub
from bench.support.requests import create_case
from infra.paths import ROOT

ROUNDS, BARE_RATIO, EARLIER_RATIO, ZIP_MIB = 15, 0.65, 0.55, 8.5
EARLIER = "9c8fc41"
"""The commit that was measured before cold starts were made shorter."""
NOT_AT_START = (
    "duckdb",
    "pygal",
    "holidays",
    "phonenumbers",
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
IMPORTED = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+(\S+)")
"""A line of Python's `-X importtime`: the microseconds of a module without those it imports, and its name."""
OWN = ("app", "chalicelib")


class Earlier(NamedTuple):
    """An earlier commit, and its package, if it can be made."""

    commit: str
    package: Path | None


class Contestant:
    """An application: the folders it imports from, and the script in `bench/children` that starts it."""

    def __init__(self, name: str, script: str, *folders: Path) -> None:
        self.name, self.script, self.folders = name, script, folders
        self.numbers = count()

    def command(self, folder: Path, *more: str) -> list[str]:
        """The command of a start, with a new case each time. `more`: further arguments of the script."""
        event = folder / f"{self.name}.json"
        event.write_text(json.dumps(create_case(f"{self.name}-{next(self.numbers)}")), "utf-8")
        return [sys.executable, "-S", str(ROOT / "bench" / "children" / f"{self.script}.py"), str(event), *more]

    def start(self, folder: Path, url: str) -> Callable[[], float]:
        """A function that starts it and gives its CPU seconds."""
        environment = packages.lambda_environment(folder, url, *self.folders)
        return lambda: cpu_of_child(self.command(folder), environment, folder)


def measure() -> list[Figure]:
    """Unpack the packages, check the files of ours and what a start loads, then start all in turns."""
    earlier = _earlier()
    with tempfile.TemporaryDirectory() as name, run_stub() as url:
        folder, path = Path(name), packages.current_package()
        packages.unpack(path, folder / "task")
        contestants = _contestants(folder, earlier.package)
        starts = [contestant.start(folder, url) for contestant in contestants]
        for start in starts:
            start()  # the files are in the system's cache then
        seconds = dict(zip((each.name for each in contestants), interleaved(ROUNDS, *starts), strict=True))
        figures = [*_against_bare(seconds), *_against_earlier(seconds, earlier.commit)]
        of_package = _figures_of_package(packages.deployed_package())
        return figures + of_package + _figures_of_modules(*_loaded(contestants[0], folder, url))


def _against_bare(seconds: Mapping[str, float]) -> list[Figure]:
    ours, bare = seconds["ours"], seconds["bare"]
    return [
        Figure("cold start and first case: CPU ÷ a bare Chalice + boto3 app", ours / bare, "×", BARE_RATIO),
        Figure("  ÷ the bare app, if the runtime's botocore is not compiled", ours / seconds["uncompiled"], "×"),
        Figure("  ours", ours, "s CPU"),
        Figure("  the bare app's", bare, "s CPU"),
    ]


def _against_earlier(seconds: Mapping[str, float], commit: str) -> list[Figure]:
    """None if there is no package of the commit."""
    if "earlier" not in seconds:
        return []
    return [
        Figure(
            f"cold start and first case: CPU ÷ that of {commit}",
            seconds["ours"] / seconds["earlier"],
            "×",
            EARLIER_RATIO,
        ),
        Figure(f"  that of {commit}", seconds["earlier"], "s CPU"),
    ]


def _figures_of_package(path: Path) -> list[Figure]:
    """Of the package that is deployed: it is for another architecture than the one whose starts are measured."""
    with zipfile.ZipFile(path) as packed:
        names = packed.namelist()
    return [
        Figure("deployment.zip", path.stat().st_size / 2**20, "MiB", ZIP_MIB),
        Figure("  files in it", len(names)),
        Figure("modules in it that are not compiled", _uncompiled(names), "", 0),
    ]


def _figures_of_modules(loaded: Sequence[str], own_share: float) -> list[Figure]:
    return [
        Figure("modules a start must not load, loaded", _unwanted(loaded), "", 0),
        Figure("modules a start and first case load", len(loaded)),
        Figure("  our own modules' share of the time of importing", 100 * own_share, "%"),
    ]


def _earlier() -> Earlier:
    """The commit to compare with. `NotHere` if the command line names one that git does not know; without the usual
    one, nothing is compared with it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", metavar="COMMIT")
    named = parser.parse_args().against
    try:
        return Earlier(named or EARLIER, packages.package_of(named or EARLIER))
    except NotHere as missing:
        if named:
            raise
        print(f"no comparison with {EARLIER}: {missing}", file=sys.stderr)
        return Earlier(EARLIER, None)


def _contestants(folder: Path, earlier: Path | None) -> list[Contestant]:
    runtime, sources = folder / "runtime", folder / "sources"
    packages.make_runtime(runtime, compiled=True)
    packages.make_runtime(sources, compiled=False)
    packages.make_bare(folder / "task", folder / "bare")
    contestants = [
        Contestant("ours", "ours", folder / "task", runtime),
        Contestant("bare", "bare", folder / "bare", runtime),
        Contestant("uncompiled", "bare", folder / "bare", sources),
    ]
    if earlier is not None:
        packages.unpack(earlier, folder / "earlier")
        contestants.append(Contestant("earlier", "ours", folder / "earlier", runtime))
    return contestants


def _loaded(contestant: Contestant, folder: Path, url: str) -> tuple[list[str], float]:
    """The modules that a start and its first case load, and the share of our own in the time that importing takes."""
    out = folder / "modules.json"
    python, *rest = contestant.command(folder, str(out))
    environment = packages.lambda_environment(folder, url, *contestant.folders)
    command = [python, "-X", "importtime", *rest]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=True)
    times = [(int(time), name.split(".")[0]) for time, name in IMPORTED.findall(done.stderr)]
    own = sum(time for time, top in times if top in OWN)
    return json.loads(out.read_text("utf-8")), own / sum(time for time, _ in times)


def _unwanted(loaded: Sequence[str]) -> int:
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
