"""How often a write is retried if somebody else writes at the same time."""

from chalicelib.usecases.ports import RetryLater

ATTEMPTS = 12


class Busy(RetryLater):
    """Others wrote the item at each attempt; the caller tries again later."""
