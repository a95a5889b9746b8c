"""The local stack at the command line: python -m infra.local COMMAND (see `infra/local/commands.py`)."""

import sys

from infra.local.commands import main

if __name__ == "__main__":
    main(sys.argv[1:])
