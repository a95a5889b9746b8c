"""Move dead letters back to their queue: python -m infra.redrive (see `infra/operate/redrive.py`)."""

import sys

from infra.operate.redrive import main

if __name__ == "__main__":
    main(sys.argv[1:])
