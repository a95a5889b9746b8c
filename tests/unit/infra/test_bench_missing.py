"""Benches that need something which a checkout does not bring say so, and fail only those who asked for them."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench import __main__ as all_benches
from bench import cold_start
from bench.peer import helpdesk
from bench.support import packages
from bench.support.figures import NOT_MEASURED, NotHere

UNKNOWN = "0" * 40


def codes(monkeypatch: pytest.MonkeyPatch, **of_bench: int) -> None:
    """Benches that only end, with these codes or with 0."""
    monkeypatch.setattr(all_benches, "_run", lambda name: of_bench.get(name, 0))


@pytest.mark.parametrize(
    ("names", "of_bench", "code"),
    [
        ([], {}, 0),
        ([], {"peer": NOT_MEASURED}, 0),
        (["peer"], {"peer": NOT_MEASURED}, 1),
        ([], {"cost": 1, "peer": NOT_MEASURED}, 1),
        (["cost"], {"cost": -9}, 1),
    ],
)
def test_all_benches_fail_for_what_was_missed_and_for_what_was_asked_for_and_not_measured(
    monkeypatch: pytest.MonkeyPatch, names: list[str], of_bench: dict[str, int], code: int
) -> None:
    codes(monkeypatch, **of_bench)
    assert all_benches.main(names) == code


def test_the_peer_names_what_is_to_be_installed_before_it_installs_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helpdesk, "BINARIES", [])
    with pytest.raises(NotHere, match="apt-get install postgresql"):
        helpdesk.install()


def test_a_bench_that_lacks_something_ends_with_a_code_of_its_own_and_without_a_traceback() -> None:
    script = (
        "from bench.support.figures import NotHere, run\n"
        "def measure():\n    raise NotHere('PostgreSQL is missing')\n"
        "run(measure)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (NOT_MEASURED, "PostgreSQL is missing\n")


def test_a_commit_that_is_named_must_be_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["cold_start", "--against", UNKNOWN])
    with pytest.raises(NotHere, match="git fetch --unshallow"):
        cold_start._earlier()


def test_without_the_history_a_cold_start_is_compared_with_the_bare_application_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cold_start, "EARLIER", UNKNOWN)
    monkeypatch.setattr(sys, "argv", ["cold_start"])
    assert cold_start._earlier().package is None
    assert f"no comparison with {UNKNOWN}" in capsys.readouterr().err
    assert cold_start._against_earlier({"ours": 1, "bare": 2, "uncompiled": 3}, UNKNOWN) == []


def test_without_git_the_bench_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotHere, match="not installed"):
        packages.package_of("HEAD")
