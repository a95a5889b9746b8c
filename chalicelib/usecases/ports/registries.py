"""What capabilities have registered, as the use cases read it. `chalicelib/registries.py` has the tables."""

from typing import Protocol

from chalicelib.domain.cases.reducer import Reducers
from chalicelib.domain.kernel.fact import Fact


class Registries(Protocol):
    """The registries of all capabilities."""

    @property
    def reducers(self) -> Reducers:
        """What each fact makes of a case."""

    @property
    def facts(self) -> tuple[type[Fact], ...]:
        """Every fact that may happen to a case, by rank."""
