"""The folders that the contestants of a cold start import from: this package, that of an earlier commit, a bare Chalice
application, and the libraries of AWS's runtime."""

import compileall
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path
from py_compile import PycInvalidationMode

import boto3

from bench.support.figures import NotHere
from bench.support.requests import ENVIRONMENT
from infra.deploy.package import package
from infra.paths import BUILD, ROOT

RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")
VENDORED = "chalice"
"""What a bare application has in its package."""
PACKAGERS = {"infra/deploy/package.py": "infra.deploy.package", "infra/package.py": "infra.package"}
"""By its file, the module that packages, today's and that of earlier commits."""


def unpack(path: Path, folder: Path) -> list[str]:
    """Unpack a zip; the names of its files."""
    with zipfile.ZipFile(path) as packed:
        packed.extractall(folder)
        return packed.namelist()


def make_bare(task: Path, folder: Path) -> None:
    """A package with Chalice alone, compiled as in ours."""
    shutil.copytree(task / VENDORED, folder / VENDORED)


def make_runtime(folder: Path, compiled: bool) -> None:
    """The libraries of AWS's runtime, as they are installed here. Whether AWS's are compiled is not documented; here
    `compiled` says so, because the environment of this repository may hold sources only."""
    site = Path(boto3.__file__).parent.parent
    no_bytecode = shutil.ignore_patterns("__pycache__")
    folder.mkdir()
    for name in RUNTIME:
        if (site / name).is_dir():
            shutil.copytree(site / name, folder / name, ignore=no_bytecode)
        else:
            shutil.copyfile(site / name, folder / name)
    if compiled:
        compileall.compile_dir(str(folder), quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)


def package_of(commit: str) -> Path:
    """The `deployment.zip` of a commit for the local cloud, made by its own packaging code in this environment; made
    once. `NotHere` if git does not know the commit."""
    sha = _git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}").decode().strip()
    kept = BUILD / f"deployment-{sha[:12]}.zip"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as name:
            tree, out = Path(name) / "tree", Path(name) / "out"
            _check_out(sha, tree)
            module = next(module for file, module in PACKAGERS.items() if (tree / file).exists())
            subprocess.run([sys.executable, "-m", module, "local", str(out)], cwd=tree, check=True, stdout=sys.stderr)
            shutil.copyfile(out / "deployment.zip", kept)
    return kept


def _check_out(sha: str, tree: Path) -> None:
    """Write the files of a commit, with the environment and the layers that are built already."""
    with tarfile.open(fileobj=BytesIO(_git("archive", "--format=tar", sha))) as archive:
        archive.extractall(tree, filter="data")
    (tree / "build").mkdir()
    (tree / ".venv").symlink_to(ROOT / ".venv")
    for layer in BUILD.glob("*-*.zip"):
        shutil.copyfile(layer, tree / "build" / layer.name)


def _git(*arguments: str) -> bytes:
    try:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        raise NotHere("an earlier commit is read with git, which is not installed") from error
    except subprocess.CalledProcessError as error:
        raise NotHere(
            f"`git {' '.join(arguments)}` found nothing. In a shallow clone: git fetch --unshallow"
        ) from error


def deployed_package() -> Path:
    """The package as it is deployed in production, for its architecture."""
    return package("prod") / "deployment.zip"


def current_package() -> Path:
    """The `deployment.zip` of this checkout for the local cloud."""
    return package("local") / "deployment.zip"


def lambda_environment(home: Path, url: str, *folders: Path) -> dict[str, str]:
    """The environment of a Lambda function: it imports from these folders, in this order, and from nowhere else."""
    path = ":".join(map(str, folders))
    return ENVIRONMENT | {"AWS_ENDPOINT_URL": url, "PYTHONPATH": path, "PATH": os.environ["PATH"], "HOME": str(home)}
