"""Draw the after-sales flows into docs/flows.md: python -m infra.flow_docs (see `infra/docs/flows.py`)."""

from infra.command import run_command
from infra.docs.flows import main

if __name__ == "__main__":
    run_command(main)
