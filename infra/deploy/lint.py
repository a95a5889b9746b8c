"""Lint the packaged production template: python -m infra.lint."""

import subprocess
import sys
from pathlib import Path

from infra.deploy.package import package

IGNORED_CHECKS = ("W3037",)
"""W3037: cfn-lint's list of actions lacks the wildcard `sqs:SendMessage*`, which docs/decisions/0004 explains."""


def main(_: list[str]) -> int:
    """Package, and lint; the linter's exit code."""
    template = package("prod") / "template.json"
    linter = str(Path(sys.executable).parent / "cfn-lint")
    command = [linter, str(template), "--ignore-checks", *IGNORED_CHECKS]
    return subprocess.run(command, check=False).returncode
