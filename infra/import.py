"""Import history from another service desk: python -m infra.import (see `infra/operate/import_history.py`)."""

import sys

from infra.operate.import_history import main

if __name__ == "__main__":
    main(sys.argv[1:])
