"""How every command line here starts and ends: with an exit code, and quietly when nobody reads its output any more."""

import os
import select
import sys
from collections.abc import Callable
from typing import NoReturn

NOBODY_READS = 128 + 13
"""The exit code a shell reports of a program that ended because its output was closed (SIGPIPE)."""


def run_command(main: Callable[[list[str]], int | None]) -> NoReturn:
    """Run `main` with the command line's arguments and leave with its exit code. When the reader of the output is gone,
    as in `… | head`, end without a traceback."""
    try:
        code = main(sys.argv[1:])
    except BrokenPipeError:
        if not _output_is_closed():
            raise  # it was another pipe or a connection
        code = NOBODY_READS
    finally:
        _flush()
    sys.exit(code)


def _output_is_closed() -> bool:
    poll = select.poll()
    poll.register(sys.stdout.fileno(), 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


def _flush() -> None:
    """Write what is still buffered; Python would complain about a closed output when it shuts down."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
