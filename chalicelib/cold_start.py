"""What a new process does before and after everything else is imported; `app.py` imports this first.

The garbage collector is off in between: what is imported stays, so looking for garbage in it finds none, again and
again, and takes a quarter of a cold start's CPU (`python -m bench.cold_start`). Afterwards what was imported is set
aside for good, so later collections do not look at it either.
"""

import gc
import os
import sys

gc.disable()
# The zip with the libraries that are seldom used (infra/deploy/archive.py); in a checkout there is none.
sys.path.append(os.path.join(os.path.dirname(os.path.dirname(__file__)), "libraries.zip"))


def done() -> None:
    """Everything is imported: from now on garbage is collected, of what is made from now on."""
    gc.freeze()
    gc.enable()
