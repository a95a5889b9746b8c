"""Writes that race are tried again, a bounded number of times."""

from chalicelib.usecases.ports import Later

ATTEMPTS = 12


class Busy(Later):
    """The case was written by others each time we tried; the caller tries again later."""
