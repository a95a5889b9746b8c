"""Import history from another service desk: python -m infra.import (see `infra/operate/import_history.py`)."""

from infra.command import run_command
from infra.operate.import_history import main

if __name__ == "__main__":
    run_command(main)
