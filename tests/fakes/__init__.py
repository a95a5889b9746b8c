"""A desk in memory: the same rules of conflict as the table's, no network, a clock that stands still."""

from tests.fakes.cases import FakeCases
from tests.fakes.services import FakeServices
from tests.fakes.shops import NOON, OFFICE, SHOP

__all__ = ["NOON", "OFFICE", "SHOP", "FakeCases", "FakeServices"]
