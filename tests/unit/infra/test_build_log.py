"""What tools print while the application is packaged goes to a log; an error shows where it is."""

import sys
from pathlib import Path

import pytest

from infra.deploy.build_log import BuildLog


def test_what_a_tool_prints_goes_to_the_log_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = BuildLog("local", tmp_path / "new")
    log.run([sys.executable, "-c", "import sys; print('collected'); print('WARNING', file=sys.stderr)"], "pip failed")
    assert capfd.readouterr() == ("", "")
    assert {"collected", "WARNING"} <= set(log.path.read_text("utf-8").splitlines())


def test_an_error_says_where_the_log_is_and_how_it_ends(tmp_path: Path) -> None:
    log = BuildLog("prod", tmp_path)
    with pytest.raises(SystemExit) as error:
        log.run([sys.executable, "-c", "print('no such wheel'); raise SystemExit(1)"], "pip could not build the layer")
    assert str(error.value).startswith(f"pip could not build the layer; the end of {tmp_path / 'package-prod.log'}:")
    assert str(error.value).endswith("no such wheel")
