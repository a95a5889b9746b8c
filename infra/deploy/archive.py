"""Zip files for Lambda: compiled, without what is not needed, and the same zip for the same code."""

import compileall
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from importlib.util import cache_from_source
from pathlib import Path
from py_compile import PycInvalidationMode
from py_compile import compile as compile_file

from infra.deploy.aws_calls import calls_below
from infra.deploy.aws_data import trim_data

# Left out: the words of holidays in their own languages (only dates are needed) and of exchanges; short phone numbers;
# the router of Powertools and its utilities that nobody imports; the compiler of cffi (PyNaCl needs only its
# backend); urllib3 for browsers; the data of botocore, which is trimmed apart; type stubs and tests. What finds
# articles and aspects: no function does so yet. (numpy needs one of its tests: numpy.testing imports `_natype`.)
NOT_SHIPPED = re.compile(
    r"^holidays/(locale|financial)/|^phonenumbers/shortdata/region_|^(cffi|pycparser)/"
    r"|^dateutil/zoneinfo/|^tzdata/zoneinfo/(tzdata\.zi$|(.+/)?__init__\.py$)"  # zones are read as files: zone_info
    r"|^aws_lambda_powertools/(event_handler/|utilities/(parser|auth_alpha|idempotency|parameters|circuit_breaker)/)"
    r"|^aws_lambda_powertools/utilities/(feature_flags|kafka|data_masking|streaming|validation)/"
    r"|^botocore/data/|^urllib3/contrib/emscripten/"
    r"|^chalicelib/adapters/insights/(aspects|search_model|article_search|word_index|question_encoder)\."
    r"|/tests?/(?!_natype\.py)|\.pyi$|\.dist-info/(?!METADATA|licenses)|__pycache__"
)
OPTIMISED = 2
"""Python's level of optimisation that leaves out what only people and type checkers read, docstrings and asserts: a
tenth less to ship and to load."""
OWN_CODE = ("app.py", "chalicelib")
BUNDLED = ("holidays", "phonenumbers")
"""Libraries of many small files that no start loads. They are shipped in one zip inside the zip, which is unpacked at
once; `chalicelib.cold_start` puts it on the import path."""
BUNDLE = "libraries.zip"
EPOCH = (1980, 1, 1, 0, 0, 0)


def compile_archive(path: Path, added: Mapping[str, bytes]) -> None:
    """Compile every module in a zip, so that a cold start does not have to, and cut its data of AWS down to our calls.
    `added`: further files, by their paths in the zip.

    Libraries are shipped compiled only. Our own modules keep their source for the lines of a traceback. Compiled files
    are marked as never to be checked against their source, whose time the zip does not keep.
    """
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _unpack(path, folder)
        for top in sorted(folder.iterdir()):
            _compile(top, folder)
        for source in (file for file in folder.rglob("*.py") if _is_library_source(file, folder)):
            source.unlink()
        _bundle(folder)
        for name, content in added.items():
            (folder / name).write_bytes(content)
        write_zip(path, folder, _files(folder))


def _unpack(path: Path, folder: Path) -> None:
    """Unpack what is shipped, with the data of botocore for the calls of the unpacked code."""
    with zipfile.ZipFile(path) as packed, tempfile.TemporaryDirectory() as whole:
        names = packed.namelist()
        packed.extractall(folder, [name for name in names if not NOT_SHIPPED.search(name)])
        packed.extractall(whole, [name for name in names if name.startswith("botocore/data/")])
        trim_data(Path(whole) / "botocore" / "data", calls_below(folder / "chalicelib"), folder / "botocore" / "data")


def _compile(top: Path, folder: Path) -> None:
    """Compile a top-level package or module; libraries as `module.pyc` beside the source they replace."""
    if top.name in OWN_CODE:
        _compile_own(top, folder)
        return
    compile_ = compileall.compile_dir if top.is_dir() else compileall.compile_file
    unchecked = PycInvalidationMode.UNCHECKED_HASH
    compile_(str(top), quiet=2, legacy=True, optimize=OPTIMISED, invalidation_mode=unchecked, stripdir=str(folder))


def _compile_own(top: Path, folder: Path) -> None:
    """Compile our modules. Python looks for the result under its usual name, whatever the level of optimisation."""
    for source in [top] if top.is_file() else top.rglob("*.py"):
        target, shown = cache_from_source(str(source)), source.relative_to(folder).as_posix()
        compile_file(str(source), target, shown, True, OPTIMISED, PycInvalidationMode.UNCHECKED_HASH)


def _is_library_source(path: Path, folder: Path) -> bool:
    own = path.relative_to(folder).parts[0] in OWN_CODE
    return not own and path.with_suffix(".pyc").exists()


def _bundle(folder: Path) -> None:
    """Move the bundled libraries into their zip. It is not compressed: the zip around it compresses it as a whole, and
    importing from it needs no inflating."""
    tops = [folder / name for name in BUNDLED]
    write_zip(folder / BUNDLE, folder, (file for top in tops for file in _files(top)), zipfile.ZIP_STORED)
    for top in tops:
        shutil.rmtree(top)


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def write_zip(path: Path, folder: Path, files: Iterable[Path], method: int = zipfile.ZIP_DEFLATED) -> None:
    """Zip files of a folder, without their times, in order."""
    with zipfile.ZipFile(path, "w", method, compresslevel=9) as packed:
        for file in sorted(files):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = method
            packed.writestr(entry, file.read_bytes())
