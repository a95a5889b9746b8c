"""The local stack at the command line: python -m infra.local COMMAND (see `infra/local/commands.py`)."""

from infra.command import run_command
from infra.local.commands import main

if __name__ == "__main__":
    run_command(main)
