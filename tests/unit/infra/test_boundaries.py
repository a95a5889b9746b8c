"""Unit tests load neither `infra` nor the local cloud, but for those of `infra` itself."""

import re
import subprocess
import sys

from tests.support.paths import ROOT

IMPORTS_INFRA = re.compile(r"^\s*(from|import) (infra|tests\.(e2e|rights|unit\.infra))\b", re.M)


def test_unit_tests_do_not_import_infra() -> None:
    folders = ("unit", "fakes", "support", "world")
    files = [path for folder in folders for path in sorted((ROOT / "tests" / folder).rglob("*.py"))]
    others = [path for path in files if (ROOT / "tests" / "unit" / "infra") not in path.parents]
    assert len(others) > 50
    assert [str(path.relative_to(ROOT)) for path in others if IMPORTS_INFRA.search(path.read_text("utf-8"))] == []


def test_no_folder_of_infra_holds_more_than_fourteen_files() -> None:
    folders = [ROOT / "infra", *(path for path in (ROOT / "infra").rglob("*") if path.is_dir())]
    assert {folder.name for folder in folders if len(list(folder.glob("*.py"))) > 14} == set()


def test_what_all_tests_load_does_not_load_infra() -> None:
    script = "import sys, tests.conftest, tests.unit.conftest; print([name for name in sys.modules if 'infra' in name])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
