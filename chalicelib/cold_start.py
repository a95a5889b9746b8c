"""What a new process does before and after everything else is imported; `app.py` imports this first.

The garbage collector is off in between: what is imported stays, so looking for garbage in it finds none, again and
again, and takes a sixth of a cold start's CPU (docs/decisions/0024-package.md). Afterwards what was imported is set
aside for good, so later collections do not look at it either.
"""

import gc
import os
import sys

gc.disable()


def done() -> None:
    """Everything that every function needs is imported: from now on garbage is collected, of what is made from now on.

    Only now the zip with the seldom used libraries (infra/deploy/archive.py) comes onto the import path, because Python
    reads its directory as soon as it looks for a module that is nowhere, and `copy` does so. In a checkout there is no
    such zip.
    """
    sys.path.append(os.path.join(os.path.dirname(os.path.dirname(__file__)), "libraries.zip"))
    gc.freeze()
    gc.enable()
