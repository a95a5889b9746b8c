"""`make setup`: environments are made one after the other, and an error is shown unchanged."""

import subprocess
import threading
from pathlib import Path
from typing import Any

import pytest

from infra.local.setup import ENVIRONMENTS, main


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout with the locked requirements in it, where pip installs at once."""
    monkeypatch.chdir(tmp_path)
    for environment in ENVIRONMENTS:
        environment.requirements.write_text("one==1\n", "utf-8")

    def pip(*_: Any, **__: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess([], 0)

    monkeypatch.setattr(subprocess, "run", pip)
    return tmp_path


def test_environments_are_made_one_after_the_other(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, one_at_a_time = list[Path](), threading.Lock()

    def create(folder: Path, **_: Any) -> None:
        assert one_at_a_time.acquire(blocking=False)
        folder.mkdir()
        made.append(folder)
        threading.Event().wait(0.05)
        one_at_a_time.release()

    monkeypatch.setattr("venv.create", create)
    main()
    assert made == [environment.folder for environment in ENVIRONMENTS]
    main()
    assert len(made) == len(ENVIRONMENTS)  # they are up to date
    ENVIRONMENTS[1].requirements.write_text("one==2\n", "utf-8")
    monkeypatch.setattr("venv.create", lambda folder, **_: made.append(folder))
    main()
    assert made[2:] == [ENVIRONMENTS[1].folder]


def test_an_error_is_told_as_it_is_without_a_guess(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def create(*_: Any, **__: Any) -> None:
        raise OSError(26, "Text file busy")

    monkeypatch.setattr("venv.create", create)
    with pytest.raises(SystemExit, match="Text file busy") as error:
        main()
    assert "python3-venv" not in str(error.value)


def test_what_the_installer_of_pip_printed_is_shown(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def create(*_: Any, **__: Any) -> None:
        raise subprocess.CalledProcessError(1, "ensurepip", output=b"No space left on device")

    monkeypatch.setattr("venv.create", create)
    with pytest.raises(SystemExit, match="No space left on device"):
        main()


def test_the_missing_package_of_debian_is_named_only_where_it_is_missing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="install python3-venv"):
        main()


def test_a_linked_environment_is_refused_and_keeps_its_contents(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("shared")
    (elsewhere / "installed").touch()
    ENVIRONMENTS[0].folder.symlink_to(elsewhere)
    with pytest.raises(SystemExit, match="is a link to an environment"):
        main()
    assert (elsewhere / "installed").exists()
