"""Lint the packaged template: python -m infra.lint (see `infra/deploy/lint.py`)."""

import sys

from infra.deploy.lint import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
