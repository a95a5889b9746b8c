"""Compare every case with its events: python -m infra.audit (see `infra/operate/audit.py`)."""

from infra.command import run_command
from infra.operate.audit import main

if __name__ == "__main__":
    run_command(main)
