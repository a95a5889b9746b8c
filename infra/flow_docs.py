"""Draw the after-sales flows into docs/flows.md: python -m infra.flow_docs (see `infra/docs/flows.py`)."""

import sys

from infra.docs.flows import main

if __name__ == "__main__":
    main(sys.argv[1:])
