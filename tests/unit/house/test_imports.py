"""Tests share code through `tests.support` and `tests.fakes` alone; those of the lower levels load no `infra`."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.paths import ROOT

TESTS = ROOT / "tests"
ON_FAKES = ("unit", "world", "contract")
"""Levels whose tests run on fakes in memory."""
IMPORT_ALL = """
import importlib, sys
for module in sys.argv[1:]:
    importlib.import_module(module)
loaded = [name for name in sys.modules if name.partition(".")[0] == "infra" or name.startswith("tests.support.cloud")]
print(*loaded)
"""


def imports_of(path: Path) -> Iterator[str]:
    """The modules of `tests` that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_no_test_imports_another_test() -> None:
    files = sorted(TESTS.rglob("*.py"))
    assert len(files) > 150
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in imports_of(path)
        if name.startswith("tests.") and not name.startswith(("tests.support.", "tests.fakes."))
    ]
    assert wrong == []


def test_tests_on_fakes_load_neither_infra_nor_the_local_cloud() -> None:
    paths = [path for level in ON_FAKES for path in sorted((TESTS / level).rglob("*.py"))]
    paths += [TESTS / "conftest.py", *sorted((TESTS / "fakes").rglob("*.py"))]
    of_infra = TESTS / "unit" / "infra"
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths if of_infra not in path.parents]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *modules], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
