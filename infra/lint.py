"""Lint the packaged template: python -m infra.lint (see `infra/deploy/lint.py`)."""

from infra.command import run_command
from infra.deploy.lint import main

if __name__ == "__main__":
    run_command(main)
