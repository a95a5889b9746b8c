"""Index every case anew: python -m infra.search_index (see `infra/operate/search_index.py`)."""

from infra.command import run_command
from infra.operate.search_index import main

if __name__ == "__main__":
    run_command(main)
