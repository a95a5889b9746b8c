"""Zip files for Lambda: compiled, without what is not needed, and the same zip for the same code."""

import compileall
import re
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from py_compile import PycInvalidationMode

# Left out: the words of holidays in their own languages (only dates are needed) and of exchanges; short phone numbers;
# the router of Powertools and its utilities that nobody imports; the compiler of cffi (PyNaCl needs only its
# backend); type stubs and tests.
NOT_SHIPPED = re.compile(
    r"^holidays/(locale|financial)/|^phonenumbers/shortdata/region_|^(cffi|pycparser)/"
    r"|^dateutil/zoneinfo/|^tzdata/zoneinfo/tzdata\.zi$"  # zones are read from tzdata's compiled files alone
    r"|^aws_lambda_powertools/(event_handler/|utilities/(parser|auth_alpha|idempotency|parameters|circuit_breaker)/)"
    r"|^aws_lambda_powertools/utilities/(feature_flags|kafka|data_masking|streaming|validation)/"
    r"|/tests?/|\.pyi$|\.dist-info/(?!METADATA|licenses)|__pycache__"
)
OWN_CODE = ("app.py", "chalicelib")
EPOCH = (1980, 1, 1, 0, 0, 0)


def compile_archive(path: Path) -> None:
    """Compile every module in a zip, so that a cold start does not have to.

    Libraries are shipped compiled only. Our own modules keep their source for the lines of a traceback. Compiled files
    are marked as never to be checked against their source, whose time the zip does not keep.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with zipfile.ZipFile(path) as packed:
            packed.extractall(folder, [entry for entry in packed.namelist() if not NOT_SHIPPED.search(entry)])
        for top in sorted(folder.iterdir()):
            _compile(top, folder)
        files = [file for file in folder.rglob("*") if file.is_file() and not _is_library_source(file, folder)]
        write_zip(path, folder, files)


def _compile(top: Path, folder: Path) -> None:
    """Compile a top-level package or module; libraries as `module.pyc` beside the source they replace."""
    compile_ = compileall.compile_dir if top.is_dir() else compileall.compile_file
    legacy, unchecked = top.name not in OWN_CODE, PycInvalidationMode.UNCHECKED_HASH
    compile_(str(top), quiet=2, legacy=legacy, invalidation_mode=unchecked, stripdir=str(folder))


def _is_library_source(path: Path, folder: Path) -> bool:
    own = path.relative_to(folder).parts[0] in OWN_CODE
    return path.suffix == ".py" and not own and path.with_suffix(".pyc").exists()


def write_zip(path: Path, folder: Path, files: Iterable[Path]) -> None:
    """Zip files of a folder, without their times, in order."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in sorted(files):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, file.read_bytes())
