"""A package is made again when something that it is made of has changed, and only then."""

from pathlib import Path

import pytest

from infra.deploy import package as packaging
from infra.deploy.inputs import digest_inputs

FILES = (
    "app.py",
    "chalicelib/domain/cases/case.py",
    "chalicelib/adapters/portal/page.html",
    ".chalice/config.json",
    "infra/deploy/archive.py",
    "infra/deploy/resources/table.yaml",
    "requirements.txt",
    "requirements-mail.txt",
    "requirements-dev.txt",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / "checkout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, "utf-8")
    return tmp_path / "checkout"


@pytest.mark.parametrize("name", FILES)
def test_whatever_a_package_is_made_of_changes_its_digest(root: Path, name: str) -> None:
    before = digest_inputs("prod", root)
    (root / name).write_text("changed", "utf-8")
    assert digest_inputs("prod", root) != before


def test_a_file_that_is_added_renamed_or_removed_changes_the_digest(root: Path) -> None:
    seen = {digest_inputs("prod", root)}
    (root / "chalicelib" / "new.py").write_text("", "utf-8")
    seen.add(digest_inputs("prod", root))
    (root / "chalicelib" / "new.py").rename(root / "chalicelib" / "newer.py")
    seen.add(digest_inputs("prod", root))
    (root / FILES[2]).unlink()
    seen.add(digest_inputs("prod", root))
    assert len(seen) == 4


def test_stage_region_and_python_are_part_of_the_digest(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {digest_inputs("prod", root), digest_inputs("local", root)}
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    seen.add(digest_inputs("prod", root))
    monkeypatch.setattr("sys.version", "3.13.0")
    seen.add(digest_inputs("prod", root))
    assert len(seen) == 4


def test_what_is_not_packaged_does_not_change_the_digest(root: Path) -> None:
    before = digest_inputs("prod", root)
    for name in (
        "chalicelib/__pycache__/case.cpython-311.pyc",
        "README.md",
        "tests/test_case.py",
        "infra/local/run.py",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("new", "utf-8")
    assert digest_inputs("prod", root) == before


class Makings:
    """Stands for the making of a package: it counts, and writes the files."""

    def __init__(self) -> None:
        self.count, self.interrupted = 0, False

    def make(self, _: str, out: Path) -> None:
        self.count += 1
        if self.interrupted:
            raise KeyboardInterrupt
        for name in packaging.FILES:
            (out / name).write_text("made", "utf-8")


@pytest.fixture
def makings(monkeypatch: pytest.MonkeyPatch) -> Makings:
    makings = Makings()
    monkeypatch.setattr(packaging, "_make", makings.make)
    return makings


def test_a_package_is_made_once_for_the_same_inputs(makings: Makings, tmp_path: Path) -> None:
    assert packaging.package("local", tmp_path) == packaging.package("local", tmp_path) == tmp_path
    assert makings.count == 1


def test_a_changed_input_makes_the_package_again(
    makings: Makings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaging.package("local", tmp_path)
    monkeypatch.setattr(packaging, "digest_inputs", lambda _: "another")
    packaging.package("local", tmp_path)
    packaging.package("local", tmp_path)
    assert makings.count == 2


@pytest.mark.parametrize("name", packaging.FILES)
def test_a_package_with_a_file_missing_is_made_again(makings: Makings, tmp_path: Path, name: str) -> None:
    packaging.package("local", tmp_path)
    (tmp_path / name).unlink()
    packaging.package("local", tmp_path)
    assert makings.count == 2


def test_a_package_whose_making_was_interrupted_is_made_again(
    makings: Makings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaging.package("local", tmp_path)
    with monkeypatch.context() as changed:
        changed.setattr(packaging, "digest_inputs", lambda _: "another")
        makings.interrupted = True
        with pytest.raises(KeyboardInterrupt):
            packaging.package("local", tmp_path)
    makings.interrupted = False
    packaging.package("local", tmp_path)  # for the inputs of before, whose files are half overwritten
    assert makings.count == 3
