"""The build stops at a call whose data it cannot find, and ships what it was given when it can."""

import zipfile
from pathlib import Path

import botocore
import pytest

from infra.deploy.archive import BUNDLE, compile_archive
from infra.deploy.aws_calls import Underivable

DATA = Path(botocore.__file__).parent / "data"
SHARED = ("endpoints", "partitions", "_retry", "sdk-default-configuration")


@pytest.fixture
def made_zip(tmp_path: Path) -> Path:
    """A zip as Chalice makes it, with one adapter and botocore's data of one service."""
    path = tmp_path / "deployment.zip"
    with zipfile.ZipFile(path, "w") as packed:
        for file in [DATA / f"{name}.json" for name in SHARED] + list((DATA / "kms").rglob("*.json*")):
            packed.write(file, f"botocore/data/{file.relative_to(DATA)}")
        for name in ("app.py", "holidays/__init__.py", "phonenumbers/__init__.py", "botocore/__init__.py"):
            packed.writestr(name, "")
        packed.writestr("chalicelib/keys.py", 'client("kms").decrypt()')
    return path


def test_the_zip_has_compiled_code_and_the_data_of_its_calls(made_zip: Path) -> None:
    compile_archive(made_zip, {})
    with zipfile.ZipFile(made_zip) as packed:
        names = set(packed.namelist())
        model = packed.read("botocore/data/kms/2014-11-01/service-2.json")
    assert {"botocore/__init__.pyc", "chalicelib/keys.py", BUNDLE} <= names
    assert not [name for name in names if name.startswith("botocore/data/kms") and "examples" in name]
    assert b'"Decrypt"' in model
    assert b'"Encrypt"' not in model


def test_the_same_code_gives_the_same_zip(made_zip: Path) -> None:
    again = made_zip.with_name("again.zip")
    again.write_bytes(made_zip.read_bytes())
    compile_archive(made_zip, {})
    compile_archive(again, {})
    assert made_zip.read_bytes() == again.read_bytes()


@pytest.mark.parametrize("call", ['client("kms").decypher()', 'pass_on(client("kms"))', "client(service).decrypt()"])
def test_the_build_stops_at_an_operation_whose_data_it_cannot_find_and_names_its_place(
    made_zip: Path, call: str
) -> None:
    with zipfile.ZipFile(made_zip, "a") as packed:
        packed.writestr("chalicelib/adapters/more.py", f"{call}\n")
    with pytest.raises(Underivable, match=r"chalicelib/adapters/more\.py:1"):
        compile_archive(made_zip, {})
