"""Compare every case with its events: python -m infra.audit (see `infra/operate/audit.py`)."""

import sys

from infra.operate.audit import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
