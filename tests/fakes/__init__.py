"""Services in memory: the same conflicts as in the table, no network, a clock that a test sets."""

from tests.fakes.cases import FakeCases
from tests.fakes.services import FakeServices
from tests.fakes.shops import NOON, OFFICE, SHOP

__all__ = ["NOON", "OFFICE", "SHOP", "FakeCases", "FakeServices"]
