"""Loading the application leaves the garbage collector as it found it, and finds the libraries in the package."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from tests.support.paths import ROOT

STATE = "import gc, json, app; print(json.dumps([gc.isenabled(), gc.get_freeze_count(), gc.get_threshold()]))"


def run(script: str, folder: Path = ROOT) -> Any:
    environment = {"AWS_DEFAULT_REGION": "eu-west-1", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_garbage_is_collected_again_once_everything_is_imported() -> None:
    enabled, set_aside, thresholds = run(STATE)
    assert enabled
    assert set_aside > 10_000
    assert thresholds == run("import gc; print(list(gc.get_threshold()))")


def test_the_collector_is_off_before_anything_else_is_imported() -> None:
    assert run("import gc, json, chalicelib.cold_start; print(json.dumps(gc.isenabled()))") is False
    first, *_ = run(
        "import json, sys; known = set(sys.modules); import app; print(json.dumps(IMPORTED))".replace(
            "IMPORTED", "[name for name in sys.modules if name not in known | {'app', 'chalicelib', 'gc'}]"
        )
    )
    assert first == "chalicelib.cold_start"


def test_opening_a_case_with_a_type_imports_no_rules_of_typing() -> None:
    loaded = """
import json, sys, app
from chalicelib.entrypoints.http.cases import views
from chalicelib.registries import Registries
from chalicelib.usecases.cases import open_case, open_requested_case
Registries().facts
print(json.dumps([name for name in sys.modules if "insights" in name or "domain.triage." in name]))
"""
    assert sorted(run(loaded)) == [f"chalicelib.domain.triage.{name}" for name in ("facts", "parts", "reducers")]


def test_garbage_of_later_imports_and_calls_is_collected() -> None:
    script = """
import gc, json, weakref, app
import chalicelib.entrypoints.workers.nightly
class Node: pass
node = Node(); node.itself = node; seen = weakref.ref(node); del node
for _ in range(100_000): [[]]
kept = [[] for _ in range(5_000)]
print(json.dumps([seen() is None, gc.isenabled()]))
"""
    assert run(script) == [True, True]


def test_what_is_in_the_packages_inner_zip_is_imported_from_it(tmp_path: Path) -> None:
    (tmp_path / "chalicelib").mkdir()
    (tmp_path / "chalicelib" / "cold_start.py").write_text((ROOT / "chalicelib" / "cold_start.py").read_text("utf-8"))
    with zipfile.ZipFile(tmp_path / "libraries.zip", "w") as libraries:
        libraries.writestr("seldom_used/__init__.py", "WHAT = 'a library'")
    script = """
from chalicelib import cold_start
cold_start.done()
import json, seldom_used
print(json.dumps(seldom_used.WHAT))
"""
    assert run(script, tmp_path) == "a library"
