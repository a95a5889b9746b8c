"""What use cases know of the registries: the tables that the capabilities fill."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chalicelib.domain.cases.measure import Measure
    from chalicelib.usecases.ports.metrics import RowSource


class Registries(Protocol):
    """The tables of all capabilities, put together in `chalicelib/registries.py`."""

    @property
    def measures(self) -> "tuple[Measure, ...]":
        """What the daily metrics count of cases, order records and other sources."""

    @property
    def row_sources(self) -> "Mapping[str, RowSource]":
        """By a measure's name, where its rows are read if neither a case nor an order record holds them."""
