"""Writes that race are tried again, a bounded number of times."""

from chalicelib.usecases.ports import RetryLater

ATTEMPTS = 12


class Busy(RetryLater):
    """The case was written by others each time we tried; the caller tries again later."""
