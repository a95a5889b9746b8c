"""A package is made again when something that it is made of has changed, and only then."""

from collections.abc import Callable
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
        self.before_the_last: Callable[[], object] = lambda: None

    def make(self, _: str, out: Path) -> None:
        self.count += 1
        for name in packaging.FILES:
            if name == packaging.FILES[-1]:
                self.before_the_last()
                if self.interrupted:
                    raise KeyboardInterrupt
            (out / name).write_text(f"made {self.count}", "utf-8")


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


def test_an_earlier_package_stays_whole_and_current_when_the_making_of_the_next_is_interrupted(
    makings: Makings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaging.package("local", tmp_path)
    with monkeypatch.context() as changed:
        changed.setattr(packaging, "digest_inputs", lambda _: "another")
        makings.interrupted = True
        with pytest.raises(KeyboardInterrupt):
            packaging.package("local", tmp_path)
        assert {(tmp_path / name).read_text("utf-8") for name in packaging.FILES} == {"made 1"}
        makings.interrupted = False
        packaging.package("local", tmp_path)
        assert {(tmp_path / name).read_text("utf-8") for name in packaging.FILES} == {"made 3"}
    assert not (tmp_path / packaging.UNFINISHED).exists()


def test_a_package_that_is_half_replaced_is_not_taken_for_the_one_before(
    makings: Makings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaging.package("local", tmp_path)
    replace = Path.replace

    def killed_at_the_last(path: Path, target: Path) -> Path:
        if path.name == packaging.FILES[-1]:
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as changed:
        changed.setattr(packaging, "digest_inputs", lambda _: "another")
        changed.setattr(Path, "replace", killed_at_the_last)
        with pytest.raises(KeyboardInterrupt):
            packaging.package("local", tmp_path)
    packaging.package("local", tmp_path)
    assert {(tmp_path / name).read_text("utf-8") for name in packaging.FILES} == {"made 3"}


def test_whoever_reads_a_package_while_the_next_is_made_reads_the_one_they_were_given(
    makings: Makings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, read = packaging.package("local", tmp_path), list[str]()
    monkeypatch.setattr(packaging, "digest_inputs", lambda _: "another")
    with (folder / packaging.FILES[0]).open(encoding="utf-8") as opened:
        makings.before_the_last = lambda: read.append((folder / packaging.FILES[0]).read_text("utf-8"))
        packaging.package("local", tmp_path)
        assert (read, opened.read()) == (["made 1"], "made 1")
