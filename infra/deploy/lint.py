"""Lint the packaged production template: python -m infra.lint."""

import subprocess
import sys
import tempfile
from pathlib import Path

from infra.deploy.package import package

# W3037: cfn-lint's list of actions does not know the wildcard `sqs:SendMessage*`, which docs/decisions/0004 explains.
IGNORED = ("W3037",)


def main(_: list[str]) -> int:
    """The linter's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        template = package("prod", Path(folder)) / "template.json"
        command = [str(Path(sys.executable).parent / "cfn-lint"), str(template), "--ignore-checks", *IGNORED]
        return subprocess.run(command, check=False).returncode
