"""Move dead letters back to their queue: python -m infra.redrive (see `infra/operate/redrive.py`)."""

from infra.command import run_command
from infra.operate.redrive import main

if __name__ == "__main__":
    run_command(main)
